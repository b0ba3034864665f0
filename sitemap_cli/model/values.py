"""Frozen values that pass between the layers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Severity(StrEnum):
    """How bad a problem or finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, and up from there."""
        return tuple(Severity).index(self)


class Engine(StrEnum):
    """A search engine whose own demands a check may make."""

    GOOGLE = "google"
    BING = "bing"
    YANDEX = "yandex"


class Kind(StrEnum):
    """What a document turned out to be, decided by its content alone."""

    URLSET = "urlset"
    INDEX = "index"
    RSS = "rss"
    ATOM = "atom"
    TEXT = "text"
    HTML = "html"
    EMPTY = "empty"
    UNKNOWN = "unknown"

    @property
    def is_sitemap(self) -> bool:
        """Whether a crawler would take this document for a sitemap."""
        return self not in (Kind.HTML, Kind.EMPTY, Kind.UNKNOWN)


class Status(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Verdict(StrEnum):
    """The answer to "why is it empty or incomplete?"."""

    OK = "ok"
    PARTIAL = "partial"
    ABSENT = "absent"
    EMPTY = "empty"
    BLOCKED = "blocked"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP_ERROR = "http-error"
    HTML_INSTEAD = "html-instead"
    INVALID = "invalid"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    REFUSED_ADDRESS = "refused-address"
    CANCELLED = "cancelled"


UNENDED = (Status.PENDING, Status.RUNNING)
"""What a job is until it ends."""

UNFINISHED = (*UNENDED, Status.INTERRUPTED)
"""What the jobs of a batch are that are still to be done, or to be done again."""


class DiscoveredBy(StrEnum):
    """How the address of a sitemap became known."""

    USER = "user"
    ROBOTS = "robots"
    KNOWN_PATH = "known-path"
    HTML = "html"
    INDEX = "index"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One URL that a document lists.

    ``loc`` is unescaped, trimmed and absolute. The raw text of the optional fields is kept as it
    stood; ``lastmod_utc`` is what ``lastmod`` was understood as, in whole seconds since 1970 (UTC).
    ``extensions`` maps ``images``, ``videos``, ``news``, ``alternates`` ... to plain JSON values.
    ``line`` counts from 1 and is where the entry begins. The fields stand in the order of the columns
    in which they are kept.
    """

    loc: str
    lastmod: str | None = None
    lastmod_utc: int | None = None
    changefreq: str | None = None
    priority: str | None = None
    line: int | None = None
    extensions: dict[str, Any] | None = None


class Child(msgspec.Struct, frozen=True, gc=False):
    """One sitemap that an index lists; fields as in :class:`Entry`."""

    loc: str
    lastmod: str | None = None
    lastmod_utc: int | None = None
    line: int | None = None


class Problem(msgspec.Struct, frozen=True, gc=False):
    """Something the reader found wrong. ``line`` and ``column`` count from 1, ``offset`` in bytes from 0."""

    code: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    offset: int | None = None


Item = Entry | Child | Problem


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an address gave no body, or not the whole of it; ``reason`` is one of a fixed set of codes."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way to a body."""

    url: str
    status_code: int


class Example(msgspec.Struct, frozen=True, gc=False):
    """One more place where a rule found the same; fields as in :class:`Finding`."""

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None


class Finding(msgspec.Struct, frozen=True):
    """What a rule found wrong in one sitemap, or in the site if ``sitemap`` is None.

    ``count`` says how often, exactly; the other fields describe the first of them, and ``examples`` a few
    more. ``line`` and ``column`` count from 1.
    """

    rule: str
    name: str
    severity: Severity
    message: str
    sitemap: str | None = None
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    count: int = 1
    examples: tuple[Example, ...] = ()
