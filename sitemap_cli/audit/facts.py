"""Facts: what rules know of a job, as plain values without network or database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from sitemap_cli.audit.build_facts import UnlistedSection
from sitemap_cli.audit.gathered_facts import (
    Comparison,
    Duplicates,
    HreflangFaults,
    LinkGroup,
    ListComparison,
    Permission,
    PreviousJob,
)
from sitemap_cli.audit.hit import Hit, distribute_count
from sitemap_cli.audit.probed_pages import PageFact, ProbeTotals, UnchangedPeriod
from sitemap_cli.audit.response_times import DEFAULT_SLOW
from sitemap_cli.audit.robots_facts import ContentSignalFact, MissingProof, RobotsSitemap
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.results import SourceResult
from sitemap_cli.model.values import Child, Engine, Kind, Severity, StrictReading, Verdict
from sitemap_cli.spool import Items
from sitemap_cli.urls import canonical_url, textual_origin

GONE_CODES = (404, 410)
DISALLOWED = "robots-disallowed"
"""The error of what robots.txt disallows for this program, which says nothing of other crawlers."""
OUTSIDE = "outside-base"
"""The error code of a sitemap that is not part of a local folder, so that nothing is known about it."""


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """The problems with one code in one sitemap: their number, and the first places."""

    code: str
    severity: Severity
    count: int
    places: Items[Hit]

    def report(
        self, severity: Severity | None = None, sitemap: str | None = None, fix: str | None = None
    ) -> Iterator[Hit]:
        """Yield a hit for each known place; the count of the first one includes the unknown places."""
        known = self.places if isinstance(self.places, tuple) else ()
        counted = self.count - sum(place.count - 1 for place in known)
        for place, count in distribute_count(counted, self.places):
            count = max(count, place.count)  # noqa: PLW2901 - one of them is 1
            yield replace(place, count=count, severity=severity, sitemap=sitemap, fix=fix)


@dataclass(frozen=True)
class SitemapFact:
    """One recorded sitemap.

    Attributes:
        url: the requested URL.
        final_url: the URL after redirects.
        parent: the URL of the index that it was found in.
        error: the code of the error if it could not be read.
        bytes: the decompressed size; ``wire_bytes`` is the transferred one.
        urls: the number of entries.
        children: the number of sitemaps that it lists.
        hops: the redirects, each with URL and status.
        ms: the duration of the fetch in milliseconds.
        fetched_at: in seconds since 1970.
        document: the id of the content, which several sitemaps can share.
        days: numbers of entries by the day of their lastmod, in days since 1970, or ``missing``, ``invalid``.
        extensions: numbers of entries by extension; None if they were not counted.
        disorder: the entries whose elements are not in the order of the schema.
        strict: how much of it a strict parser reads; None if all of it, or if not known.
        problems: what the fetch and the parser found.
        listed: the sitemaps that it lists.
        first_loc: the first of its URLs in alphabetical order, ``last_loc`` the last; None if not known.
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
    strict: StrictReading | None = None
    problems: tuple[ProblemFact, ...] = ()
    listed: tuple[Child, ...] = ()
    all_urls: int | None = None
    first_loc: str | None = None
    last_loc: str | None = None

    @cached_property
    def common_prefix(self) -> str:
        """What all URLs of the sitemap begin with; empty if that is not known."""
        pairs = zip(self.first_loc or "", self.last_loc or "", strict=False)
        return "".join(each for each, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    @property
    def total_urls(self) -> int:
        """The number of entries in the file, also outside the part of the site that the job is about."""
        return self.urls if self.all_urls is None else self.all_urls

    @property
    def is_readable(self) -> bool:
        """Whether the document was recognized as a sitemap, even if only a part could be read."""
        return self.kind is not None and Kind(self.kind).is_sitemap

    @property
    def is_gone(self) -> bool:
        """Whether the server said that the sitemap does not exist."""
        return self.status_code in GONE_CODES and not self.is_readable

    @property
    def has_failed(self) -> bool:
        """Whether it could not be read for a reason that concerns other crawlers, too."""
        return self.error is not None and self.error not in (DISALLOWED, OUTSIDE)

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of the final URL, with a slash at the end."""
        return textual_origin(self.final_url or self.url)

    @cached_property
    def folder(self) -> str:
        """The URL of the folder that contains the sitemap, with a slash at the end.

        It is that of the requested URL, unless a redirect leads to another origin.
        """
        url = self.url if textual_origin(self.url) == self.origin else self.final_url
        return f"{self.origin[:-1]}{urlsplit(url).path.rpartition('/')[0]}/"

    @cached_property
    def lastmod_days(self) -> Mapping[int, int]:
        """Numbers of entries by the day of their lastmod, in days since 1970; without missing and invalid."""
        return {int(day): count for day, count in self.days.items() if day.lstrip("-").isdigit()}

    def can_have(self, extension: str) -> bool:
        """Return whether an entry can have an extension, given by its key."""
        return self.extensions is None or extension in self.extensions

    @property
    def has_valid_dates(self) -> bool:
        """Whether every lastmod is a valid W3C date."""
        return bool(self.days) and all(each.code != "lastmod-invalid" for each in self.problems)

    def report_problems(
        self, *codes: str, severity: Severity | None = None, fix: str | None = None
    ) -> Iterator[Hit]:
        """Yield the problems with these codes; their counts are exact."""
        for problem in self.problems:
            if problem.code in codes:
                hits = problem.report(severity, fix=fix)
                yield from self._join_strict(hits) if self._limits_strict(problem.code) else hits

    def _limits_strict(self, code: str) -> bool:
        return self.strict is not None and self.strict.code == code

    def _join_strict(self, hits: Iterator[Hit]) -> Iterator[Hit]:
        """Add to the first hit how much a strict parser reads because of it."""
        for number, hit in enumerate(hits):
            if number or self.strict is None:
                yield hit
            else:
                message = f"{hit.message}; {self.strict.count(self.noun)}"
                yield replace(hit, message=message, limits_strict=True)

    @property
    def noun(self) -> str:
        """What the document lists."""
        return "sitemap" if self.kind == Kind.INDEX else "URL"

    def report_failure(
        self, *reasons: str, severity: Severity | None = None, fix: str | None = None
    ) -> Iterator[Hit]:
        """Yield a hit if the sitemap could not be read because of one of these error codes."""
        if self.error in reasons:
            yield Hit(self.error_message or describe_reason(self.error), severity=severity, fix=fix)


@dataclass(frozen=True, slots=True)
class RobotsFact:
    """One robots.txt of a site; ``error`` is the code of the error if it could not be fetched.

    ``refused`` is the status that this program got if only the user agent to compare with got the file.
    """

    url: str
    final_url: str
    status_code: int | None
    error: str | None = None
    sitemaps: tuple[RobotsSitemap, ...] = ()
    problems: tuple[ProblemFact, ...] = ()
    content_signals: tuple[ContentSignalFact, ...] = ()
    refused: int | None = None

    @property
    def is_at_root(self) -> bool:
        """Whether crawlers look for the file there."""
        return urlsplit(self.url).path == "/robots.txt"

    @property
    def is_missing(self) -> bool:
        """Whether the server said that there is no such file."""
        return self.status_code in GONE_CODES

    @property
    def is_known(self) -> bool:
        """Whether the whole file was read, or does not exist."""
        was_read = self.status_code is not None and 200 <= self.status_code < 300 and self.error is None
        return was_read or self.is_missing


@dataclass(frozen=True)
class SiteFact:
    """What one job found out about a site.

    The fields from ``duplicates`` on are facts that are gathered only if a rule that runs needs them.

    Attributes:
        url: the origin of the site.
        is_complete: whether the whole site was read; only then can a rule conclude that something is missing.
        verdict: the verdict of the job, ``error`` the code of its error.
        started_at: in seconds since 1970.
        engine: the search engine whose requirements count.
        is_local: whether the site is a local build that no server delivers.
        home: the path of the home page; a build can be published below the root.
        scope: the path below which URLs were recorded; None for the whole site.
        urls: the number of entries, ``unique_urls`` that of different URLs.
        is_accepted: whether the user accepted the job, with all that it lost.
        max_drop: the share of its URLs that a site may lose between two jobs.
        slow: the time until the first byte after which a page is slow, in seconds.
        is_probed: whether some of the listed pages were requested.
        sources: where sitemaps were looked for.
        other_robots: the robots.txt files of other hosts whose pages the sitemaps list.
        other_job: the id of the job to compare with; ``other_is_list`` if it was made of a list of URLs.
        one_way_links: links to versions that do not link back, by what is known about those and by their
            hosts.
        split_clusters: links between pages that name different versions.
        build: whether the files of a local build are read instead of a probe.
        unlisted_pages: the pages of that build which no sitemap lists, by section.
        changed_pages: probed pages that were removed from or added to the sitemaps.
        other_facts: facts without a field of their own, by name.
    """

    url: str
    is_complete: bool = True
    verdict: str | None = Verdict.OK
    error: str | None = None
    started_at: float = 0.0
    engine: Engine | None = None
    is_local: bool = False
    home: str = "/"
    scope: str | None = None
    urls: int = 0
    unique_urls: int = 0
    is_accepted: bool = False
    is_probed: bool = False
    max_drop: float = 0.1
    slow: float = DEFAULT_SLOW
    sitemaps: tuple[SitemapFact, ...] = ()
    robots: tuple[RobotsFact, ...] = ()
    other_robots: tuple[RobotsFact, ...] = ()
    sources: Sequence[SourceResult] = ()
    duplicates: Duplicates = field(default_factory=Duplicates)
    one_way_links: Mapping[LinkGroup, HreflangFaults] = field(default_factory=dict)
    split_clusters: HreflangFaults = field(default_factory=HreflangFaults)
    permissions: tuple[Permission, ...] = ()
    previous_job: PreviousJob | None = None
    other_job: str | None = None
    other_is_list: bool = False
    comparison: Comparison | None = None
    list_comparison: ListComparison | None = None
    lists_home_page: bool = True
    probe_totals: ProbeTotals | None = None
    changed_pages: tuple[PageFact, ...] = ()
    unchanged_period: UnchangedPeriod | None = None
    build: bool = False
    unlisted_pages: Mapping[str, UnlistedSection] | None = None
    other_facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sitemaps_by_url(self) -> Mapping[str, SitemapFact]:
        """The sitemaps by requested URL."""
        return {each.url: each for each in self.sitemaps}

    @cached_property
    def has_documents(self) -> bool:
        """Whether some document was read, or at least has problems that the parser found."""
        return any(each.is_readable or each.problems for each in self.sitemaps)

    @cached_property
    def has_responses(self) -> bool:
        """Whether a server responded to any request for a robots.txt or a sitemap, or a file was read."""
        codes = [*(each.status_code for each in self.robots), *(each.status_code for each in self.sitemaps)]
        return self.has_documents or any(code is not None for code in codes)

    def find_sitemap(self, url: str) -> SitemapFact | None:
        """Return the sitemap of a URL in whichever spelling, or None."""
        return self._sitemaps_by_canonical_url.get(canonical_url(url))

    @cached_property
    def _sitemaps_by_canonical_url(self) -> Mapping[str, SitemapFact]:
        return {canonical_url(each.url): each for each in self.sitemaps}

    @cached_property
    def sitemaps_by_document(self) -> Mapping[int, SitemapFact]:
        """The first sitemap with each document; several sitemaps can have the same content."""
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
    def site_comparison(self) -> Comparison | None:
        """The comparison with another site, if there is one and the whole site was read."""
        return self.comparison if self.is_complete and not self.other_is_list else None

    def report_robots_problems(self, *codes: str, fix: str | None = None) -> Iterator[Hit]:
        """Yield the problems with these codes in each robots.txt."""
        for robots in self.robots:
            for problem in robots.problems:
                if problem.code in codes:
                    yield from problem.report(sitemap=robots.url, fix=fix)

    @cached_property
    def sitemaps_in_robots(self) -> Mapping[str, frozenset[str]]:
        """The canonical URLs of the sitemaps in the robots.txt of each origin. They can list its pages.

        Source: https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
        """
        return {
            textual_origin(each.url): frozenset(canonical_url(loc) for loc, _ in each.sitemaps)
            for each in (*self.robots, *self.other_robots)
            if each.is_at_root
        }

    def explain_missing_proof(self, origin: str) -> MissingProof:
        """Return what is known about an origin whose robots.txt does not list a sitemap of the site."""
        files = (*self.robots, *self.other_robots)
        robots = next(
            (each for each in files if each.is_at_root and textual_origin(each.url) == origin), None
        )
        if robots is None:
            return MissingProof("its robots.txt was not requested", is_requested=False)
        if not robots.is_known:
            return MissingProof("its robots.txt could not be read")
        if not robots.sitemaps:
            return MissingProof("its robots.txt lists no sitemap")
        return MissingProof("its robots.txt lists other sitemaps, but not this one", is_certain=True)

    def can_list(self, sitemap: SitemapFact, page_origin: str) -> bool:
        """Return whether the robots.txt of an origin lists a sitemap, or an index above it."""
        listed = self.sitemaps_in_robots.get(page_origin, frozenset())
        above: SitemapFact | None = sitemap
        for _ in range(10):
            if above is None:
                return False
            if canonical_url(above.url) in listed or canonical_url(above.final_url) in listed:
                return True
            above = self.sitemaps_by_url.get(above.parent or "")
        return False
