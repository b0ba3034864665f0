"""Where sitemaps are searched, in which order, and when the search ends."""

import pytest

from sitemap_cli.crawl.known_paths import PATH_GROUPS
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl, lists, site, tree

LINK = b'<html><link rel="sitemap" href="/linked.xml"></html>'
REFUSED = Reply(fault="connection-refused")
LIKELY, OTHERS = ([*group] for group in PATH_GROUPS)


async def test_what_robots_txt_lists_is_read_and_the_search_ends():
    pages = site(robots=lists("b.xml", "a.xml"), at={"a.xml": URLS, "b.xml": URLS, "sitemap.xml": URLS})
    found = await crawl(pages)
    assert found.paths == ["robots.txt", "b.xml", "a.xml"]
    assert [(each.discovered.url, each.discovered.discovered_by) for each in found.sitemaps] == [
        (f"{HOME}b.xml", "robots"),
        (f"{HOME}a.xml", "robots"),
    ]
    assert [(each.source, each.named) for each in found.other_outcomes] == [("robots", 2)]


@pytest.mark.parametrize("name", ["none", "UTF-8", "br", "gzip"])
async def test_an_encoding_that_robots_txt_does_not_have_is_reported(name):
    robots = Reply(b"\n".join(map(str.encode, lists("b.xml"))), facts={"content_encoding": name})
    found = await crawl({**site(at={"b.xml": URLS}), f"{HOME}robots.txt": robots})
    assert found.verdict == "ok"
    (outcome,) = found.other_outcomes
    assert (outcome.reason, outcome.named) == (None, 1)
    assert name.lower() in (outcome.message or "")


@pytest.mark.parametrize("codec", ["windows-1251", "koi8-r", "shift_jis", "gbk"])
async def test_the_charset_of_a_robots_txt_is_the_declared_one_where_it_fits(codec):
    text = "User-agent: *\nDisallow: /кат/x\nSitemap: https://example.com/кат.xml"
    kind = {"content_type": f"text/plain; charset={codec}"}
    pages = {f"{HOME}robots.txt": Reply(text.encode(codec), facts=kind), f"{HOME}кат.xml": URLS}
    found = await crawl({**site(), **pages})
    assert (found.verdict, found.urls) == ("ok", [f"{HOME}кат.xml"])
    assert f"the file is in {codec}" in (found.other_outcomes[0].message or "")


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "windows-1251", "utf-16", "nonsense", "euc-jp"])
async def test_a_charset_that_a_robots_txt_does_not_have_is_ignored(charset):
    text = "User-agent: *\nSitemap: https://example.com/кат.xml"
    kind = {"content_type": f"text/plain; charset={charset}"}
    pages = {f"{HOME}robots.txt": Reply(text.encode(), facts=kind), f"{HOME}кат.xml": URLS}
    found = await crawl({**site(), **pages})
    assert (found.verdict, found.urls) == ("ok", [f"{HOME}кат.xml"])
    assert found.other_outcomes[0].message is None


async def test_a_guess_is_tried_when_robots_txt_lists_nothing():
    found = await crawl(site(robots=["User-agent: *"], at={"wp-sitemap.xml": URLS}))
    assert found.paths == ["robots.txt", *LIKELY]
    assert [(each.discovered.url, each.discovered.discovered_by) for each in found.sitemaps] == [
        (f"{HOME}wp-sitemap.xml", "known-path")
    ]
    assert found.verdict == "ok"


async def test_a_guess_is_tried_when_what_robots_txt_lists_is_missing():
    found = await crawl(site(robots=lists("gone.xml"), at={"sitemap.txt": f"{HOME}1\n".encode()}))
    assert found.errors == {f"{HOME}gone.xml": "http-status"}
    assert found.urls == [f"{HOME}gone.xml", f"{HOME}sitemap.txt"]
    assert found.verdict == "ok"


@pytest.mark.parametrize("fault", ["timeout-read", "too-slow", "too-large", "deadline"])
async def test_guesses_end_where_they_take_as_long_as_they_can(fault):
    endless = Reply(PAGE, fault=fault)
    found = await crawl(site(robots=["User-agent: *"], at={"": PAGE}), missing=endless, per_host=2)
    assert found.paths == ["robots.txt", *LIKELY[:2], ""]
    assert {each.reason for each in found.other_outcomes} >= {fault, "host-failing"}
    assert found.verdict == ("invalid" if fault == "too-large" else "timeout")


async def test_guesses_go_on_where_only_one_takes_long():
    slow = Reply(fault="timeout-read")
    found = await crawl(site(at={LIKELY[0]: slow, OTHERS[-1]: URLS}), per_host=2)
    assert found.urls == [HOME + OTHERS[-1]]
    assert len(found.paths) == 1 + len(LIKELY) + len(OTHERS)


async def test_unlikely_guesses_come_after_likely_ones():
    found = await crawl(site(at={"sitemap/sitemap-index.xml": URLS}))
    assert found.paths == ["robots.txt", *LIKELY, *OTHERS]
    assert found.urls == [f"{HOME}sitemap/sitemap-index.xml"]


async def test_the_home_page_is_requested_last():
    found = await crawl(site(at={"": LINK, "linked.xml": URLS}))
    assert found.paths == ["robots.txt", *LIKELY, *OTHERS, "", "linked.xml"]
    assert [(each.discovered.url, each.discovered.discovered_by) for each in found.sitemaps] == [
        (f"{HOME}linked.xml", "html")
    ]
    assert [(each.source, each.named) for each in found.other_outcomes if each.source == "html"] == [
        ("html", 1)
    ]


async def test_a_site_without_sitemaps_is_reported_for_every_source():
    found = await crawl(site(robots=["User-agent: *"], at={"": PAGE}))
    assert found.sitemaps == []
    assert found.verdict == "absent"
    reported = [(each.source, each.status_code, each.named) for each in found.other_outcomes]
    assert reported == [
        ("robots", 200, 0),
        *[("known-path", 404, None)] * len(LIKELY + OTHERS),
        ("html", 200, 0),
    ]


@pytest.mark.parametrize(
    ("settings", "requested"),
    [
        ({"no_known_paths": True}, ["robots.txt", ""]),
        ({"no_html": True}, ["robots.txt", *LIKELY, *OTHERS]),
        ({"no_known_paths": True, "no_html": True}, ["robots.txt"]),
    ],
)
async def test_each_source_can_be_switched_off(settings, requested):
    assert (await crawl(site(at={"": PAGE}), **settings)).paths == requested


@pytest.mark.parametrize(
    "reply", [Reply(status=429), Reply(status=500), Reply(status=503), Reply(fault="timeout-read")]
)
async def test_an_unreachable_robots_txt_forbids_the_whole_site(reply):
    found = await crawl(site(at={"robots.txt": reply, "sitemap.xml": URLS}))
    assert found.paths == ["robots.txt"]


async def test_an_unreachable_robots_txt_is_no_matter_with_no_robots():
    found = await crawl(site(at={"robots.txt": Reply(status=500), "sitemap.xml": URLS}), no_robots=True)
    assert found.urls == [f"{HOME}sitemap.xml"]
    assert found.verdict == "ok"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_robots_txt_that_is_refused_has_no_rules(status):
    found = await crawl(site(at={"robots.txt": Reply(status=status), "sitemap.xml": URLS}))
    assert found.urls == [f"{HOME}sitemap.xml"]


@pytest.mark.parametrize("reply", [Reply(status=403), Reply(status=429), Reply(status=503)])
async def test_guessing_stops_when_all_likely_paths_are_refused(reply):
    found = await crawl(site(at={"robots.txt": b"", "": PAGE}), missing=reply)
    assert found.paths == ["robots.txt", *LIKELY, ""]


async def test_guessing_goes_on_when_only_some_are_refused():
    pages = site(at={path: Reply(status=403) for path in LIKELY[:-1]})
    assert (await crawl(pages)).paths[-2:] == [OTHERS[-1], ""]


async def test_of_two_guesses_with_one_content_the_likelier_counts():
    found = await crawl(site(at=dict.fromkeys(LIKELY, URLS)), concurrency=20)
    assert found.urls == [f"{HOME}sitemap.xml"]
    assert found.other_outcomes[1:] == []


async def test_of_a_guess_and_where_it_is_redirected_to_the_likelier_counts():
    pages = site(at={"sitemap.xml": Reply(to=f"{HOME}sitemap_index.xml"), "sitemap_index.xml": URLS})
    found = await crawl(pages)
    assert [(each.discovered.url, each.response.final_url) for each in found.sitemaps] == [
        (f"{HOME}sitemap.xml", f"{HOME}sitemap_index.xml")
    ]


@pytest.mark.parametrize("concurrency", [1, 3, 20])
async def test_the_order_of_outcomes_does_not_depend_on_concurrency(concurrency):
    pages = site(at={"sitemap_index.xml": PAGE, "sitemap.xml.gz": URLS, "sitemap.txt": URLS})
    found = await crawl(pages, concurrency=concurrency)
    assert [each.url.removeprefix(HOME) for each in found.other_outcomes] == [
        "robots.txt",
        "sitemap.xml",
        "sitemap_index.xml",
        "sitemap-index.xml",
        "wp-sitemap.xml",
    ]
    assert found.urls == [f"{HOME}sitemap.txt"]


async def test_a_guess_that_another_source_named_is_not_requested_again():
    found = await crawl(site(robots=lists("sitemap.xml"), at={"sitemap-index.xml": URLS}))
    assert found.fetcher.count(f"{HOME}sitemap.xml") == 1


# What people miss


# Below a path


@pytest.mark.parametrize(
    ("target", "folder"),
    [("shop", "shop/"), ("shop/", "shop/"), ("shop/index.html", "shop/"), ("a/b?c=d", "a/b/")],
)
async def test_a_sub_path_is_searched_before_the_root(target, folder):
    found = await crawl(site(at={target: PAGE}), HOME + target)
    likely = [folder + path for path in LIKELY] + LIKELY
    others = [folder + path for path in OTHERS] + OTHERS
    assert found.paths == [target, "robots.txt", *likely, *others, target, ""]


async def test_the_root_is_skipped_when_the_sub_path_has_a_sitemap():
    found = await crawl(site(at={"shop/sitemap.xml": URLS, "sitemap.xml": URLS}), f"{HOME}shop/")
    assert found.urls == [f"{HOME}shop/sitemap.xml"]


async def test_the_root_is_tried_when_the_sub_path_has_none():
    found = await crawl(site(at={"sitemap.xml": URLS}), f"{HOME}shop/")
    assert found.urls == [f"{HOME}sitemap.xml"]


async def test_a_sub_path_that_is_refused_says_nothing_about_the_root():
    pages = site(at={f"shop/{path}": Reply(status=403) for path in LIKELY} | {"sitemap.php": URLS})
    found = await crawl(pages, f"{HOME}shop/")
    assert found.urls == [f"{HOME}sitemap.php"]
    assert f"shop/{OTHERS[0]}" not in found.paths


async def test_a_page_that_is_a_sitemap_by_its_content_is_read():
    found = await crawl(site(at={"urls": URLS, "robots.txt": b"User-agent: *\nDisallow: /"}), f"{HOME}urls")
    assert found.paths == ["urls"]
    assert found.one(f"{HOME}urls").discovered.discovered_by == "user"


async def test_the_home_page_is_requested_when_the_page_names_nothing():
    pages = site(at={"blog/": PAGE, "": LINK, "linked.xml": URLS})
    found = await crawl(pages, f"{HOME}blog/", no_known_paths=True)
    assert found.paths == ["blog/", "robots.txt", "blog/", "", "linked.xml"]
    assert found.verdict == "ok"


async def test_a_local_folder_is_searched_below_its_base_only(tmp_path):
    found = await crawl({}, str(tmp_path), base_url=f"{HOME}shop")
    assert found.paths == ["robots.txt", *(f"shop/{path}" for path in LIKELY + OTHERS), "shop/"]
    assert found.verdict == "absent"


# Sitemaps and robots.txt named by the user


async def test_only_the_sitemap_that_the_user_named_is_requested():
    found = await crawl(site(at={"a.xml": URLS}), f"{HOME}a.xml")
    assert found.paths == ["a.xml"]
    assert found.sitemaps[0].discovered.discovered_by == "user"


async def test_only_the_robots_txt_that_the_user_named_is_requested():
    found = await crawl(site(robots=["User-agent: *"]), f"{HOME}robots.txt")
    assert found.paths == ["robots.txt"]
    assert found.verdict == "absent"


@pytest.mark.parametrize(
    ("name", "content", "requested", "verdict"),
    [
        ("x/robots.txt", b"Sitemap: a.xml", ["x/a.xml"], "ok"),
        ("x/robots.txt", b"\xef\xbb\xbf# none\nSitemap: /a.xml # one\n", ["a.xml"], "ok"),
        ("x/robots.txt", b"User-agent: *\nDisallow: /", [], "absent"),
        ("x/robots.txt", b"", [], "absent"),
        ("x/robots.txt", Reply(status=404), [], "absent"),
        ("robots-staging.txt", b"Sitemap: /a.xml", ["a.xml"], "ok"),
        ("old-robots.txt", b"Sitemap: /a.xml", ["a.xml"], "ok"),
        ("robots-urls.txt", b"https://example.com/1\n", ["robots-urls.txt"], "ok"),
    ],
)
async def test_a_robots_txt_anywhere_is_read_as_what_it_is(name, content, requested, verdict):
    found = await crawl(site(at={name: content, "a.xml": URLS, "x/a.xml": URLS}), HOME + name)
    robots_of_host = ["robots.txt"] if requested and requested != [name] else []
    assert found.paths == [name, *robots_of_host, *requested]
    assert found.verdict == verdict


async def test_an_index_found_by_a_guess_is_followed():
    found = await crawl(tree(sitemap_index=["a", "b"], a=URLS, b=URLS))
    assert sorted(found.urls) == [f"{HOME}{path}" for path in ("a.xml", "b.xml", "sitemap_index.xml")]
    assert {each.discovered.parent for each in found.sitemaps} == {None, f"{HOME}sitemap_index.xml"}


def test_the_known_paths_are_those_of_the_usual_systems():
    """The list of ultimate-sitemap-parser, and what content systems and shops use."""
    parser = """sitemap.xml sitemap.xml.gz sitemap_index.xml sitemap-index.xml sitemap_index.xml.gz
        sitemap-index.xml.gz .sitemap.xml sitemap admin/config/search/xmlsitemap sitemap/sitemap-index.xml
        sitemap_news.xml sitemap-news.xml sitemap_news.xml.gz sitemap-news.xml.gz"""
    systems = "wp-sitemap.xml sitemap.txt sitemap-0.xml server-sitemap.xml news-sitemap.xml xmlsitemap.php"
    known = LIKELY + OTHERS
    assert {*parser.split(), *systems.split()} <= {*known}
    assert len(known) == len({*known})
    assert not any(path.startswith("/") for path in known)
