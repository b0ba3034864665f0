"""Parses dates in wrong forms that still have exactly one meaning.

A meaning is certain under these conditions: the year has four digits, so that no order of two-digit numbers
is guessed. A date that begins with day and month is accepted only if the two cannot be swapped (31/12/2026,
or 05/05/2026). Names are English. A missing time zone is UTC, as in valid dates. Names of weekdays are not
compared with the date. Bare numbers of seconds are not dates: ten digits can be a compact date as well.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.w3c_time import parse_w3c


class LenientDate(NamedTuple):
    """The seconds since 1970, and the W3C date that the text was read as."""

    seconds: int
    form: str


Match = re.Match[str]

_MAX_LENGTH = 120
_QUOTES = " \t\r\n'\"\u2018\u2019\u201c\u201d\xab\xbb`"
# Other blanks and hyphens, and invisible characters.
_LOOKALIKES: dict[int, str | None] = {
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-"),
    **dict.fromkeys((0x200B, 0x200E, 0x200F, 0xFEFF), None),
}
_SPACES = re.compile(r"\s+")

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = {
    **{name: at for at, name in enumerate(_MONTHS, 1)},
    **{name[:3]: at for at, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
# https://www.rfc-editor.org/rfc/rfc822#section-5; elsewhere these letters have other meanings.
_AMERICAN = {
    f"{place}{kind}t": f"-{hours - (kind == 'd'):02}:00"
    for place, hours in (("e", 5), ("c", 6), ("m", 7), ("p", 8))
    for kind in "sd"
}

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"


def _compile(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.ASCII)


_NUMBERS = _compile(rf"{_YEAR}(?P<dash>[-/.])(?P<month>[0-9]{{1,2}})(?P=dash)(?P<day>[0-9]{{1,2}})(?![0-9])")
_MONTHLY = _compile(rf"{_YEAR}[-/](?P<month>[0-9]{{1,2}})$")
_COMPACT = _compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=$|[^0-9]|[0-9]{6}$)")
_WEEK = _compile(rf"{_YEAR}-?w(?P<week>[0-9]{{2}})(?:-?(?P<day>[1-7]))?(?![0-9-])")
_REVERSED = _compile(rf"(?P<one>[0-9]{{1,2}})(?P<dash>[-/.])(?P<two>[0-9]{{1,2}})(?P=dash){_YEAR}(?![0-9])")
_DAY_FIRST = _compile(rf"{_WEEKDAY}{_DAY}[ -]?(?:of )?{_NAME},?[ -]?{_YEAR}(?![0-9])")
_MONTH_FIRST = _compile(rf"{_WEEKDAY}{_NAME}[ -]?{_DAY},? {_YEAR}(?![0-9])")
_NAMED_MONTH = _compile(rf"{_NAME},? {_YEAR}$")
# C and Unix write the year after the time.
_C_TIME = _compile(
    rf"{_WEEKDAY}(?P<date>[a-z]{{3}} [0-9]{{1,2}}) (?P<time>[0-9:]{{7,8}}(?: [a-z]+)?) {_YEAR}$"
)

_CLOCK = (
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?(?![a-z]))?"
    r"|(?P<hh>[0-9]{2})(?P<mm>[0-9]{2})(?P<ss>[0-9]{2}(?:[.,][0-9]+)?)?)"
)
_OFFSET = r"(?P<sign>[+-])(?P<east>[0-9]{2}|[0-9](?![0-9]))(?::?(?P<minutes>[0-9]{2}))?"
_ZONE = (
    rf"(?: ?(?P<zone>z|utc?|gmt|[ecmp][sd]t))?(?: ?{_OFFSET}(?P<zulu>z| (?:utc|gmt))?(?: [a-z]{{3,5}})?)?"
    r"(?P<note> ?(?:\([^()]*\)|\[[^\[\]]*\]))?"
)
_TIME = _compile(rf"(?:(?: ?t ?|,? (?:at )?|(?<=[0-9]{{8}})){_CLOCK}|t(?P<lone>[0-9]{{2}})){_ZONE}")
_DATE_ZONE = _compile(r"(?P<zone>z| ?(?:utc|gmt))?(?P<offset>[+-][0-9]{2}:[0-9]{2})?")


def describe_lenient_date(text: str) -> tuple[int | None, str]:
    """Return the seconds of a date in a wrong form, if its meaning is certain, and the message about it."""
    found = parse_lenient_date(text)
    if found is None:
        return None, f"not a date: {quote_text(text)}"
    return found.seconds, f"not a W3C date, read as {found.form}: {quote_text(text)}"


def parse_lenient_date(text: str) -> LenientDate | None:
    """Parse a date in one of the usual wrong forms; return None if its meaning is not certain."""
    text = text.strip(_QUOTES)
    return _parse_cached(text) if len(text) <= _MAX_LENGTH else None


@lru_cache(maxsize=8_192)
def _parse_cached(text: str) -> LenientDate | None:
    form = _to_w3c(_SPACES.sub(" ", text.translate(_LOOKALIKES)).strip(_QUOTES))
    seconds = parse_w3c(form) if form else None
    return None if form is None or seconds is None else LenientDate(seconds, form)


def _to_w3c(text: str) -> str | None:
    if parse_w3c(text) is not None:
        return text
    text = _C_TIME.sub(r"\g<date> \g<year> \g<time>", text)
    for pattern, format_day in _DATE_FORMS:
        found = pattern.match(text)
        if found is None:
            continue
        day = format_day(found)
        time = _format_time(text, found.end(), american=pattern is _DAY_FIRST)
        return None if day is None or time is None else day + time
    return None


def _format_time(text: str, at: int, *, american: bool) -> str | None:
    """Return the time of day that follows the date there ("" if nothing does), or None if it is invalid."""
    found = _DATE_ZONE.fullmatch(text, at)
    if found:
        zone, offset = found.groups()
        return ("T00:00:00" + (offset or "Z") if zone or offset else "") if not (zone and offset) else None
    found = _TIME.fullmatch(text, at)
    if found is None:
        return None
    clock, zone = _format_clock(found), _format_zone(found, american=american)
    if clock == "23:59:60" and zone in ("", "Z", "+00:00"):
        clock = "24:00:00"  # POSIX counts a leap second as the second after it
    return None if clock is None or zone is None else f"T{clock}{zone}"


def _format_clock(found: Match) -> str | None:
    hour = int(found["hour"] or found["hh"] or found["lone"])
    minute, second = found["minute"] or found["mm"] or "00", (found["second"] or found["ss"] or "00")[:2]
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"] in "pP")
    return f"{hour:02}:{minute:0>2}:{second:0>2}"


def _format_zone(found: Match, *, american: bool) -> str | None:
    """Return Z, an offset or ""; None if the time zone is unknown or contradicts itself."""
    name = (found["zone"] or "").lower()
    offset = f"{found['sign']}{found['east']:0>2}:{found['minutes'] or '00'}" if found["sign"] else ""
    if found["note"] and not (name or offset):
        return None
    if name in _AMERICAN:
        return _AMERICAN[name] if american and not offset else None
    if (name == "z" or found["zulu"]) and offset and offset[1:] != "00:00":
        return None
    return offset or ("Z" if name else "")


def _format_numbers(found: Match) -> str:
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"


def _format_year_month(found: Match) -> str:
    return f"{found['year']}-{found['month']:0>2}"


def _format_week(found: Match) -> str | None:
    try:
        return date.fromisocalendar(
            int(found["year"]), int(found["week"]), int(found["day"] or 1)
        ).isoformat()
    except ValueError:
        return None


def _format_reversed(found: Match) -> str | None:
    one, two = int(found["one"]), int(found["two"])
    if one != two and max(one, two) <= 12:
        return None
    return f"{found['year']}-{min(one, two):02}-{max(one, two):02}"


def _format_named(found: Match) -> str:
    return f"{found['year']}-{_MONTH[found['name'].lower()]:02}-{found['day']:0>2}"


def _format_named_month(found: Match) -> str:
    return f"{found['year']}-{_MONTH[found['name'].lower()]:02}"


_DATE_FORMS: tuple[tuple[re.Pattern[str], Callable[[Match], str | None]], ...] = (
    (_NUMBERS, _format_numbers),
    (_MONTHLY, _format_year_month),
    (_COMPACT, _format_numbers),
    (_WEEK, _format_week),
    (_REVERSED, _format_reversed),
    (_DAY_FIRST, _format_named),
    (_MONTH_FIRST, _format_named),
    (_NAMED_MONTH, _format_named_month),
)
