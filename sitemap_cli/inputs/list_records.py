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
    """A record without a domain, and the reason."""

    line: int
    text: str
    why: str


Record = ListedDomain | InvalidRecord
Lines = Iterator[tuple[int, str]]
"""Line numbers and texts."""


def is_domain_or_url(text: str) -> bool:
    """Return whether a text is certainly a host or a URL, rather than a word, a number or a file."""
    return bool(BARE_HOST.fullmatch(text) or URL.fullmatch(text))


def split_domains(text: str) -> list[str]:
    """Return the words of a text; a word of several domains without blanks is split at its separators.

    A comma in a URL belongs to it, unless a host or a URL follows.
    """
    return [part for word in text.split() for part in _split_word(word)]


def _split_word(word: str) -> list[str]:
    parts = [each for each in _SEPARATORS.split(word) if each]
    if len(parts) < 2:
        return parts
    bare = [BARE_HOST.fullmatch(each) is not None for each in parts]
    follows_path = any(
        now and URL.match(before) and before.count("/") > 3
        for before, now in zip(parts, bare[1:], strict=False)
    )
    are_domains = all(each or URL.fullmatch(part) for each, part in zip(bare, parts, strict=True))
    return parts if are_domains and not follows_path else [word]
