"""Where sitemaps are searched if robots.txt and the well-known paths lead to nothing."""

import pytest

from sitemap_cli.crawl.known_paths import PATH_GROUPS
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl, lists, named, site
from tests.web import index

LINK = b'<html><link rel="sitemap" href="/linked.xml"></html>'
FEED_LINK = b'<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'
FEED = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<item><link>https://example.com/1</link></item></channel></rss>"""
LIKELY = [*PATH_GROUPS[0]]


async def test_the_folder_that_the_home_page_redirects_to_is_searched():
    found = await crawl(site(at={"": Reply(to=f"{HOME}en/"), "en/": PAGE, "en/sitemap.xml": URLS}))
    assert found.urls == [f"{HOME}en/sitemap.xml"]
    assert found.paths[-len(LIKELY) :] == [f"en/{path}" for path in LIKELY]


@pytest.mark.parametrize(
    ("target", "sitemap"),
    [
        ("en", "en/sitemap.xml"),
        ("en/index.html", "en/sitemap.xml"),
        ("en/home", "en/sitemap.xml"),
        ("docs/latest/", "docs/latest/sitemap.xml"),
        ("docs/latest/", "docs/sitemap_index.xml"),
    ],
)
async def test_the_folders_above_the_one_that_the_home_page_redirects_to_are_searched(target, sitemap):
    found = await crawl(site(at={"": Reply(to=HOME + target), target: PAGE, sitemap: URLS}))
    assert found.urls == [HOME + sitemap]


SITE_MAP = b'<html><a href="/map/">Sitemap</a></html>'


@pytest.mark.parametrize(
    ("pages", "found_at"),
    [
        ({"map/": URLS}, "map/"),
        (
            {"map/": b'<a href="/files/sitemap-a.xml">XML</a>', "files/sitemap-a.xml": URLS},
            "files/sitemap-a.xml",
        ),
        ({"map/": LINK, "linked.xml": URLS}, "linked.xml"),
        ({"map/": PAGE}, None),
        ({}, None),
    ],
)
async def test_a_page_that_is_labelled_as_a_sitemap_is_searched(pages, found_at):
    found = await crawl(site(at={"": SITE_MAP, **pages}))
    assert found.urls == ([HOME + found_at] if found_at else [])


REFRESH_HEADER = Reply(PAGE, facts={"refresh": "0;URL='en/'"})


def refresh(url):
    return f'<meta http-equiv="Refresh" content="0; url={url}">'.encode()


@pytest.mark.parametrize(
    ("pages", "found_at"),
    [
        ({"": refresh("/en/"), "en/": PAGE, "en/sitemap.xml": URLS}, "en/sitemap.xml"),
        ({"": REFRESH_HEADER, "en/": PAGE, "en/sitemap.xml": URLS}, "en/sitemap.xml"),
        ({"": refresh("latest/"), "latest/": LINK, "linked.xml": URLS}, "linked.xml"),
        ({"": refresh("/a/"), "a/": refresh("/b/"), "b/": LINK, "linked.xml": URLS}, "linked.xml"),
        ({"": refresh("/a/"), "a/": refresh("/")}, None),
        ({"": refresh("/")}, None),
        ({"": refresh("javascript:x")}, None),
        ({"": b'<meta http-equiv="refresh" content="60">'}, None),
        ({f"{n or ''}": refresh(f"/{n + 1}") for n in range(99)}, None),
    ],
)
async def test_the_page_that_replaces_the_home_page_is_searched(pages, found_at):
    found = await crawl(site(at=pages))
    assert found.urls == ([HOME + found_at] if found_at else [])
    assert len([each for each in found.other_outcomes if each.source == "html"]) <= 10


async def test_the_links_of_the_page_that_the_home_page_redirects_to_are_read():
    link = b'<link rel="sitemap" href="map.xml">'
    found = await crawl(site(at={"": Reply(to=f"{HOME}latest/"), "latest/": link, "latest/map.xml": URLS}))
    assert found.urls == [f"{HOME}latest/map.xml"]


@pytest.mark.parametrize("path", ["", "robots.txt"])
async def test_a_link_header_names_a_sitemap(path):
    reply = Reply(PAGE if not path else b"User-agent: *", facts={"links": ('</s/map.xml>; rel="sitemap"',)})
    found = await crawl(site(at={path: reply, "s/map.xml": URLS}), no_known_paths=True)
    assert found.urls == [f"{HOME}s/map.xml"]
    assert found.verdict == "ok"


@pytest.mark.parametrize(
    ("page", "files", "urls", "verdict"),
    [
        (b'<a href="/maps/sitemap.xml">x</a>', {"maps/sitemap.xml": URLS}, ["maps/sitemap.xml"], "ok"),
        (b'<a href="/maps/sitemap.xml">x</a>', {"maps/sitemap.xml": PAGE}, [], "absent"),
        (FEED_LINK, {"feed": FEED}, ["feed"], "ok"),
        (FEED_LINK, {"feed": PAGE}, [], "absent"),
        (FEED_LINK, {}, [], "absent"),
        (
            Reply(PAGE, facts={"links": ('</feed>; rel="alternate"; type="application/rss+xml"',)}),
            {"feed": FEED},
            ["feed"],
            "ok",
        ),
        (b'<a href="/feed/">RSS</a>', {"feed/": FEED}, ["feed/"], "ok"),
        (FEED_LINK, {"feed": FEED, "sitemap.xml": URLS}, ["sitemap.xml"], "ok"),
        (
            FEED_LINK + b'<a href="/x/sitemap.xml">',
            {"feed": FEED, "x/sitemap.xml": URLS},
            ["x/sitemap.xml"],
            "ok",
        ),
    ],
)
async def test_anchors_and_feeds_are_tried_last(page, files, urls, verdict):
    found = await crawl(site(at={"": page, **files}))
    assert found.urls == [HOME + each for each in urls]
    assert found.verdict == verdict


def feed(links, page=1):
    """Return a page of a feed with these links of the feed."""
    item = f"<item><link>https://example.com/{page}</link></item>"
    return FEED.replace(b"</channel>", f"{links}{item}</channel>".encode())


def next_link(url):
    return f'<atom:link rel="next" href="{url}"/>'


async def test_the_pages_of_a_feed_are_read_up_to_a_limit():
    pages = {f"feed{n or ''}": feed(next_link(f"/feed{n + 1}"), n) for n in range(80)}
    found = await crawl(site(at={"": FEED_LINK, **pages}))
    assert found.urls == [f"{HOME}feed{n or ''}" for n in range(50)]
    assert (found.limits, found.verdict) == (["feed-pages"], "partial")
    found = await crawl(site(at={"": FEED_LINK, **dict(list(pages.items())[:3]), "feed3": FEED}))
    assert len(found.urls) == 4
    assert (found.limits, found.verdict) == ([], "ok")


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x/"><link rel="next" href="2"/>
<entry><link href="https://example.com/1"/></entry></feed>"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FEED.replace(b"</channel>", next_link("/2").encode() + b"</channel>"), "2"),
        (feed(next_link("2?a=1&amp;b=2")), "2?a=1&b=2"),
        (feed('<link xmlns="http://www.w3.org/2005/Atom" href="/2" rel="last NEXT"/>'), "2"),
        (feed(next_link("/2").replace("next", "prev-archive")), "2"),
        (ATOM.encode(), "x/2"),
        (ATOM.encode("utf-16"), "x/2"),
        (Reply(FEED, facts={"links": ('</2>; rel="next"',)}), "2"),
        (feed(f"<!-- {next_link('/2')} -->"), None),
        (feed(f"<![CDATA[ {next_link('/2')} ]]>"), None),
        (FEED.replace(b"</item>", next_link("/2").encode() + b"</item>"), None),
        (feed(next_link("")), None),
        (feed(next_link("/feed")), None),
    ],
)
async def test_the_next_page_of_a_feed_is_read(first, second):
    pages = {"": FEED_LINK, "feed": first, **({second: feed("", 2)} if second else {})}
    found = await crawl(site(at=pages))
    assert found.urls == named("feed", *([second] if second else []))
    assert found.verdict == "ok"


async def test_a_page_of_a_feed_that_repeats_the_last_one_is_the_end():
    same = feed(next_link("again/"))
    pages = {f"feed{'/again' * n}{'/' * bool(n)}": same for n in range(9)}
    found = await crawl(site(at={"": FEED_LINK, "again/": same, "again/again/": same, **pages}))
    assert found.urls == named("feed", "again/")


async def test_few_sitemaps_do_not_limit_the_search():
    found = await crawl(site(at={"": LINK, "linked.xml": URLS}), max_sitemaps=1)
    assert (found.urls, found.limits, found.verdict) == (named("linked.xml"), [], "ok")


FEED_PAGES = {f"feed{n or ''}": feed(next_link(f"/feed{n + 1}"), n) for n in range(60)}
FEEDS_NAMED_ELSEWHERE = {
    "by robots.txt": (site(robots=lists("feed"), at=FEED_PAGES), HOME),
    "by the user": (site(at=FEED_PAGES), f"{HOME}feed"),
    "by the user, as a sitemap": (
        site(at={"feed.xml": feed(next_link("/feed1")), **FEED_PAGES}),
        f"{HOME}feed.xml",
    ),
    "by a named robots.txt": (
        site(at={"x/robots.txt": b"Sitemap: /feed", **FEED_PAGES}),
        f"{HOME}x/robots.txt",
    ),
    "by an index": (site(robots=lists("all.xml"), at={"all.xml": index(f"{HOME}feed"), **FEED_PAGES}), HOME),
    "by its path": (site(at={"sitemap.xml": feed(next_link("/feed1")), **FEED_PAGES}), HOME),
}


@pytest.mark.parametrize("case", FEEDS_NAMED_ELSEWHERE)
async def test_the_pages_of_a_feed_are_read_however_it_was_found(case):
    pages, target = FEEDS_NAMED_ELSEWHERE[case]
    found = await crawl(pages, target)
    assert (found.limits, found.verdict) == (["feed-pages"], "partial")
    further = [each.discovered for each in found.sitemaps if each.discovered.page]
    assert [each.url for each in further] == named(*(f"feed{n}" for n in range(1, 50)))
    assert {each.discovered_by for each in further} == {"feed"}
    first = next(each for each in found.sitemaps if each.kind.is_feed).discovered.url
    assert [each.parent for each in further] == [first, *named(*(f"feed{n}" for n in range(1, 49)))]


async def test_robots_txt_applies_to_the_further_pages_of_a_feed_that_the_user_named():
    pages = site(robots=["User-agent: *", "Disallow: /feed"], at=FEED_PAGES)
    found = await crawl(pages, f"{HOME}feed")
    assert found.urls == named("feed", "feed1")
    assert (found.errors, found.verdict) == ({f"{HOME}feed1": "robots-disallowed"}, "partial")


async def test_a_page_of_a_feed_that_is_missing_is_reported():
    found = await crawl(site(robots=lists("feed"), at={"feed": feed(next_link("/feed1"))}))
    assert (found.urls, found.errors) == (named("feed", "feed1"), {f"{HOME}feed1": "http-status"})
