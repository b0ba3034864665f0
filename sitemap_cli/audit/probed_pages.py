"""Probed pages as facts for rules, and the faults that a page can have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from sitemap_cli.audit.build_facts import BuildFact
from sitemap_cli.audit.response_times import ResponseTimes
from sitemap_cli.model.values import Engine
from sitemap_cli.urls import canonical_url
from sitemap_cli.w3c_time import DAY, format_day, parse_w3c_exactly

CRAWLERS = {Engine.GOOGLE: "googlebot", Engine.BING: "bingbot", Engine.YANDEX: "yandex"}
"""The names of the search engines' crawlers in pages."""
FAILED = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline")
"""Prefixes of the error codes that mean that a site did not respond."""
RATE_LIMITED = 429
REFUSALS = (401, 403)
NO_CONTENT = (204, 205)
EMPTY = "empty"
"""How a page without a single character is stored."""
SHELL = "same-shell"
"""How a page without any text of its own is stored, as for any URL of its host."""
CHALLENGE = "challenge"
"""The error of a response that a bot wall sent."""
DIRT_RULES = frozenset({"page-4xx", "page-5xx", "page-redirect", "page-noindex"})
"""The names of the rules whose findings make a sitemap dirty."""
NEWER = "Last-Modified is"
"""How the message begins if the server names a later time than the lastmod."""
EARLIEST = 946_684_800
"""2000. Packages and images of containers have files of 1970, 1980 or 1985."""
NOW = 300
"""In seconds. Servers that render a page for each request send the time of the request as Last-Modified."""


class PageBlock(NamedTuple):
    """What robots.txt says about a page: the crawlers that may not fetch it, and the rule."""

    agents: str
    rule: str


class Canonical(NamedTuple):
    """A canonical URL that a page names, and where: ``link`` in its head, or ``header``."""

    url: str
    source: str


@dataclass(frozen=True, slots=True)
class PageFact:
    """The response of one page, and its entry in the sitemap.

    Attributes:
        loc: the URL as the sitemap lists it.
        sitemap: the URL of the sitemap.
        line: the line of the entry.
        role: ``listed``, or ``removed`` for a page that only the previous job lists.
        hops: the redirects, each with URL and status. What follows is of the response after the last one.
        noindex: where the page forbids indexing: ``meta`` or ``header``; None if it does not.
        noindex_for: the crawlers that this is limited to; empty for all.
        canonicals: the canonical URLs that the page names.
        alternates: the versions that the page names, URLs by ``hreflang``.
        soft_404: how a missing page with status 200 was recognized, None if it was not.
        requested_at: in seconds since 1970.
        lastmod: the lastmod of the entry.
        versions: the versions that the entry names, URLs by ``hreflang``.
        lastmod_of_same_content: the lastmod in an earlier job that received the same bytes.
        document_id: the document of the entry, or 0, and its ``position`` there, from 1.
        refresh: the page that browsers load instead, by a ``Refresh`` of this one.
        is_site_refusing: whether the site refuses all pages to this program, with 401 or 403.
        is_deployed: whether its ``Last-Modified`` only says when the site was deployed.
        first_byte_ms: the time until the response began, if it is known.
        block: why search engines may not fetch the page; only looked up if it says something else, too.
        build: what the files of a local build say of the page; None for a page that was requested.
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
    canonicals: tuple[Canonical, ...] = ()
    alternates: Mapping[str, str] = field(default_factory=dict)
    last_modified: str | None = None
    soft_404: str | None = None
    requested_at: float = 0.0
    lastmod: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    lastmod_of_same_content: str | None = None
    document_id: int = 0
    position: int = 0
    refresh: str | None = None
    is_site_refusing: bool = False
    is_deployed: bool = False
    first_byte_ms: int | None = None
    block: PageBlock | None = None
    build: BuildFact | None = None

    @property
    def was_requested(self) -> bool:
        """Whether the page was requested; pages that robots.txt disallows are not."""
        return self.error != "robots-disallowed"

    @property
    def is_blocked(self) -> bool:
        """Whether a bot wall responded instead of the site, or the site limited our rate."""
        return self.error == CHALLENGE or self.status_code == RATE_LIMITED

    @property
    def is_good(self) -> bool:
        """Whether the URL itself responded with a page, without a redirect."""
        good = self.status_code is not None and 200 <= self.status_code < 300
        return good and not self.hops and self.error is None

    @property
    def is_html(self) -> bool:
        """Whether the response declares itself as HTML."""
        return "html" in (self.content_type or "").lower()

    @property
    def is_gone(self) -> bool:
        """Whether the URL itself responds with status 4xx, and the status comes from the site."""
        code = self.status_code or 0
        return not self.hops and 400 <= code < 500 and not self.is_blocked and not self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether the site refuses this page to this program, like all others: nothing is known of it."""
        return self.is_site_refusing and self.status_code in REFUSALS and not self.hops

    @property
    def is_broken(self) -> bool:
        """Whether the URL itself responds with status 5xx, or not at all."""
        broken = (self.status_code or 0) >= 500 or (self.error or "").startswith(FAILED)
        return not self.hops and broken and not self.is_blocked

    @property
    def is_refreshed(self) -> bool:
        """Whether the page makes browsers load another one."""
        return self.is_good and self.refresh is not None

    @property
    def is_soft_404(self) -> bool:
        """Whether the page is missing or empty although it responds with 2xx; shells are unknown."""
        return self.is_good and (self.has_no_content or self.soft_404 not in (None, SHELL))

    @property
    def has_no_content(self) -> bool:
        """Whether the response says that there is no content, or the page is empty."""
        return self.is_good and (self.status_code in NO_CONTENT or self.soft_404 == EMPTY)

    @property
    def is_redirect(self) -> bool:
        """Whether the URL redirects."""
        return bool(self.hops) or 300 <= (self.status_code or 0) < 400

    @property
    def is_noindex(self) -> bool:
        """Whether the page forbids indexing."""
        return self.is_good and self.noindex is not None

    def narrow_to_engine(self, engine: Engine | None) -> "PageFact":
        """Return the page as one search engine sees it: without a noindex for other crawlers only."""
        if engine is None or not self.noindex_for or CRAWLERS[engine] in self.noindex_for:
            return self
        return replace(self, noindex=None, noindex_for=())

    @property
    def other_canonicals(self) -> tuple[Canonical, ...]:
        """The canonical URLs that are not the URL of the page itself."""
        suspects = [each for each in self.canonicals if each.url != self.loc] if self.is_good else []
        return tuple(each for each in suspects if canonical_url(each.url) != canonical_url(self.loc))

    @property
    def is_canonicalised(self) -> bool:
        """Whether the page names another canonical URL."""
        return bool(self.other_canonicals)

    @property
    def lastmod_contradiction(self) -> str | None:
        """What contradicts the lastmod of the entry, as a message."""
        if not self.is_good or self.lastmod is None:
            return None
        previous = self.lastmod_of_same_content
        if previous is not None and previous != self.lastmod:
            return f"lastmod changed from {previous} to {self.lastmod}, but the page content is identical"
        return self._find_contradiction(self.lastmod)

    def _find_contradiction(self, lastmod: str) -> str | None:
        modified, first = parse_http_date(self.last_modified), parse_w3c_exactly(lastmod)
        if modified is None or first is None or modified < EARLIEST:
            return None
        if first > modified + DAY:
            return f"lastmod is {lastmod}, but Last-Modified is {format_day(modified)}"
        if (
            not self.is_deployed
            and modified > _find_period_end(lastmod, first) + DAY
            and self.requested_at - modified > NOW
        ):
            return f"{NEWER} {format_day(modified)}, but lastmod is still {lastmod}"
        return None

    @property
    def hreflang_difference(self) -> str | None:
        """How the versions of the page differ from those of the entry, as a message."""
        if not (self.is_good and self.alternates and self.versions):
            return None
        here = {language.lower(): canonical_url(href) for language, href in self.alternates.items()}
        there = {language.lower(): canonical_url(href) for language, href in self.versions.items()}
        if here == there:
            return None
        parts = (
            ("only the sitemap lists", there.keys() - here.keys()),
            ("only the page lists", here.keys() - there.keys()),
            (
                "different URLs for",
                {each for each in here.keys() & there.keys() if here[each] != there[each]},
            ),
        )
        return "; ".join(f"{words} {', '.join(sorted(found))}" for words, found in parts if found)


PROBLEMS: Mapping[str, Callable[[PageFact], object]] = {
    "page-4xx": lambda page: page.is_gone,
    "page-5xx": lambda page: page.is_broken,
    "page-redirect": lambda page: page.is_redirect or page.is_refreshed,
    "page-noindex": lambda page: page.is_noindex,
    "page-canonicalised": lambda page: page.is_canonicalised,
    "page-soft-404": lambda page: page.is_soft_404,
    "page-lastmod-mismatch": lambda page: page.lastmod_contradiction,
    "page-hreflang-mismatch": lambda page: page.hreflang_difference,
}
"""Tests for the faults of a page, by the names of the rules and in their order."""


def list_problems(page: PageFact) -> list[str]:
    """Return the names of the rules that a page breaks; none if it was not requested."""
    return [name for name, has_fault in PROBLEMS.items() if page.was_requested and has_fault(page)]


@dataclass(frozen=True, slots=True)
class Share:
    """The number of requested pages with some fault, and their share of all pages with 95 % confidence."""

    count: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProbeTotals:
    """The totals of the probed pages of a job.

    Attributes:
        requested: the number of requested pages.
        total: the number of listed pages.
        is_complete: whether all listed pages were requested.
        dirt: the pages with a fault of :data:`DIRT_RULES`.
        shares: the pages with each fault, by the name of its rule.
        times: how long the pages took until the first byte; None if that is not known.
    """

    requested: int
    total: int
    is_complete: bool
    dirt: Share
    shares: Mapping[str, Share] = field(default_factory=dict)
    times: ResponseTimes | None = None


@dataclass(frozen=True, slots=True)
class UnchangedPeriod:
    """The time since which no sitemap of a site has changed, while its home page did.

    ``since`` is in seconds since 1970, ``jobs`` the number of jobs since then.
    """

    since: float
    jobs: int


def parse_http_date(text: str | None) -> float | None:
    """Return the time of a header in seconds since 1970; None if it cannot be read."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _find_period_end(lastmod: str, first: float) -> float:
    """Return the end of the day, month or year that a lastmod names; ``first`` is its beginning."""
    days = {4: 366, 7: 31}.get(len(lastmod), 1)
    return first - first % DAY + days * DAY
