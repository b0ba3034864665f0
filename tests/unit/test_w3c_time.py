import pytest

from sitemap_cli import w3c_time

FIRST = 1_793_491_200  # 2026-11-01


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970", 0),
        ("1970-01", 0),
        ("1970-01-02", w3c_time.DAY),
        ("1969-12-31", -w3c_time.DAY),
        ("2024-02-29", 1_709_164_800),
        ("2026-11-01", FIRST),
        ("2026-11-01T00:00", FIRST),
        ("2026-11-01T00:00Z", FIRST),
        ("2026-11-01T01:02:03", FIRST + 3723),
        ("2026-11-01T01:02:03.999999999", FIRST + 3723),
        ("2026-11-01T01:02:03.5+01:00", FIRST + 123),
        ("2026-11-01T01:02-00:30", FIRST + 3720 + 1800),
        ("2026-11-01T24:00:00Z", FIRST + w3c_time.DAY),
        ("0001-01-01T00:00+23:59", -62_135_596_800 - 86_340),
        ("9999-12-31T24:00", 253_402_300_800),
    ],
)
def test_a_w3c_date_is_a_moment(text, moment):
    assert w3c_time.parse_w3c(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "now",
            "nan",
            "26",
            "02026",
            "2026-1-1",
            "20261101",
            "2026-W01-1",
            "2026-305",
            "01/02/2026",
        ),
        *("2026-13", "2026-00", "2026-02-29", "2026-04-31", "0000-01-01", "-2026-01-01", "2026-11-01Z"),
        *("2026-11-01T", "2026-11-01T10", "2026-11-01T25:00", "2026-11-01T10:60", "2026-11-01T10:00:60"),
        *("2026-11-01T24:00:01", "2026-11-01T24:01", "2026-11-01 10:00", "2026-11-01t10:00z"),
        *("2026-11-01T10:00+0100", "2026-11-01T10:00+24:00", "2026-11-01T10:00+01:60", "2026-11-01T10:00 Z"),
        *(
            "9999+99:99",
            "\u0662\u0660\u0662\u0666",
            "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0660\u0661",
            "\uff12\uff10\uff12\uff16",
            "2026\n",
            "9" * 5_000,
            "2026-11-01T10:00:00." + "1" * 5_000,
        ),
        *("2026-11-01\0", "\ud800", "1e400"),
    ],
)
def test_anything_else_is_not_a_w3c_date(text):
    assert w3c_time.parse_w3c(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-01", FIRST),
        ("2026-11-01T01:02:03.25", FIRST + 3723.25),
        ("2026-11-01T01:02:03.123456789+01:00", FIRST + 123.123456),
        ("1969-12-31T23:59:59.5Z", -0.5),
    ],
)
def test_a_w3c_date_keeps_its_fraction_of_a_second(text, seconds):
    assert w3c_time.parse_w3c_exactly(text) == seconds


@pytest.mark.parametrize("text", ["", "now", "2026-02-29", "2026-11-01T24:00:00Z", "2026-11-01T10:00:00.5x"])
def test_anything_else_has_no_exact_seconds(text):
    assert w3c_time.parse_w3c_exactly(text) is None


def test_a_column_of_dates_is_parsed_like_its_texts():
    texts = ["2026-11-01", None, "2026-11-01T01:02:03Z"]
    assert w3c_time.parse_w3c_column(texts) == [FIRST, None, FIRST + 3723]
    assert w3c_time.parse_w3c_column([*texts, "yesterday"]) is None


def test_moments_are_formatted_in_utc():
    assert w3c_time.format_day(FIRST) == "2026-11-01"
    assert w3c_time.format_minute(FIRST + 3723) == "2026-11-01T01:02"
    assert w3c_time.format_w3c(FIRST + 3723) == "2026-11-01T01:02:03Z"
    assert w3c_time.format_w3c(10**12) is None
