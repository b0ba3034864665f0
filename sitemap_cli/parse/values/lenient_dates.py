"""Dates that are written wrongly and still have one meaning, put into the form they should have.

What counts as certain: the year has four digits, so no order of two-digit numbers is guessed; a date
that begins with day and month is taken only when these two cannot be exchanged (31/12/2026, or
05/05/2026); names are English. A missing zone is UTC, as in right dates. Names of weekdays are not
compared with the date, which says the same without them. Bare numbers of seconds are no dates: ten
digits can be a compact date as well.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sitemap_cli.parse.values.loc_urls import shown
from sitemap_cli.w3c_time import parse_w3c


class Understood(NamedTuple):
    """A moment in seconds since 1970, and the W3C date that the text was taken for."""

    moment: int
    form: str


Match = re.Match[str]

_LONGEST = 120
_QUOTES = " \t\r\n'\"\u2018\u2019\u201c\u201d\xab\xbb`"
# Blanks and hyphens that only look different, and marks that cannot be seen at all.
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
# https://www.rfc-editor.org/rfc/rfc822#section-5; nobody else agrees what these letters mean.
_AMERICAN = {
    f"{place}{kind}t": f"-{hours - (kind == 'd'):02}:00"
    for place, hours in (("e", 5), ("c", 6), ("m", 7), ("p", 8))
    for kind in "sd"
}

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.ASCII)


_NUMBERS = _pattern(rf"{_YEAR}(?P<dash>[-/.])(?P<month>[0-9]{{1,2}})(?P=dash)(?P<day>[0-9]{{1,2}})(?![0-9])")
_MONTHLY = _pattern(rf"{_YEAR}[-/](?P<month>[0-9]{{1,2}})$")
_COMPACT = _pattern(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=$|[^0-9]|[0-9]{6}$)")
_WEEK = _pattern(rf"{_YEAR}-?w(?P<week>[0-9]{{2}})(?:-?(?P<day>[1-7]))?(?![0-9-])")
_REVERSED = _pattern(rf"(?P<one>[0-9]{{1,2}})(?P<dash>[-/.])(?P<two>[0-9]{{1,2}})(?P=dash){_YEAR}(?![0-9])")
_DAY_FIRST = _pattern(rf"{_WEEKDAY}{_DAY}[ -]?(?:of )?{_NAME},?[ -]?{_YEAR}(?![0-9])")
_MONTH_FIRST = _pattern(rf"{_WEEKDAY}{_NAME}[ -]?{_DAY},? {_YEAR}(?![0-9])")
_NAMED_MONTH = _pattern(rf"{_NAME},? {_YEAR}$")
# The year behind the time, as C and Unix write it.
_C_TIME = _pattern(
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
_TIME = _pattern(rf"(?:(?: ?t ?|,? (?:at )?|(?<=[0-9]{{8}})){_CLOCK}|t(?P<lone>[0-9]{{2}})){_ZONE}")
_DATE_ZONE = _pattern(r"(?P<zone>z| ?(?:utc|gmt))?(?P<offset>[+-][0-9]{2}:[0-9]{2})?")


def told(text: str) -> tuple[int | None, str]:
    """The moment that a date in no right form certainly means, if any, and what to say about it."""
    found = understood(text)
    if found is None:
        return None, f"not a date: {shown(text)}"
    return found.moment, f"not a date of the right form, taken for {found.form}: {shown(text)}"


def understood(text: str) -> Understood | None:
    """What a date means that is written in one of the usual wrong forms; None when that is not certain."""
    text = text.strip(_QUOTES)
    return _understood(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8_192)
def _understood(text: str) -> Understood | None:
    form = _form(_SPACES.sub(" ", text.translate(_LOOKALIKES)).strip(_QUOTES))
    moment = parse_w3c(form) if form else None
    return None if form is None or moment is None else Understood(moment, form)


def _form(text: str) -> str | None:
    if parse_w3c(text) is not None:
        return text
    text = _C_TIME.sub(r"\g<date> \g<year> \g<time>", text)
    for pattern, day_of in _DAYS:
        found = pattern.match(text)
        if found is None:
            continue
        day = day_of(found)
        time = _time(text, found.end(), american=pattern is _DAY_FIRST)
        return None if day is None or time is None else day + time
    return None


def _time(text: str, at: int, *, american: bool) -> str | None:
    """The time of day that follows the date at this place, or "" if there is none."""
    found = _DATE_ZONE.fullmatch(text, at)
    if found:
        zone, offset = found.groups()
        return ("T00:00:00" + (offset or "Z") if zone or offset else "") if not (zone and offset) else None
    found = _TIME.fullmatch(text, at)
    if found is None:
        return None
    clock, zone = _clock(found), _zone(found, american=american)
    if clock == "23:59:60" and zone in ("", "Z", "+00:00"):
        clock = "24:00:00"  # POSIX counts a leap second as the second after it
    return None if clock is None or zone is None else f"T{clock}{zone}"


def _clock(found: Match) -> str | None:
    hour = int(found["hour"] or found["hh"] or found["lone"])
    minute, second = found["minute"] or found["mm"] or "00", (found["second"] or found["ss"] or "00")[:2]
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"] in "pP")
    return f"{hour:02}:{minute:0>2}:{second:0>2}"


def _zone(found: Match, *, american: bool) -> str | None:
    """Z, an offset or nothing; None where it is unknown or says two different things."""
    name = (found["zone"] or "").lower()
    offset = f"{found['sign']}{found['east']:0>2}:{found['minutes'] or '00'}" if found["sign"] else ""
    if found["note"] and not (name or offset):
        return None
    if name in _AMERICAN:
        return _AMERICAN[name] if american and not offset else None
    if (name == "z" or found["zulu"]) and offset and offset[1:] != "00:00":
        return None
    return offset or ("Z" if name else "")


def _numbers(found: Match) -> str:
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"


def _monthly(found: Match) -> str:
    return f"{found['year']}-{found['month']:0>2}"


def _week(found: Match) -> str | None:
    try:
        return date.fromisocalendar(
            int(found["year"]), int(found["week"]), int(found["day"] or 1)
        ).isoformat()
    except ValueError:
        return None


def _reversed(found: Match) -> str | None:
    one, two = int(found["one"]), int(found["two"])
    if one != two and max(one, two) <= 12:
        return None
    return f"{found['year']}-{min(one, two):02}-{max(one, two):02}"


def _named(found: Match) -> str:
    return f"{found['year']}-{_MONTH[found['name'].lower()]:02}-{found['day']:0>2}"


def _named_month(found: Match) -> str:
    return f"{found['year']}-{_MONTH[found['name'].lower()]:02}"


_DAYS: tuple[tuple[re.Pattern[str], Callable[[Match], str | None]], ...] = (
    (_NUMBERS, _numbers),
    (_MONTHLY, _monthly),
    (_COMPACT, _numbers),
    (_WEEK, _week),
    (_REVERSED, _reversed),
    (_DAY_FIRST, _named),
    (_MONTH_FIRST, _named),
    (_NAMED_MONTH, _named_month),
)
