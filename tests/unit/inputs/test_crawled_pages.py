"""Only pages that respond and may be indexed are expected in a sitemap."""

import pytest

from sitemap_cli.inputs.crawled_pages import find_path_column, is_asset, is_listable


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, True),
        ({"address": "https://example.com/"}, True),
        (
            {"status code": "200", "content type": "text/html; charset=utf-8", "indexability": "Indexable"},
            True,
        ),
        ({"Status Code": 200}, True),
        ({"status": "304"}, True),
        ({"status": "active"}, True),
        ({"status": ""}, True),
        ({"status": "200 OK"}, True),
        ({"content type": "application/pdf"}, True),
        ({"content type": "application/xhtml+xml"}, True),
        ({"content type": ""}, True),
        ({"indexable": "Yes"}, True),
        ({"status code": "301"}, False),
        ({"Status": 404}, False),
        ({"http status code": "503 Service Unavailable"}, False),
        ({"content type": "image/png"}, False),
        ({"content type": "text/css"}, False),
        ({"content type": "application/javascript; charset=utf-8"}, False),
        ({"content type": "application/xml"}, False),
        ({"indexability": "Non-Indexable"}, False),
        ({"indexable": "No"}, False),
        ({"Is page indexable": False}, False),
    ],
)
def test_a_row_is_judged_by_its_columns(row, expected):
    assert is_listable(row) is expected


@pytest.mark.parametrize("path", ["/", "/a.html", "/doc.pdf", "/css", "/a?file=b.css", "/js/", "/my-sitemap"])
def test_pages_are_no_assets(path):
    assert not is_asset(path)


@pytest.mark.parametrize(
    "path",
    [
        "/a.css?v=1",
        "/A.PNG",
        "/b.min.js",
        "/robots.txt",
        "/sitemap.xml",
        "/x/post-sitemap2.xml.gz",
        "/f.woff2",
    ],
)
def test_what_pages_consist_of_are_assets(path):
    assert is_asset(path)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["page path", "views"], "page path"),
        (["date", "landing page + query string"], "landing page + query string"),
        (["path", "url"], None),
        (["views"], None),
        ([], None),
    ],
)
def test_the_column_with_paths_is_found(heads, expected):
    assert find_path_column(heads) == expected
