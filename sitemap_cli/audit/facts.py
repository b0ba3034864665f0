"""The facts that rules judge by: plain values, made of what a job recorded; no network, no database."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from sitemap_cli.audit.hit import Hit, distribute_count, format_value
from sitemap_cli.audit.probed_pages import PageFact, ProbeTotals, UnchangedPeriod
from sitemap_cli.model.values import Child, Engine, Kind, Severity, Verdict
from sitemap_cli.urls import textual_origin


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """One kind of problem in one sitemap: how often, and the first places of it."""

    code: str
    severity: Severity
    count: int
    places: tuple[Hit, ...]

    def report(self, severity: Severity | None = None, sitemap: str | None = None) -> Iterator[Hit]:
        """The places; the first stands for those that are not known."""
        for place, count in distribute_count(self.count, self.places):
            yield Hit(place.message, None, place.line, place.column, count, severity, sitemap)


@dataclass(frozen=True)
class SitemapFact:
    """What is known of one recorded sitemap.

    ``bytes`` is its decompressed size, ``children`` how many sitemaps it lists, ``listed`` which;
    ``days`` counts its entries by the day of their lastmod (days since 1970), ``missing`` and ``invalid``,
    ``extensions`` by the extensions they have; that is None where nobody has counted. ``disorder`` tells
    of the entries whose elements stand in another order than in the schema.
    ``fetched_at`` is in seconds since 1970, ``ms`` the time of the fetch. ``document`` is the id of its
    content, which several sitemaps may share.
    """

    url: str
    final_url: str = ""
    parent: str | None = None
    discovered_by: str = "robots"
    kind: str | None = None
    status_code: int | None = None
    error: str | None = None
    error_message: str | None = None
    bytes: int = 0
    wire_bytes: int = 0
    urls: int = 0
    children: int = 0
    encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    hops: tuple[tuple[str, int], ...] = ()
    ms: int = 0
    fetched_at: float = 0.0
    document: int | None = None
    days: Mapping[str, int] = field(default_factory=dict)
    extensions: Mapping[str, int] | None = None
    disorder: Hit | None = None
    problems: tuple[ProblemFact, ...] = ()
    listed: tuple[Child, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether this was taken for a sitemap, be it read in part."""
        return self.kind is not None and Kind(self.kind).is_sitemap

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of the address that it was served at, with a slash at the end."""
        return textual_origin(self.final_url or self.url)

    @cached_property
    def folder(self) -> str:
        """The address of the folder that it lies in, with a slash at the end.

        It is that of the address asked for, unless another host or scheme answers for it.
        """
        url = self.url if textual_origin(self.url) == self.origin else self.final_url
        return f"{self.origin[:-1]}{urlsplit(url).path.rpartition('/')[0]}/"

    @cached_property
    def lastmod_days(self) -> Mapping[int, int]:
        """Numbers of entries by the day of their lastmod, in days since 1970; without missing and invalid."""
        return {int(day): count for day, count in self.days.items() if day.lstrip("-").isdigit()}

    def can_have(self, extension: str) -> bool:
        """Whether an entry may have an extension, by its key."""
        return self.extensions is None or extension in self.extensions

    @property
    def has_valid_dates(self) -> bool:
        """Whether every lastmod is a date, and written as one has to be."""
        return bool(self.days) and all(each.code != "lastmod-invalid" for each in self.problems)

    def report_problems(self, *codes: str, severity: Severity | None = None) -> Iterator[Hit]:
        """What the reader or the fetch found wrong under these codes, the exact number of each."""
        for problem in self.problems:
            if problem.code in codes:
                yield from problem.report(severity)

    def report_failure(self, *reasons: str, severity: Severity | None = None) -> Iterator[Hit]:
        """That it could not be read, if it is for one of these reasons."""
        if self.error in reasons:
            yield Hit(self.error_message or self.error or "", severity=severity)


@dataclass(frozen=True, slots=True)
class RobotsFact:
    """One robots.txt of a site.

    ``sitemaps`` are the addresses it lists, with the line of each; ``error`` is why it could not be had.
    """

    url: str
    final_url: str
    status_code: int | None
    error: str | None = None
    sitemaps: tuple[tuple[str, int], ...] = ()
    problems: tuple[ProblemFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """What the robots.txt of one origin says to some crawlers for which the same rules count.

    Whatever may be disallowed below ``origin`` is found by one of ``screens``, pairs of a text that must
    occur and of a pattern over a column; if ``exact``, all that they find is disallowed, else ``allows``
    decides. ``why`` tells the rule that did.
    """

    agents: tuple[str, ...]
    origin: str
    robots_url: str
    is_ai: bool
    screens: tuple[tuple[str, re.Pattern[str]], ...]
    screens_are_exact: bool
    is_allowed: Callable[[str], bool]
    find_rule: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class FileDuplicates:
    """The entries of one sitemap that repeat another entry of it: how many, and URLs of some."""

    sitemap: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedUrl:
    """A URL that several sitemaps list, with these sitemaps and the line in the first of them."""

    loc: str
    sitemaps: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class SitemapCopy:
    """A sitemap with the same content as an earlier one, of which the URL is given."""

    sitemap: SitemapFact
    original: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """URLs that are listed more than once: in one file, or in several of which ``shared`` are examples."""

    in_files: tuple[FileDuplicates, ...] = ()
    shared_count: int = 0
    shared: tuple[SharedUrl, ...] = ()
    copies: tuple[SitemapCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class HreflangLink:
    """A link from a page to a version of it, the sitemap that lists the page, and the line there."""

    loc: str
    href: str
    sitemap: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class HreflangFaults:
    """Faulty links between language versions: how many, and some of them.

    ``listed`` are the pages of the examples that the site lists itself.
    """

    count: int = 0
    examples: tuple[HreflangLink, ...] = ()
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """Addresses that stand on one side only: how many, and some of them."""

    count: int = 0
    examples: tuple[str, ...] = ()

    def report(self, describe: Callable[[str], str]) -> Iterator[Hit]:
        """Yield a hit for each example; ``describe`` makes the message of a URL."""
        for loc, count in distribute_count(self.count, self.examples):
            yield Hit(describe(format_value(loc)), loc=loc, count=count)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another list of the site's pages: what is ``missing`` here and there is, and the reverse.

    ``name`` is what the user called it; ``whole`` says whether all of it was read.
    """

    name: str
    is_complete: bool
    missing: Difference
    extra: Difference


@dataclass(frozen=True, slots=True)
class PreviousJob:
    """The complete job of the same target before this one, as it was recorded.

    ``urls`` are the entries of each sitemap by its address, ``listed`` the sitemaps that robots.txt listed.
    ``changed`` is how many entries have another lastmod now, of the ``same`` that stand where they stood.
    """

    job: str
    started_at: float
    unique_urls: int
    urls: Mapping[str, int]
    listed_in_robots: frozenset[str] = frozenset()
    same_entries: int = 0
    changed_lastmods: int = 0


@dataclass(frozen=True)
class SiteFact:
    """What is known of a site by one job.

    ``whole`` says whether all of it was read: only then may a rule speak of what is missing. ``at`` is
    when the job began, in seconds since 1970. ``other_job`` is one to hold it against, made of a list of
    addresses or of a site. What stands behind ``repeats`` is there only if a rule that
    runs needs it.
    """

    url: str
    is_complete: bool = True
    verdict: str | None = Verdict.OK
    error: str | None = None
    started_at: float = 0.0
    engine: Engine | None = None
    is_local: bool = False
    urls: int = 0
    unique_urls: int = 0
    max_drop: float = 0.1
    sitemaps: tuple[SitemapFact, ...] = ()
    robots: tuple[RobotsFact, ...] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    duplicates: Duplicates = field(default_factory=Duplicates)
    one_way_links: HreflangFaults = field(default_factory=HreflangFaults)
    split_clusters: HreflangFaults = field(default_factory=HreflangFaults)
    permissions: tuple[Permission, ...] = ()
    previous_job: PreviousJob | None = None
    other_job: str | None = None
    other_is_list: bool = False
    comparison: Comparison | None = None
    lists_home_page: bool = True
    probe_totals: ProbeTotals | None = None
    changed_pages: tuple[PageFact, ...] = ()
    unchanged_period: UnchangedPeriod | None = None
    other_facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sitemaps_by_url(self) -> Mapping[str, SitemapFact]:
        """Every sitemap by the address that was asked."""
        return {each.url: each for each in self.sitemaps}

    @cached_property
    def sitemaps_by_document(self) -> Mapping[int, SitemapFact]:
        """The first sitemap with each document; several may have the same content."""
        found = dict[int, SitemapFact]()
        for each in self.sitemaps:
            if each.document is not None:
                found.setdefault(each.document, each)
        return found

    @property
    def indexes(self) -> Iterator[SitemapFact]:
        """The sitemap indexes of the site."""
        return (each for each in self.sitemaps if each.kind == Kind.INDEX)

    @property
    def served_sitemaps(self) -> Iterator[SitemapFact]:
        """The sitemaps that a web server sent, or that it said are unchanged; none for a local build."""
        served = () if self.is_local else self.sitemaps
        return (each for each in served if each.status_code in (200, 304) and each.is_readable)

    @property
    def list_comparison(self) -> Comparison | None:
        """The comparison with a list of URLs, if there is one and the whole site was read."""
        return self.comparison if self.is_complete and self.other_is_list else None

    @property
    def site_comparison(self) -> Comparison | None:
        """The comparison with another site, if there is one and the whole site was read."""
        return self.comparison if self.is_complete and not self.other_is_list else None

    def report_robots_problems(self, *codes: str) -> Iterator[Hit]:
        """Yield the problems with these codes in each robots.txt."""
        for robots in self.robots:
            for problem in robots.problems:
                if problem.code in codes:
                    yield from problem.report(sitemap=robots.url)

    @cached_property
    def sitemaps_in_robots(self) -> Mapping[str, frozenset[str]]:
        """The sitemaps that the robots.txt of an origin lists: it may list pages of that origin.

        Source: https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
        """
        return {textual_origin(each.url): frozenset(loc for loc, _ in each.sitemaps) for each in self.robots}

    def can_list(self, sitemap: SitemapFact, page_origin: str) -> bool:
        """Whether the robots.txt of a page's host lists a sitemap, or an index above it."""
        listed = self.sitemaps_in_robots.get(page_origin, frozenset())
        above: SitemapFact | None = sitemap
        for _ in range(10):
            if above is None:
                return False
            if above.url in listed or above.final_url in listed:
                return True
            above = self.sitemaps_by_url.get(above.parent or "")
        return False
