"""The part of a site that a target names, and the URLs in it."""

import pytest

from sitemap_cli.crawl.targets import identify_target, parse_target
from sitemap_cli.crawl.url_scope import UrlScope

TARGETS = {
    "example.com/docs/": "/docs/",
    "example.com/docs": "/docs/",
    "https://example.com/docs/?page=2#top": "/docs/",
    "https://example.com/d%6Fcs/": "/docs/",
    "https://example.com/a/../docs/": "/docs/",
    "https://example.com/Straße/": "/Stra%C3%9Fe/",
    "https://example.com/docs/v1.2": "/docs/v1.2/",
    "https://example.com/docs/node.js/": "/docs/node.js/",
    "https://example.com/docs/intro.html": "/docs/",
    "https://example.com/docs/list.php?page=2": "/docs/",
    "https://example.com/index.html": None,
    "https://example.com/?lang=de": None,
    "https://example.com/": None,
    "example.com": None,
    "https://example.com/docs/sitemap.xml": None,
    "https://example.com/docs/feed.rss": None,
    "https://example.com/docs/robots.txt": None,
}

URLS = {
    "https://example.com/docs/": True,
    "https://example.com/docs": True,
    "https://example.com/docs?page=2": True,
    "https://example.com/docs#top": True,
    "https://example.com/docs/a/b?c": True,
    "https://example.com/docs//a": True,
    "http://www.example.com/docs/a": True,
    "https://EXAMPLE.com:443/d%6fcs/a": True,
    "https://example.com/x/../docs/a": True,
    "https://example.com/docs/../x": False,
    "https://example.com/docsx": False,
    "https://example.com/docs-old/a": False,
    "https://example.com/docs.html": False,
    "https://example.com/Docs/a": False,
    "https://example.com/de/docs/a": False,
    "https://example.com//docs/a": False,
    "https://example.com/docs%2Fa": False,
    "https://example.com/?docs/": False,
    "https://example.com": False,
    "": False,
    "/docs/a": False,
}


@pytest.mark.parametrize(("target", "scope"), TARGETS.items())
def test_a_target_names_the_part_of_the_site_below_its_path(target: str, scope: str | None) -> None:
    assert parse_target(target).scope == scope


@pytest.mark.parametrize(("url", "included"), URLS.items())
def test_urls_are_compared_by_segment_in_their_canonical_spelling(url: str, included: bool) -> None:
    assert UrlScope("/docs/").includes(url) is included


def test_a_path_in_letters_includes_urls_in_escapes() -> None:
    scope = parse_target("https://example.com/Straße").scope
    assert scope is not None
    assert UrlScope(scope).includes("https://example.com/Stra%c3%9fe/1")
    assert UrlScope(scope).includes("https://example.com/Straße/1")


def test_spellings_of_a_part_are_one_target_with_one_history() -> None:
    spellings = [parse_target(each) for each in ("example.com/docs", "http://example.com/docs/")]
    assert len({identify_target(each) for each in spellings}) == 1
    assert {each.history for each in spellings} == {"/docs/"}


def test_a_page_keeps_a_history_of_its_own_because_it_may_be_a_sitemap() -> None:
    pages = ("example.com/docs/", "example.com/docs/map.php?type=a", "example.com/docs/map.php?type=b")
    assert len({parse_target(each).history for each in pages}) == 3
