"""The pages that were asked, as rules see them, and what may be wrong with one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from sitemap_cli.model.values import Engine
from sitemap_cli.urls import DEFAULT_PORTS
from sitemap_cli.w3c_time import DAY, format_day, parse_w3c_exactly

CRAWLERS = {Engine.GOOGLE: "googlebot", Engine.BING: "bingbot", Engine.YANDEX: "yandex"}
"""What pages call the crawlers of search engines."""
FAILED = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline")
"""Beginnings of the reasons for which a site gave no answer."""
RATE_LIMITED = 429
DIRT_RULES = frozenset({"page-4xx", "page-5xx", "page-redirect", "page-noindex"})
"""What makes a sitemap dirty, by the names of the rules."""
# Servers that make every page afresh say "now", which says nothing.
NOW = 300
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class PageFact:
    """What one page answered.

    ``status_code`` and everything behind it is of the last of its ``hops``. ``lastmod`` and ``versions`` are
    what the sitemap says of it; ``same_as`` is the lastmod that it had when an earlier job was given the very
    same bytes. ``document`` is the id of the document whose entry it is, 0 for none.
    """

    loc: str
    sitemap: str | None = None
    line: int | None = None
    role: str = "listed"
    status_code: int | None = None
    error: str | None = None
    error_message: str | None = None
    final_url: str = ""
    hops: tuple[tuple[str, int], ...] = ()
    content_type: str | None = None
    title: str | None = None
    noindex: str | None = None
    noindex_for: tuple[str, ...] = ()
    canonicals: tuple[tuple[str, str], ...] = ()
    alternates: Mapping[str, str] = field(default_factory=dict)
    last_modified: str | None = None
    soft_404: str | None = None
    requested_at: float = 0.0
    lastmod: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    lastmod_of_same_content: str | None = None
    document_id: int = 0

    @property
    def was_requested(self) -> bool:
        """Whether the site had a chance to answer; of an address that robots.txt forbids nothing is known."""
        return self.error != "robots-disallowed"

    @property
    def is_blocked(self) -> bool:
        """Whether somebody answered in place of the site, or only because of how often we asked."""
        return self.error == "challenge" or self.status_code == RATE_LIMITED

    @property
    def is_good(self) -> bool:
        """Whether the address itself answered with a page."""
        good = self.status_code is not None and 200 <= self.status_code < 300
        return good and not self.hops and self.error is None

    @property
    def is_html(self) -> bool:
        """Whether the answer calls itself a page of HTML."""
        return "html" in (self.content_type or "").lower()

    @property
    def is_gone(self) -> bool:
        """Whether the address itself answers with a status of 4xx that is the site's own."""
        code = self.status_code or 0
        return not self.hops and 400 <= code < 500 and not self.is_blocked

    @property
    def is_broken(self) -> bool:
        """Whether the address itself answers with a status of 5xx, or not at all."""
        broken = (self.status_code or 0) >= 500 or (self.error or "").startswith(FAILED)
        return not self.hops and broken and not self.is_blocked

    @property
    def is_redirect(self) -> bool:
        """Whether the address leads elsewhere."""
        return bool(self.hops) or 300 <= (self.status_code or 0) < 400

    @property
    def is_noindex(self) -> bool:
        """Whether the page forbids to be indexed."""
        return self.is_good and self.noindex is not None

    def narrow_to_engine(self, engine: Engine | None) -> "PageFact":
        """The page as one search engine sees it, to which it is nothing what only others are told."""
        if engine is None or not self.noindex_for or CRAWLERS[engine] in self.noindex_for:
            return self
        return replace(self, noindex=None, noindex_for=())

    @property
    def other_canonicals(self) -> tuple[tuple[str, str], ...]:
        """The addresses other than its own that a page calls its own, and who says so."""
        suspects = [each for each in self.canonicals if each[0] != self.loc] if self.is_good else []
        return tuple(each for each in suspects if normalize_url(each[0]) != normalize_url(self.loc))

    @property
    def is_canonicalised(self) -> bool:
        """Whether the page says that it is a copy of another one, or may be."""
        return bool(self.other_canonicals)

    @property
    def lastmod_contradiction(self) -> str | None:
        """What contradicts the lastmod of a page, in words."""
        if not self.is_good or self.lastmod is None:
            return None
        previous = self.lastmod_of_same_content
        if previous is not None and previous != self.lastmod:
            return f"lastmod was {previous} and is {self.lastmod}, but the page is the same to the byte"
        return self._find_contradiction(self.lastmod)

    def _find_contradiction(self, lastmod: str) -> str | None:
        said, first = _parse_http_date(self.last_modified), parse_w3c_exactly(lastmod)
        if said is None or first is None:
            return None
        if first > said + DAY:
            return f"lastmod is {lastmod}, and the server says that it last changed on {format_day(said)}"
        if said > _find_period_end(lastmod, first) + DAY and self.requested_at - said > NOW:
            return f"the server says that it changed on {format_day(said)}, and lastmod is still {lastmod}"
        return None

    @property
    def hreflang_difference(self) -> str | None:
        """How the versions that a page links to differ from those in the sitemap, in words."""
        if not (self.is_good and self.alternates and self.versions):
            return None
        here = {language.lower(): normalize_url(href) for language, href in self.alternates.items()}
        there = {language.lower(): normalize_url(href) for language, href in self.versions.items()}
        if here == there:
            return None
        parts = (
            ("only the sitemap names", there.keys() - here.keys()),
            ("only the page names", here.keys() - there.keys()),
            (
                "different addresses for",
                {each for each in here.keys() & there.keys() if here[each] != there[each]},
            ),
        )
        return "; ".join(f"{words} {', '.join(sorted(found))}" for words, found in parts if found)


PROBLEMS: Mapping[str, Callable[[PageFact], object]] = {
    "page-4xx": lambda page: page.is_gone,
    "page-5xx": lambda page: page.is_broken,
    "page-redirect": lambda page: page.is_redirect,
    "page-noindex": lambda page: page.is_noindex,
    "page-canonicalised": lambda page: page.is_canonicalised,
    "page-soft-404": lambda page: page.is_good and page.soft_404,
    "page-lastmod-mismatch": lambda page: page.lastmod_contradiction,
    "page-hreflang-mismatch": lambda page: page.hreflang_difference,
}
"""What may be wrong with a page, by the names of the rules and in their order."""


def list_problems(page: PageFact) -> list[str]:
    """The names of the rules that a page breaks, if it was asked."""
    return [name for name, is_so in PROBLEMS.items() if page.was_requested and is_so(page)]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the pages that were asked are so, and which share of all that is, with 95 % confidence."""

    count: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProbeTotals:
    """The pages of a job that were asked, all together: how many, of how many, and what is wrong with them.

    ``whole`` says that all were asked; ``dirt`` counts those that are wrong in one of the ways of
    :data:`DIRT`, ``shares`` those of each way.
    """

    requested: int
    total: int
    is_complete: bool
    dirt: Share
    shares: Mapping[str, Share] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnchangedPeriod:
    """That nothing a site lists has changed since a time, in seconds since 1970, though its home page has."""

    since: float
    jobs: int


def normalize_url(url: str) -> str:
    """An address as it may be compared: one spelling of host, port and escapes, and no fragment."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(DEFAULT_PORTS.get(scheme, ":"))
    query = f"?{_normalize_escapes(parts.query)}" if parts.query else ""
    return f"{scheme}://{host}{_normalize_escapes(parts.path) or '/'}{query}"


def _normalize_escapes(text: str) -> str:
    """A part of an address in which only those characters are escaped that must be."""
    if not text.isascii():
        text = "".join(each if each.isascii() else _percent_encode(each) for each in text)
    return ESCAPE.sub(_normalize_escape, text) if "%" in text else text


def _percent_encode(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _normalize_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in PLAIN else f"%{escape[1].upper()}"


def _parse_http_date(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _find_period_end(lastmod: str, first: float) -> float:
    """The end of the day, month or year that a lastmod names."""
    days = {4: 366, 7: 31}.get(len(lastmod), 1)
    return first - first % DAY + days * DAY
