import pytest

from sitemap_cli.parse.values.rfc822_dates import parse_rfc822

FIRST = 1_793_491_200  # 2026-11-01


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 01 Nov 2026 00:00:00 GMT", FIRST),
        ("01 Nov 2026 00:00 UT", FIRST),
        ("1 Nov 26 00:00:00 Z", FIRST),
        ("Sun, 01 Nov 2026 01:00:00 +0100", FIRST),
        ("Sun, 01 Nov 2026 00:00:00 EST", FIRST + 5 * 3600),
        ("Sunday, 01 November 2026 00:00:00", FIRST),
    ],
)
def test_an_rfc_822_date_is_a_moment(text, moment):
    assert parse_rfc822(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2026-11-01", "31 Feb 2026 00:00 GMT", "01 Nov 2026", "01 Foo 2026 00:00 GMT"),
        *("01 Nov 2026 25:00 GMT", "01 Nov 2026 00:00 CEST", "01 Nov 2026 00:00 +99999", "9" * 5_000),
        *("01 Nov \u0662\u0660\u0662\u0666 00:00 GMT", "01 Nov 2026 00:00:00 GMT garbage"),
    ],
)
def test_anything_else_is_not_an_rfc_822_date(text):
    assert parse_rfc822(text) is None
