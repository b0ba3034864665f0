"""Frozen values that pass between the layers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec


class Severity(StrEnum):
    """How severe a problem or finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe, then ascending."""
        return tuple(Severity).index(self)


class Engine(StrEnum):
    """A search engine whose requirements a check can apply."""

    GOOGLE = "google"
    BING = "bing"
    YANDEX = "yandex"


class Kind(StrEnum):
    """What kind of document a body is, by its content alone."""

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
        """Whether crawlers accept this document as a sitemap."""
        return self not in (Kind.HTML, Kind.EMPTY, Kind.UNKNOWN)

    @property
    def is_feed(self) -> bool:
        """Whether this is a feed, which may have further pages."""
        return self in (Kind.RSS, Kind.ATOM)


class Status(StrEnum):
    """The status of a job or batch."""

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


class Acceptance(StrEnum):
    """What a check or the user concluded about the URLs of a job: whether later checks compare with it."""

    PASSED = "passed"
    REFUSED = "refused"
    ACCEPTED = "accepted"


UNENDED = (Status.PENDING, Status.RUNNING)
"""The status of a job that has not ended."""

UNFINISHED = (*UNENDED, Status.INTERRUPTED)
"""The status of a job that resuming its batch runs, for the first time or again."""


class DiscoveredBy(StrEnum):
    """How the URL of a sitemap was discovered."""

    USER = "user"
    ROBOTS = "robots"
    KNOWN_PATH = "known-path"
    HTML = "html"
    INDEX = "index"
    FEED = "feed"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One URL that a document lists.

    ``loc`` is unescaped, trimmed and absolute. The optional fields are the raw text of the document;
    ``lastmod_utc`` is the parsed ``lastmod`` in whole seconds since 1970 (UTC). ``extensions`` maps
    ``images``, ``videos``, ``news``, ``alternates`` ... to plain JSON values. ``line`` is where the entry
    begins, counted from 1. The order of the fields is that of the columns of the table.
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
    """Something wrong in a document. ``line`` and ``column`` count from 1, ``offset`` in bytes from 0.

    ``entry`` is the number of the entry that it is in, or of the child in an index, from 1. It is 0 if the
    problem is in none that was kept, None if that is not known.
    """

    code: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    entry: int | None = None


Item = Entry | Child | Problem


class StrictReading(msgspec.Struct, frozen=True, gc=False):
    """How much of a document a strict parser reads, which repairs nothing, and why it reads no more.

    ``read`` of ``total`` entries, the URLs and sitemaps that this program reads. ``code`` is that of the
    problem that costs most of them, ``message`` says what is wrong. ``line`` and ``column`` count from 1.
    ``stops`` says that nothing after that place is read; otherwise, some entries are skipped.
    """

    read: int
    total: int
    code: str
    message: str
    line: int | None = None
    column: int | None = None
    stops: bool = False

    def describe(self, noun: str = "URL", *, names_line: bool = True) -> str:
        """Return a sentence about it; ``noun`` is what the document lists."""
        line = f"line {self.line:,}" if self.line and names_line else ""
        stops = " and stops" if self.stops else ""
        place = f"{' at ' if stops else ': '}{line}" if line else ""
        return f"{self.count(noun)}{stops}{place}: {self.message}"

    def count(self, noun: str = "URL") -> str:
        """Return the first part of the sentence, with the numbers alone."""
        total = f"{self.total:,} {noun}{'' if self.total == 1 else 's'}"
        return f"a strict parser reads {self.read:,} of {total}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a URL gave no body, or only a part of it; ``reason`` is one of a fixed set of codes."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect before the final response."""

    url: str
    status_code: int


class Example(msgspec.Struct, frozen=True, gc=False):
    """Another place with the same finding; fields as in :class:`Finding`."""

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    file: str | None = None
    value: str | None = None


class Cause(msgspec.Struct, frozen=True, gc=False):
    """What some places of a finding have in common, such as a value, a host or a line of robots.txt.

    ``message`` says what is wrong at all of them, ``urls`` is the number of entries that they are in if each
    place is in one, ``examples`` are some of the places. ``is_counted`` says that the message has the number.
    """

    cause: str
    message: str
    count: int
    examples: tuple[Example, ...] = ()
    urls: int | None = None
    is_counted: bool = False


class Fix(NamedTuple):
    """What to do about some places of a finding; ``case`` names them if the rule has several cases."""

    case: str | None
    text: str


class Finding(msgspec.Struct, frozen=True):
    """What a rule found in one sitemap, or in the site if ``sitemap`` is None.

    ``count`` is the exact number of places; the other fields describe the first place, ``examples`` some of
    the others. ``line`` and ``column`` count from 1, in the sitemap or in ``file``, a file of a local build.
    ``causes`` are the most frequent causes, if the rule names any; places with other causes are only in
    ``count``. ``fixes`` is what to do, by case. ``value`` is the value that is wrong, such as the URL of an
    image, if it is one.
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
    causes: tuple[Cause, ...] = ()
    file: str | None = None
    fixes: tuple[Fix, ...] = ()
    value: str | None = None


class FindingPlace(NamedTuple):
    """One of all places of a finding; ``value`` is what is wrong there, such as a date, if it is a value."""

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    value: str | None = None
    file: str | None = None
