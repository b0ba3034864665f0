"""Only pages that respond and may be indexed are expected in a sitemap."""

import pytest

from sitemap_cli.inputs.crawled_pages import ASSET, RowJudge, is_asset


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, None),
        ({"address": "https://example.com/"}, None),
        (
            {"status code": "200", "content type": "text/html; charset=utf-8", "indexability": "Indexable"},
            None,
        ),
        ({"Status Code": 200}, None),
        ({"status": "304"}, None),
        ({"status": "active"}, None),
        ({"status": ""}, None),
        ({"status": "200 OK"}, None),
        ({"content type": "application/pdf"}, None),
        ({"content type": "application/xhtml+xml"}, None),
        ({"content type": ""}, None),
        ({"indexable": "Yes"}, None),
        ({"indexierbarkeit": "Indexierbar"}, None),
        ({"status code": "301"}, "status 301"),
        ({"Status": 404}, "status 404"),
        ({"http status code": "503 Service Unavailable"}, "status 503"),
        ({"statuscode": "410"}, "status 410"),
        ({"código de respuesta": "404"}, "status 404"),
        ({"content type": "image/png"}, ASSET),
        ({"content type": "text/css"}, ASSET),
        ({"content type": "application/javascript; charset=utf-8"}, ASSET),
        ({"content type": "application/xml"}, ASSET),
        ({"Resource Type": "Image"}, ASSET),
        ({"inhaltstyp": "image/png"}, ASSET),
        ({"indexability": "Non-Indexable"}, "not indexable"),
        (
            {"indexability": "Non-Indexable", "indexability status": "Canonicalised"},
            "not indexable (canonicalised)",
        ),
        ({"indexierbarkeit": "Nicht indexierbar"}, "not indexable"),
        ({"indexabilité": "Non indexable"}, "not indexable"),
        ({"indexabilidad": "No indexable"}, "not indexable"),
        ({"indicizzabilità": "Non indicizzabile"}, "not indexable"),
        ({"indexable": "No"}, "not indexable"),
        ({"Is page indexable": False}, "not indexable"),
        ({"status code": "404", "indexability": "Non-Indexable"}, "status 404"),
    ],
)
def test_a_row_is_judged_by_its_columns(row, expected):
    found = RowJudge().refuse(row)
    assert (found and found.reason) == expected


@pytest.mark.parametrize(
    "path", ["/", "/a.html", "/doc.pdf", "/css", "/a?file=b.css", "/js/", "/my-sitemap", "/feeds/", "/a.php"]
)
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
        "/feed/",
        "/blog/feed",
        "/rss.xml",
        "/xmlrpc.php",
        "/.well-known/security.txt",
        "https://example.com/ads.txt",
        "https://example.com/cdn-cgi/l/email-protection",
    ],
)
def test_what_pages_consist_of_are_assets(path):
    assert is_asset(path)
