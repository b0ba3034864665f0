"""Which host is searched: https before http, a name before its www twin, and the targets of redirects."""

import itertools

import pytest

from sitemap_cli.crawl.discovery import MAX_SITES
from sitemap_cli.fetch.interface import Purpose
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl

REFUSED = Reply(fault="connection-refused")


@pytest.mark.parametrize(
    "reason",
    ["connection-refused", "connection-failed", "connection-closed", "connection-reset", "timeout-connect"],
)
@pytest.mark.parametrize(("target", "path"), [("h.example", "sitemap.xml"), ("h.example/a.xml", "a.xml")])
async def test_http_is_tried_when_https_does_not_respond(target, path, reason):
    pages = {"https://h.example/robots.txt": Reply(fault=reason), f"http://h.example/{path}": URLS}
    found = await crawl(pages, target)
    assert found.urls == [f"http://h.example/{path}"]
    assert found.other_outcomes[0].reason == reason
    assert found.verdict == "ok"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("h.example:8000", "tls-error"),
        ("h.example:8000", "dns-nxdomain"),
        ("[::1]", "tls-not-spoken"),
        ("localhost", "tls-error"),
        ("localhost", "dns-failure"),
        ("h.example", "timeout-read"),
        ("h.example", "blocked-address"),
        ("https://h.example", "timeout-connect"),
        ("https://h.example:8000", "connection-refused"),
        ("https://h.example:8000", "tls-not-spoken"),
    ],
)
async def test_http_is_not_tried_otherwise(target, reason):
    found = await crawl({}, target, missing=Reply(fault=reason))
    assert all(url.startswith("https://") for url in found.fetcher.urls)
    assert [(each.source, each.reason) for each in found.other_outcomes] == [("robots", reason)]


H, WWW = "h.example", "www.h.example"
REFUSES, LATE, UNKNOWN = "connection-refused", "timeout-connect", "dns-nxdomain"


@pytest.mark.parametrize(
    ("faults", "count", "verdict"),
    [
        # The faults of https://h, http://h, https://www, http://www, and how many of them are requested.
        ((REFUSES, REFUSES, REFUSES, REFUSES), 4, "http-error"),
        ((REFUSES, REFUSES, UNKNOWN, UNKNOWN), 3, "http-error"),
        ((REFUSES, LATE, REFUSES, REFUSES), 4, "timeout"),
        ((LATE, LATE, LATE, LATE), 3, "timeout"),
        ((LATE, LATE, REFUSES, REFUSES), 4, "timeout"),
        ((REFUSES, REFUSES, "tls-error", None), 3, "http-error"),
        ((UNKNOWN, None, UNKNOWN, None), 2, "dns"),
        ((UNKNOWN, None, "dns-failure", None), 2, "dns"),
        (("dns-failure", None, LATE, REFUSES), 3, "dns"),
        ((UNKNOWN, None, REFUSES, REFUSES), 3, "dns"),
        (("tls-error", None, UNKNOWN, None), 2, "tls"),
        (("tls-error", None, REFUSES, None), 2, "tls"),
        (("tls-not-spoken", None, LATE, None), 2, "tls"),
    ],
)
@pytest.mark.parametrize("path", ["", "shop/"])
async def test_without_any_response_the_verdict_is_that_of_the_given_name(faults, count, verdict, path):
    sites = [f"https://{H}/", f"http://{H}/", f"https://{WWW}/", f"http://{WWW}/"]
    by_site = dict(zip(sites, faults, strict=True))
    pages = {f"{each}robots.txt": Reply(fault=fault) for each, fault in by_site.items() if fault}
    found = await crawl(pages, f"{H}/{path}")
    wanted = [f"{each}robots.txt" for each, fault in by_site.items() if fault][:count]
    # No site is requested twice, nor more of a site that does not respond; the given name is reported first.
    assert sorted(found.fetcher.urls) == sorted(wanted)
    assert sorted(each.url for each in found.other_outcomes) == sorted(wanted)
    assert found.other_outcomes[0].url in wanted[:2]
    assert (found.verdict, found.sitemaps) == (verdict, [])


@pytest.mark.parametrize(
    "reason", [REFUSES, LATE, UNKNOWN, "dns-failure", "tls-error", "tls-not-spoken", "connection-reset"]
)
@pytest.mark.parametrize(("given", "other"), [(H, WWW), (WWW, H)])
@pytest.mark.parametrize("path", ["", "a.xml", "shop/"])
async def test_the_other_name_is_tried_when_the_given_one_does_not_respond(given, other, path, reason):
    silent = {f"{scheme}://{given}/robots.txt": Reply(fault=reason) for scheme in ("https", "http")}
    place = path if path.endswith(".xml") else f"{path}sitemap.xml"
    found = await crawl(silent | {f"https://{other}/{place}": URLS}, f"{given}/{path}")
    assert found.urls == [f"https://{other}/{place}"]
    assert found.verdict == "ok"
    assert f"http://{other}/robots.txt" not in found.fetcher.urls


async def test_a_bad_certificate_never_leads_to_plain_http():
    pages = {f"http://{each}/sitemap.xml": URLS for each in (H, WWW)}
    found = await crawl(pages, H, missing=Reply(fault="tls-error"))
    assert found.fetcher.urls == [f"https://{H}/robots.txt", f"https://{WWW}/robots.txt"]


async def test_a_response_of_any_kind_ends_the_search_for_the_site():
    pages = {f"https://{H}/robots.txt": Reply(status=500), f"https://{WWW}/sitemap.xml": URLS}
    found = await crawl(pages, H)
    assert (found.verdict, found.fetcher.urls) == ("robots-unreachable", [f"https://{H}/robots.txt"])


@pytest.mark.parametrize("given", [H, f"{H}:8000", "127.0.0.1"])
async def test_https_only_leaves_out_http(given):
    found = await crawl({}, given, missing=Reply(fault=REFUSES), https_only=True)
    assert found.fetcher.urls
    assert all(url.startswith("https://") for url in found.fetcher.urls)
    assert found.verdict == "http-error"


async def test_the_fetcher_refuses_an_http_url_that_the_user_named():
    found = await crawl({}, f"http://{H}/", missing=Reply(fault="https-only"), https_only=True)
    assert (found.fetcher.urls, found.verdict) == ([f"http://{H}/robots.txt"], "http-error")


async def test_a_sitemap_of_a_host_that_does_not_respond_is_reported_as_unreadable():
    found = await crawl({}, f"{H}/a.xml", missing=Reply(fault=UNKNOWN))
    assert (found.errors, found.verdict) == ({f"https://{H}/a.xml": UNKNOWN}, "dns")


@pytest.mark.parametrize("host", ["h.example:8000", "[::1]:8000", "127.0.0.1:8000"])
async def test_http_is_tried_at_a_port_without_tls_if_the_user_named_it(host):
    pages = {f"https://{host}/robots.txt": Reply(fault="tls-not-spoken"), f"http://{host}/sitemap.xml": URLS}
    assert (await crawl(pages, host)).urls == [f"http://{host}/sitemap.xml"]


async def test_a_malformed_response_is_a_response():
    pages = {"https://h.example/robots.txt": Reply(status=404, fault="protocol-error")}
    assert (await crawl(pages, "h.example", no_known_paths=True, no_html=True)).fetcher.urls == [*pages]


async def test_missing_https_does_not_count_if_http_responds():
    found = await crawl({"https://h.example/robots.txt": REFUSED}, "h.example")
    assert found.verdict == "absent"


async def test_a_robots_txt_that_moved_to_another_host_moves_the_search():
    pages = {
        f"{HOME}robots.txt": Reply(to="https://www.example.com/robots.txt"),
        "https://www.example.com/robots.txt": b"User-agent: *",
        "https://www.example.com/shop/sitemap.xml": URLS,
    }
    found = await crawl(pages, f"{HOME}shop/")
    assert found.urls == ["https://www.example.com/shop/sitemap.xml"]


async def test_a_robots_txt_that_is_kept_elsewhere_moves_nothing():
    pages = {
        f"{HOME}robots.txt": Reply(to="https://cdn.example/robots/example.com.txt"),
        "https://cdn.example/robots/example.com.txt": b"User-agent: *",
        f"{HOME}sitemap.xml": URLS,
    }
    assert (await crawl(pages)).urls == [f"{HOME}sitemap.xml"]


async def test_a_home_page_that_moved_to_another_host_moves_the_search():
    pages = {
        HOME: Reply(to="https://www.example.org/welcome"),
        "https://www.example.org/welcome": PAGE,
        "https://www.example.org/robots.txt": b"Sitemap: https://www.example.org/s.xml",
        "https://www.example.org/s.xml": URLS,
    }
    found = await crawl(pages)
    assert found.urls == ["https://www.example.org/s.xml"]
    assert found.sitemaps[0].discovered.discovered_by == "robots"


async def test_a_home_page_that_only_moved_to_https_is_not_searched_again():
    pages = {"http://h.example/": Reply(to="https://h.example/"), "https://h.example/": PAGE}
    found = await crawl(pages, "http://h.example/")
    assert found.fetcher.urls_for(Purpose.ROBOTS) == ["http://h.example/robots.txt"]


async def test_two_hosts_that_point_at_each_other_are_searched_once_each():
    pages = {HOME: Reply(to="https://b.example/x"), "https://b.example/x": PAGE}
    pages["https://b.example/"] = Reply(to=f"{HOME}y")
    pages[f"{HOME}y"] = PAGE
    found = await crawl(pages, no_known_paths=True)
    assert found.fetcher.urls_for(Purpose.ROBOTS) == [f"{HOME}robots.txt", "https://b.example/robots.txt"]
    assert found.verdict == "absent"


async def test_hosts_that_point_from_one_to_the_next_for_ever_are_left():
    hosts = [f"https://h{number}.example/" for number in range(20)]
    pages = {f"{here}x": PAGE for here in hosts}
    pages |= {here: Reply(to=f"{there}x") for here, there in itertools.pairwise(hosts)}
    found = await crawl(pages, hosts[0], no_known_paths=True)
    assert len(found.fetcher.urls_for(Purpose.ROBOTS)) == MAX_SITES
    assert found.limits == ["redirect-sites"]
    assert found.verdict == "http-error"


async def test_headers_of_the_user_are_sent_to_the_target_only():
    pages = {f"{HOME}robots.txt": b"Sitemap: https://cdn.example/s.xml", "https://cdn.example/s.xml": URLS}
    found = await crawl(pages)
    assert {each.credentials_url for each in found.fetcher.log} == {HOME}
    found = await crawl({"https://h.example/robots.txt": REFUSED}, "h.example")
    assert {each.credentials_url for each in found.fetcher.log} == {"https://h.example/"}
