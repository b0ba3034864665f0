import calendar
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.parse.values import lenient_dates
from sitemap_cli.w3c_time import parse_w3c
from tests.unit.parse.documents import codes, everything, urlset
from tests.unit.parse.strategies import examples

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31), timezones=ZONES).map(
    lambda moment: moment.replace(microsecond=0)
)

MONTHS = list(calendar.month_name)[1:]
DAYS = list(calendar.day_name)


def colon(moment):
    return moment.isoformat()[-6:]


def month(moment):
    return MONTHS[moment.month - 1]


def weekday(moment):
    return DAYS[moment.weekday()]


FORMS = {
    "a blank for T": lambda m: f"{m:%Y-%m-%d %H:%M:%S}{colon(m)}",
    "lower-case t": lambda m: f"{m:%Y-%m-%dt%H:%M:%S}{colon(m)}",
    "no colon in the zone": lambda m: f"{m:%Y-%m-%dT%H:%M:%S%z}",
    "a blank before the zone": lambda m: f"{m:%Y-%m-%dT%H:%M:%S} {colon(m)}",
    "Ruby": lambda m: f"{m:%Y-%m-%d %H:%M:%S %z}",
    "Go": lambda m: f"{m:%Y-%m-%d %H:%M:%S}.123456789 {m:%z} CEST",
    "Java": lambda m: f"{m:%Y-%m-%dT%H:%M:%S}{colon(m)}[Some/Zone]",
    "a comma before the fraction": lambda m: f"{m:%Y-%m-%dT%H:%M:%S},5{colon(m)}",
    "no padding": lambda m: f"{m:%Y}-{m.month}-{m.day} {m.hour}:{m.minute}:{m.second} {colon(m)}",
    "slashes": lambda m: f"{m:%Y/%m/%d %H:%M:%S} {m:%z}",
    "points": lambda m: f"{m:%Y.%m.%d %H:%M:%S} {m:%z}",
    "compact": lambda m: f"{m:%Y%m%dT%H%M%S%z}",
    "half compact": lambda m: f"{m:%Y-%m-%dT%H%M%S%z}",
    "quotes": lambda m: f'"{m.isoformat()}"',
    "RFC 2822": lambda m: f"{weekday(m)[:3]}, {m.day} {month(m)[:3]} {m:%Y %H:%M:%S %z}",
    "RFC 850 with four digits": lambda m: f"{weekday(m)}, {m:%d}-{month(m)[:3]}-{m:%Y %H:%M:%S %z}",
    "JavaScript": lambda m: f"{weekday(m)[:3]} {month(m)[:3]} {m:%d %Y %H:%M:%S} GMT{m:%z} (Some Time)",
    "American": lambda m: (
        f"{month(m)} {m.day}, {m:%Y} at {m.hour % 12 or 12}:{m:%M:%S} "
        f"{'AM' if m.hour < 12 else 'PM'} {colon(m)}"
    ),
    "British": lambda m: f"{m.day} {month(m)} {m:%Y}, {m:%H:%M:%S} UTC{colon(m)}",
    "a week": lambda m: f"{m:%G-W%V-%u} {m:%H:%M:%S} {m:%z}",
}
UTC_FORMS = {
    "a word for the zone": lambda m: f"{m:%Y-%m-%d %H:%M:%S} UTC",
    "lower-case z": lambda m: f"{m:%Y-%m-%dT%H:%M:%S}z",
    "two zones": lambda m: f"{m:%Y-%m-%dT%H:%M:%S}+00:00Z",
    "fourteen digits": lambda m: f"{m:%Y%m%d%H%M%S}",
    "C": lambda m: f"{weekday(m)[:3]} {month(m)[:3]} {m.day:>2} {m:%H:%M:%S %Y}",
    "Unix": lambda m: f"{weekday(m)[:3]} {month(m)[:3]} {m.day:>2} {m:%H:%M:%S} UTC {m:%Y}",
    "RFC 1123": lambda m: f"{weekday(m)[:3]}, {m:%d} {month(m)[:3]} {m:%Y %H:%M:%S} GMT",
    "no zone": lambda m: f"{m:%Y-%m-%d %H:%M:%S}",
}


@pytest.mark.parametrize("form", FORMS)
@examples(150)
@given(moment=MOMENTS)
def test_a_date_in_a_wrong_form_is_the_same_moment(form, moment):
    found = lenient_dates.parse_lenient_date(FORMS[form](moment))
    assert found is not None
    assert found.seconds == int(moment.timestamp()) == parse_w3c(found.form)


@pytest.mark.parametrize("form", UTC_FORMS)
@examples(150)
@given(moment=MOMENTS)
def test_a_utc_date_in_a_wrong_form_is_the_same_moment(form, moment):
    moment = moment.astimezone(UTC)
    found = lenient_dates.parse_lenient_date(UTC_FORMS[form](moment))
    assert found is not None
    assert found.seconds == int(moment.timestamp())


@examples(150)
@given(st.text(max_size=200) | st.text("0123456789-:/. TZtz+,aNovSun'\"", max_size=80))
def test_no_text_raises_and_parsed_dates_have_a_valid_form(text):
    found = lenient_dates.parse_lenient_date(text)
    assert found is None or parse_w3c(found.form) == found.seconds
    assert lenient_dates.describe_lenient_date(text)[1].isprintable()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-11-01 10:20:30", "2026-11-01T10:20:30"),
        ("2026-11-01 10:20", "2026-11-01T10:20:00"),
        ("2026-11-01t10:20:30z", "2026-11-01T10:20:30Z"),
        ("2026-11-01T10:20:30+01", "2026-11-01T10:20:30+01:00"),
        ("2026-11-01T10:20:30 +1:00", "2026-11-01T10:20:30+01:00"),
        ("2026-11-01T10:20:30GMT", "2026-11-01T10:20:30Z"),
        ("2026-11-01 10:20:30 UTC+1", "2026-11-01T10:20:30+01:00"),
        ("2026-11-01 10:20:30 +0000 UTC", "2026-11-01T10:20:30+00:00"),
        ("2026-11-01T10:20:30Z[UTC]", "2026-11-01T10:20:30Z"),
        ("2026-11-01T10Z", "2026-11-01T10:00:00Z"),
        ("2026-11-01T10", "2026-11-01T10:00:00"),
        ("2026-11-01T1020Z", "2026-11-01T10:20:00Z"),
        ("2026-11-01Z", "2026-11-01T00:00:00Z"),
        ("2026-11-01+01:00", "2026-11-01T00:00:00+01:00"),
        ("2026-11-01-05:00", "2026-11-01T00:00:00-05:00"),
        ("2026-11-01T23:59:60Z", "2026-11-01T24:00:00Z"),
        ("2026-11-01 12:20 AM", "2026-11-01T00:20:00"),
        ("2026-11-01 12:20 p.m.", "2026-11-01T12:20:00"),
        ("2026-11-01 10:20:30\u202fPM", "2026-11-01T22:20:30"),
        ("2026-1-5", "2026-01-05"),
        ("2026-1", "2026-01"),
        ("2026/11", "2026-11"),
        ("2026/11/01", "2026-11-01"),
        ("2026.11.01", "2026-11-01"),
        ("2026\u201311\u201301", "2026-11-01"),
        ("20261101", "2026-11-01"),
        ("2026-W44-7", "2026-11-01"),
        ("2026W447", "2026-11-01"),
        ("2026-W44", "2026-10-26"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("5.5.2026", "2026-05-05"),
        ("31-12-2026 10:20", "2026-12-31T10:20:00"),
        ("Sun, 01 Nov 2026 10:20:30 EST", "2026-11-01T10:20:30-05:00"),
        ("1 Nov 2026 10:20:30 PDT", "2026-11-01T10:20:30-07:00"),
        ("1st of November 2026", "2026-11-01"),
        ("November 1st, 2026", "2026-11-01"),
        ("Nov. 1, 2026", "2026-11-01"),
        ("01-NOV-2026", "2026-11-01"),
        ("Sept 1, 2026", "2026-09-01"),
        ("Nov 2026", "2026-11"),
        ("'2026-11-01", "2026-11-01"),
        ("\u201c2026-11-01\u201d", "2026-11-01"),
        ("2026-11-01\u00a0 10:20:30", "2026-11-01T10:20:30"),
        ("\ufeff2026-11-01", "2026-11-01"),
    ],
)
def test_a_date_in_a_wrong_form_is_read_as(text, form):
    found = lenient_dates.parse_lenient_date(text)
    assert found == (parse_w3c(form), form)


@pytest.mark.parametrize(
    "text",
    [
        *("01/02/2026", "1.2.2026", "11/1/2026 10:20:30 AM", "13/13/2026", "31/12/26", "26-11-01"),
        *("Sunday, 01-Nov-26 10:20:30 GMT", "1 Nov 26", "1793491200", "1793491200000", "1793491200.5"),
        *(
            "0000-00-00",
            "0000-00-00 00:00:00",
            "1 novembre 2026",
            "1. November 2026",
            "2026\u5e7411\u67081\u65e5",
        ),
        *("2026-305", "2026.11", "202611", "2026110", "20261301", "18991231", "2026-W54-1", "2026-W00"),
        *("2026-02-30 10:00", "2026-11-01 25:00", "2026-11-01 10:60", "2026-11-01T10:00:60Z"),
        *("2026-11-01T23:59:60+01:00", "2026-11-01 0:20 AM", "2026-11-01 13:20 PM"),
        *("2026-11-01T", "2026-11-01T1", "2026-11-01 10", "2026-11-01T10:20:", "2026-11-01T10:20:30ZZ"),
        *(
            "2026-11-01 10:20:30 EST",
            "2026-11-01 10:20 CET",
            "2026-11-01 10:20 (CET)",
            "2026-11-01 10:20 UTC+24",
        ),
        *(
            "2026-11-01T10:20:30+01:00Z",
            "2026-11-01T10:20+100",
            "2026-11-01T10:20+25:00",
            "2026-11-01T10:20+0160",
        ),
        *(
            "2026-11/01",
            "2026-11-01 and more",
            "on 2026-11-01",
            "2026-11-01, 2026-11-02",
            "nan",
            "now",
            "",
            " ",
        ),
        *("9" * 5_000, " " * 5_000, "9999+99:99", "2026-11-01 10:20:30 " + "+" * 500, "\0", "\ud800"),
        *(
            "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0660\u0661 10:00",
            "\uff12\uff10\uff12\uff16/11/01",
            "1e400",
            "\u0662",
        ),
        *("Sun Nov  1 10:20:30 CET 2026", "1 Nov 2026 10:20 GMT+99", "1 Foo 2026", "November 31, 2026"),
    ],
)
def test_an_ambiguous_date_is_not_parsed(text):
    assert lenient_dates.parse_lenient_date(text) is None


@pytest.mark.parametrize(
    ("lastmod", "moment", "message"),
    [
        ("2026-11-01", 1_793_491_200, None),
        ("2026/11/01", 1_793_491_200, "not a W3C date, read as 2026-11-01: '2026/11/01'"),
        ("01/02/2026", None, "not a date: '01/02/2026'"),
        ("", None, "not a date: ''"),
    ],
)
@pytest.mark.parametrize("element", ["url", "sitemap"])
def test_the_text_of_a_lastmod_is_kept_and_its_value_only_if_unambiguous(element, lastmod, moment, message):
    body = f"<{element}><loc>https://example.com/a</loc><lastmod> {lastmod} </lastmod></{element}>"
    reading, items, problems = everything(urlset(body))
    assert [(item.lastmod, item.lastmod_utc) for item in items] == [(lastmod, moment)]
    reported = [problem for problem in problems if problem.code == "lastmod-invalid"]
    assert [problem.message for problem in reported] == ([message] if message else [])
    assert reading.complete
    assert set(codes(problems)) <= {"lastmod-invalid", "mixed-kinds"}
