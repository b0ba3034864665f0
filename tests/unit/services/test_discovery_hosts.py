"""Which host is asked: https before http, and wherever redirects lead."""

import itertools

import pytest

from sitemap_cli.fetch.fetcher import Purpose
from sitemap_cli.services.discovery import MAX_SITES
from tests.fakes import Reply
from tests.unit.services.walks import HOME, PAGE, URLS, walked

REFUSED = Reply(fault="connection-refused")


@pytest.mark.parametrize(
    "reason",
    ["connection-refused", "connection-failed", "connection-closed", "connection-reset", "timeout-connect"],
)
@pytest.mark.parametrize(("target", "path"), [("h.example", "sitemap.xml"), ("h.example/a.xml", "a.xml")])
async def test_http_is_tried_when_nobody_speaks_https(target, path, reason):
    pages = {"https://h.example/robots.txt": Reply(fault=reason), f"http://h.example/{path}": URLS}
    found = await walked(pages, target)
    assert found.urls == [f"http://h.example/{path}"]
    assert found.asked[0].reason == reason
    assert found.verdict == "ok"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("h.example", "tls-error"),
        ("h.example:8000", "tls-error"),
        ("h.example", "tls-not-spoken"),
        ("[::1]", "tls-not-spoken"),
        ("h.example", "dns-nxdomain"),
        ("h.example", "timeout-read"),
        ("h.example", "blocked-address"),
        ("https://h.example", "connection-refused"),
        ("https://h.example:8000", "tls-not-spoken"),
    ],
)
async def test_http_is_not_tried_otherwise(target, reason):
    found = await walked({}, target, missing=Reply(fault=reason))
    assert all(url.startswith("https://") for url in found.fetcher.urls)
    assert [(each.source, each.reason) for each in found.asked] == [("robots", reason)]


@pytest.mark.parametrize("host", ["h.example:8000", "[::1]:8000", "127.0.0.1:8000"])
async def test_a_port_that_speaks_no_tls_is_asked_in_http_when_the_user_named_it(host):
    pages = {f"https://{host}/robots.txt": Reply(fault="tls-not-spoken"), f"http://{host}/sitemap.xml": URLS}
    assert (await walked(pages, host)).urls == [f"http://{host}/sitemap.xml"]


async def test_a_bad_answer_is_an_answer():
    pages = {"https://h.example/robots.txt": Reply(status=404, fault="protocol-error")}
    assert (await walked(pages, "h.example", no_known_paths=True, no_html=True)).fetcher.urls == [*pages]


async def test_https_that_nobody_speaks_does_not_count_once_http_answered():
    found = await walked({"https://h.example/robots.txt": REFUSED}, "h.example")
    assert found.verdict == "absent"


async def test_a_robots_txt_that_moved_to_another_host_moves_the_search():
    pages = {
        f"{HOME}robots.txt": Reply(to="https://www.example.com/robots.txt"),
        "https://www.example.com/robots.txt": b"User-agent: *",
        "https://www.example.com/shop/sitemap.xml": URLS,
    }
    found = await walked(pages, f"{HOME}shop/")
    assert found.urls == ["https://www.example.com/shop/sitemap.xml"]


async def test_a_robots_txt_that_is_kept_elsewhere_moves_nothing():
    pages = {
        f"{HOME}robots.txt": Reply(to="https://cdn.example/robots/example.com.txt"),
        "https://cdn.example/robots/example.com.txt": b"User-agent: *",
        f"{HOME}sitemap.xml": URLS,
    }
    assert (await walked(pages)).urls == [f"{HOME}sitemap.xml"]


async def test_a_home_page_that_moved_to_another_host_moves_the_search():
    pages = {
        HOME: Reply(to="https://www.example.org/welcome"),
        "https://www.example.org/welcome": PAGE,
        "https://www.example.org/robots.txt": b"Sitemap: https://www.example.org/s.xml",
        "https://www.example.org/s.xml": URLS,
    }
    found = await walked(pages)
    assert found.urls == ["https://www.example.org/s.xml"]
    assert found.sitemaps[0].found.discovered_by == "robots"


async def test_a_home_page_that_only_moved_to_https_is_not_searched_again():
    pages = {"http://h.example/": Reply(to="https://h.example/"), "https://h.example/": PAGE}
    found = await walked(pages, "http://h.example/")
    assert found.fetcher.asked(Purpose.ROBOTS) == ["http://h.example/robots.txt"]


async def test_two_hosts_that_point_at_each_other_are_searched_once_each():
    pages = {HOME: Reply(to="https://b.example/x"), "https://b.example/x": PAGE}
    pages["https://b.example/"] = Reply(to=f"{HOME}y")
    pages[f"{HOME}y"] = PAGE
    found = await walked(pages, no_known_paths=True)
    assert found.fetcher.asked(Purpose.ROBOTS) == [f"{HOME}robots.txt", "https://b.example/robots.txt"]
    assert found.verdict == "absent"


async def test_hosts_that_point_from_one_to_the_next_for_ever_are_left():
    hosts = [f"https://h{number}.example/" for number in range(20)]
    pages = {f"{here}x": PAGE for here in hosts}
    pages |= {here: Reply(to=f"{there}x") for here, there in itertools.pairwise(hosts)}
    found = await walked(pages, hosts[0], no_known_paths=True)
    assert len(found.fetcher.asked(Purpose.ROBOTS)) == MAX_SITES
    assert found.cuts == ["redirect-sites"]
    assert found.verdict == "http-error"


async def test_headers_of_the_user_are_for_the_target_alone():
    pages = {f"{HOME}robots.txt": b"Sitemap: https://cdn.example/s.xml", "https://cdn.example/s.xml": URLS}
    found = await walked(pages)
    assert {each.home for each in found.fetcher.log} == {HOME}
    found = await walked({"https://h.example/robots.txt": REFUSED}, "h.example")
    assert {each.home for each in found.fetcher.log} == {"https://h.example/"}
