"""The values of entries as the schema of the protocol allows them, column by column.

Each function returns the values to write, None for one that is left out, and the number of those that were
rewritten. The schema is https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd; what it allows of a date is
less than W3C Datetime: a day, or a moment with seconds.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from sitemap_cli.output.escaping import consists_of
from sitemap_cli.urls import canonical_host
from sitemap_cli.w3c_time import DAY, format_w3c, parse_w3c

Texts = Sequence[str | None]


class Column(NamedTuple):
    """Values to write, and how many of them were rewritten."""

    texts: Texts
    rewritten: int = 0


# The schema allows 2,048 characters, https://www.sitemaps.org/protocol.html#locdef fewer than that.
SHORTEST, LONGEST = 12, 2_047

_FREQUENCIES = frozenset({"always", "hourly", "daily", "weekly", "monthly", "yearly", "never"})
_PRIORITY = re.compile(r"0(?:\.[0-9]+)?|1(?:\.0+)?|\.[0-9]+")

# https://www.rfc-editor.org/rfc/rfc3986#section-2 without the brackets of hosts and the mark of fragments.
_CHARACTERS = b"!$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
_JOINT = "\n"
_QUICK = _CHARACTERS + _JOINT.encode()
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ORIGIN = re.compile(r"^https?://[A-Za-z0-9._~-]+(?::[0-9]+)?(?=[/?\n]|\Z)", re.MULTILINE)
_URL = re.compile(r"(https?)://([^/?#\\]+)([^#]*)(?:(#)(.*))?", re.IGNORECASE | re.DOTALL)
_TO_ENCODE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]|[^:\[\]]+)(:[0-9]+)?:?")
_HOST = re.compile(r"[A-Za-z0-9._~-]+")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-9]{2}|[+-]14:00)"
)
_FIRST_DAY = "1970-01-01"
_MAX_CACHED = 65_536


def list_locs(locs: Sequence[str]) -> Column:
    """Return URLs as RFC 3986 allows them: what it does not allow is percent-encoded, hosts are in Punycode.

    None stands for a URL that no sitemap can contain: its host is invalid, or it is too short or too long.
    """
    joined = _JOINT.join(locs)
    is_quick = consists_of(joined, _QUICK) and not ("%" in joined and _NO_ESCAPE.search(joined))
    if is_quick and joined.count(_JOINT) == len(locs) - 1 == len(_ORIGIN.findall(joined)) - 1:
        lengths = [*map(len, locs)]
        if min(lengths) >= SHORTEST and max(lengths) <= LONGEST:
            return Column(locs)
    texts = [*map(encode_url, locs)]
    return Column(texts, sum(text not in (loc, None) for loc, text in zip(locs, texts, strict=True)))


def encode_url(url: str) -> str | None:
    """Return a URL as a sitemap may contain it, or None; one that is right is unchanged."""
    found = _URL.fullmatch(url)
    if found is None:
        return None
    scheme, authority, rest, mark, fragment = found.groups("")
    login, at, place = authority.rpartition("@")
    place = _encode_place(place)
    if not place:
        return None
    encoded = f"{scheme}://{_encode(login)}{at}{place}{_encode(rest)}{mark}{_encode(fragment)}"
    if len(encoded) < SHORTEST and not rest and not mark:
        encoded += "/"
    return encoded if SHORTEST <= len(encoded) <= LONGEST else None


def list_lastmods(lastmods: Texts, seconds: Sequence[int | None]) -> Column:
    """Return dates: as they are if the schema allows them, else those of the moments that they mean."""
    given = {text for text in lastmods if text is not None}
    dates, times = {text[:10] for text in given}, {text[10:] for text in given}
    if all(map(_dates.__getitem__, dates)) and all(map(_times.__getitem__, times)):
        return Column(lastmods)
    texts = list[str | None]()
    rewritten = 0
    for text, moment in zip(lastmods, seconds, strict=True):
        if text is None or (_dates[text[:10]] and _times[text[10:]]):
            texts.append(text)
            continue
        date = None if moment is None else format_moment(moment)
        rewritten += date is not None
        texts.append(date)
    return Column(texts, rewritten)


def format_moment(seconds: int) -> str | None:
    """Format a moment as a date, with its time unless that is midnight in UTC."""
    text = format_w3c(seconds)
    return text if text is None or seconds % DAY else text[:10]


def list_changefreqs(values: Texts) -> Column:
    """Return frequencies, in lower case."""
    return _list_values(values, lambda text: text.lower() if text.lower() in _FREQUENCIES else None)


def list_priorities(values: Texts) -> Column:
    """Return numbers from 0 to 1, with a decimal point instead of a comma."""
    return _list_values(values, _read_priority)


class _Checked(dict[str, bool]):
    """Whether texts are right, checked at the first look-up."""

    __slots__ = ("_before", "_pattern")

    def __init__(self, pattern: re.Pattern[str], before: str = "") -> None:
        super().__init__()
        self._pattern, self._before = pattern, before

    def __missing__(self, text: str) -> bool:
        if len(self) >= _MAX_CACHED:
            self.clear()
        is_right = self._pattern.fullmatch(text) is not None and parse_w3c(self._before + text) is not None
        self[text] = is_right
        return is_right


_dates = _Checked(_DATE)
_times = _Checked(re.compile(rf"(?:{_TIME.pattern})?"), _FIRST_DAY)


def _list_values(values: Texts, read: Callable[[str], str | None]) -> Column:
    distinct = {*values} - {None}
    wrong = {text: meant for text in distinct if text is not None and (meant := read(text)) != text}
    if not wrong:
        return Column(values)
    texts = [wrong.get(text, text) if text is not None else None for text in values]
    pairs = zip(values, texts, strict=True)
    return Column(texts, sum(written not in (None, given) for given, written in pairs))


def _read_priority(text: str) -> str | None:
    number = text.replace(",", ".")
    return number if _PRIORITY.fullmatch(number) else None


def _encode_place(place: str) -> str:
    """Return host and port, or "" if they are invalid."""
    found = _AUTHORITY.fullmatch(place)
    if found is None:
        return ""
    host, port = found.groups("")
    if host.startswith("[") or _HOST.fullmatch(host):
        return f"{host}{port}"
    host = canonical_host(host)
    return f"{host}{port}" if _HOST.fullmatch(host) else ""


def _encode(text: str) -> str:
    return _TO_ENCODE.sub(lambda found: quote(found[0], safe="", errors="replace"), text)
