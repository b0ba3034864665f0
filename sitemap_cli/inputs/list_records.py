"""The records of a list of domains, and the lines that they come from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

COLUMNS = ("domain", "host", "hostname", "site", "website", "url", "address", "target", "loc", "homepage")
"""Headings and keys of the domain."""

# A host with a top-level domain, or an IPv4 address, with or without a port.
_LABEL = r"[^\s/:@?#\[\]\\.,;|\"'<>()]+"
_TOP = r"(?:[^\s\d/:@?#\[\]\\.,;|\"'<>()_]{2,}|xn--[a-z0-9-]+)"
_IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
BARE_HOST = re.compile(rf"(?:(?:{_LABEL}\.)+{_TOP}|{_IPV4}|localhost)(?::\d{{1,5}})?/?", re.IGNORECASE)
URL = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;|]+")
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""Characters around words that come from pasted text and from files that were joined."""

_QUOTED = re.compile(
    r"(?:<(?:URL:)?([^\s<>]+)>|'([^']+)'|\"([^\"]+)\"|[\u201c\u201d\u201e\xab]([^\u201c\u201d\xbb]+)[\u201c\u201d\xbb]"
    r"|[\u2018\u201a]([^\u2018\u2019]+)[\u2018\u2019])[,;]?",
    re.IGNORECASE,
)
# The bullet or number of an item of a list.
_BULLET = re.compile(r"\s*(?:[-*+\u2022\u2013\u2014]|[0-9]{1,6}[.)])\s+(?=\S+\s*$)")


@dataclass(frozen=True, slots=True)
class ListedDomain:
    """The text that a record has for a domain, and the line where it begins.

    ``extra`` has the whole record by column or key.
    """

    line: int
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvalidRecord:
    """A record without a domain, and the reason; ``is_empty`` if its cell is empty, as in a row of sums."""

    line: int
    text: str
    why: str
    is_empty: bool = False


Record = ListedDomain | InvalidRecord
Lines = Iterator[tuple[int, str]]
"""Line numbers and texts."""


def is_domain_or_url(text: str) -> bool:
    """Return whether a text is certainly a host or a URL, rather than a word, a number or a file."""
    return bool(BARE_HOST.fullmatch(text) or URL.fullmatch(text))


def unquote(text: str) -> str:
    """Return a domain or URL without the quotes or angle brackets around it; another text as it is."""
    text = text.strip(INVISIBLE)
    found = _QUOTED.fullmatch(text)
    inner = found[found.lastindex or 0].strip() if found else text
    return inner if is_domain_or_url(inner) else text


def remove_bullet(text: str) -> str:
    """Return a line without the bullet or number in front of a domain or URL."""
    bare = _BULLET.sub("", text, count=1)
    return bare if is_domain_or_url(unquote(bare.strip())) else text


def split_domains(text: str) -> list[str]:
    """Return the words of a text; a word of several domains without blanks is split at its separators.

    A comma in a URL belongs to it, unless a host or a URL follows.
    """
    return [unquote(part) for word in text.split() for part in _split_word(unquote(word))]


def _split_word(word: str) -> list[str]:
    parts = [unquote(each) for each in _SEPARATORS.split(word) if each.strip(INVISIBLE)]
    if len(parts) < 2:
        return parts
    bare = [BARE_HOST.fullmatch(each) is not None for each in parts]
    follows_path = any(
        now and URL.match(before) and before.count("/") > 3
        for before, now in zip(parts, bare[1:], strict=False)
    )
    are_domains = all(each or URL.fullmatch(part) for each, part in zip(bare, parts, strict=True))
    return parts if are_domains and not follows_path else [word]
