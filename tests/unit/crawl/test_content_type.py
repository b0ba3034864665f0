"""The charset of a Content-Type header; malformed ones are ignored."""

import pytest

from sitemap_cli.crawl.content_type import parse_charset


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("text/xml", None),
        ("text/xml; charset=utf-8", "utf-8"),
        ("text/xml;charset=UTF-8", "utf-8"),
        ('Text/XML; Charset = "ISO-8859-1" ; q=1', "iso-8859-1"),
        ("text/xml; charset='utf-8'", "utf-8"),
        ("text/xml; version=1; charset=windows-1251", "windows-1251"),
        ('text/xml; x="; charset=wrong"; charset=right', "right"),
        (r'text/xml; charset="utf\-8"', "utf-8"),
        ("text/xml; charset=utf-8; charset=latin1", "utf-8"),
        ("; charset=utf-8", "utf-8"),
        ("text/xml; charset=", None),
        ('text/xml; charset="', None),
        ('text/xml; charset=""', None),
        ("text/xml; charset", None),
        ("text/xml; xcharset=utf-8", None),
        ("text/xml; charset=utf-8, text/html", None),
        ("text/xml; charset=ä", None),
        ("text/xml; charset=<b>", None),
        ("text/xml; charset=" + "x" * 41, None),
        ("charset=utf-8", None),
    ],
)
def test_the_charset_is_the_first_parameter_of_that_name(header, expected):
    assert parse_charset(header) == expected
