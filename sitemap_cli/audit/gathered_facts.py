"""The values of facts that are gathered only for the rules that need them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sitemap_cli.audit.hit import Hit, distribute_count, format_value
from sitemap_cli.spool import Items


class Screen(NamedTuple):
    """A search for URLs that a rule matches: a pattern over a column, and a text that matches contain."""

    text: str
    pattern: re.Pattern[str]


class Audience(StrEnum):
    """The crawlers that rules of a robots.txt are about, as far as it matters to the audit."""

    ENGINE = "engine"
    IMAGE = "image"
    VIDEO = "video"
    NEWS = "news"
    AI_SEARCH = "search"
    AI_TRAINING = "training"
    AI_USER = "user"


@dataclass(frozen=True, slots=True)
class RobotsRule:
    """One line of a robots.txt, as it applies to some crawlers.

    Attributes:
        text: the rule, such as ``Disallow: /x``.
        line: its line, from 1.
        is_disallow: whether it disallows what it matches.
        is_reported: whether it is news: rules that search engines obey as well are reported for them only.
        screen: a search that finds every URL that the rule matches.
        is_exact: whether it finds no other URLs; if it does, ``matches`` decides.
        matches: returns whether the rule matches a URL.
    """

    text: str
    line: int
    is_disallow: bool
    is_reported: bool
    screen: Screen
    is_exact: bool
    matches: Callable[[str], bool]


class Decision(NamedTuple):
    """A rule that disallows a URL, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Permission:
    """The rules of one robots.txt for crawlers that share the same rules.

    Attributes:
        agents: the product tokens of the crawlers.
        audience: what they are.
        origin: the origin of the URLs that the rules are about.
        robots_url: the URL of the robots.txt.
        rules: the rules, those first that win over the others; none if they are not searchable.
        is_searchable: whether there are few enough rules to search for each of them; otherwise every URL has
            to be looked at.
        shared: the rules that are reported for search engines only.
        is_allowed: returns whether the crawlers may fetch a URL.
        decide: returns the rule that disallows a URL.
    """

    agents: tuple[str, ...]
    audience: Audience
    origin: str
    robots_url: str
    rules: tuple[RobotsRule, ...]
    is_searchable: bool
    shared: frozenset[str]
    is_allowed: Callable[[str], bool]
    decide: Callable[[str], Decision | None]


class RepeatedEntry(NamedTuple):
    """An entry that repeats an earlier one: its URL, and its line if it is known."""

    loc: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class FileDuplicates:
    """The entries of one sitemap that repeat an earlier entry: their number, and some or all of them."""

    sitemap: str
    count: int
    examples: Items[RepeatedEntry]


@dataclass(frozen=True, slots=True)
class SharedUrl:
    """A URL that several sitemaps list, and its line in the first of them."""

    loc: str
    sitemaps: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class SharedUrls:
    """The URLs that several sitemaps list: their number, and some or all of them."""

    count: int
    examples: Items[SharedUrl]


@dataclass(frozen=True, slots=True)
class SitemapCopy:
    """The URL of a sitemap, and that of an earlier one with the same content."""

    sitemap: str
    original: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """URLs that are listed more than once; ``shared`` are those in several sitemaps of one kind."""

    in_files: tuple[FileDuplicates, ...] = ()
    shared: tuple[SharedUrls, ...] = ()
    copies: tuple[SitemapCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class HreflangLink:
    """A link from a page to a version of it, the sitemap that lists the page, and the line there.

    ``lacks`` are the languages whose versions only the other page has, ``differs`` those for which they have
    different URLs, each on a line of its own.
    """

    loc: str
    href: str
    sitemap: str | None
    line: int | None
    lacks: str | None = None
    differs: str | None = None


class LinkTarget(StrEnum):
    """What is known about the version that a link without a return link leads to.

    ``LINKED``: it lists versions, but not the page; ``SILENT``: it is listed without versions, and a probe
    found no link to the page in it; ``PLAIN``: it is listed without versions; ``UNLISTED``: no sitemap lists
    it; ``FOREIGN``: no sitemap lists it, and it is on another host.

    Of sites that are judged together: ``MISSING``: no sitemap of the other site lists it, though that site
    has versions in its sitemaps. The rest is about a page of the site that does not link back to a page of
    another site: ``NOT_LINKING``: it does not list that page; ``NO_VERSIONS``: neither do other pages of its
    site have versions in a sitemap.
    """

    LINKED = "linked"
    SILENT = "silent"
    PLAIN = "plain"
    UNLISTED = "unlisted"
    FOREIGN = "foreign"
    MISSING = "missing"
    NOT_LINKING = "not linking"
    NO_VERSIONS = "no versions"

    @property
    def is_of_other_page(self) -> bool:
        """Whether the page that does not link back is reported, which is of another site."""
        return self in (LinkTarget.NOT_LINKING, LinkTarget.NO_VERSIONS)

    @property
    def needs_whole_site(self) -> bool:
        """Whether more may be known once the whole site of the link was read."""
        return not self.is_of_other_page and self is not LinkTarget.MISSING


class LinkGroup(NamedTuple):
    """Links with the same kind of target, on one host; on any if ``host`` is None."""

    target: LinkTarget
    host: str | None = None


@dataclass(frozen=True, slots=True)
class HreflangFaults:
    """Faulty links between language versions: their number, and some or all of them."""

    count: int = 0
    examples: Items[HreflangLink] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """URLs on one side of a comparison only: their number, and some or all of them.

    ``cause`` is what they have in common.
    """

    count: int = 0
    examples: Items[str] = ()
    cause: str | None = None

    def report(self, describe: Callable[[str], str]) -> Iterator[Hit]:
        """Yield a hit for each example; ``describe`` makes the message of a URL."""
        for loc, count in distribute_count(self.count, self.examples):
            yield Hit(describe(format_value(loc)), loc=loc, count=count, value=loc, cause=self.cause)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison with another site.

    Attributes:
        name: the name that the user gave for the other side.
        is_complete: whether all of the other side was read.
        missing: URLs that only the other side lists.
        extra: URLs that only the checked site lists.
    """

    name: str
    is_complete: bool
    missing: Difference
    extra: Difference


class OtherSpelling(NamedTuple):
    """A URL as a list has it, and as the sitemaps list it."""

    listed: str
    loc: str


@dataclass(frozen=True, slots=True)
class SpellingDifference:
    """Pages that a list and the sitemaps spell differently in one way: their number, and some or all."""

    cause: str
    count: int
    examples: Items[OtherSpelling]


@dataclass(frozen=True, slots=True)
class ListComparison:
    """A comparison with a list of URLs.

    Attributes:
        name: the name that the user gave for the list.
        is_complete: whether all of the list was read.
        pages: the number of URLs in the list that were compared.
        missing: URLs that only the list has, by section.
        extra: URLs that only the sitemaps list, by section.
        respelled: pages that the two spell differently, by difference.
        unlistable: URLs that the sitemaps list and the list has as not indexable, by reason.
        left_out: numbers of URLs of the list that were not compared, by reason.
        rows_left_out: numbers of rows of the list without a page to compare, by reason.
    """

    name: str
    is_complete: bool = True
    pages: int = 0
    missing: tuple[Difference, ...] = ()
    extra: tuple[Difference, ...] = ()
    respelled: tuple[SpellingDifference, ...] = ()
    unlistable: tuple[Difference, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    rows_left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PreviousJob:
    """The previous complete job over the same target: the last accepted one, or else the last one.

    Attributes:
        job: the id of the job.
        started_at: in seconds since 1970.
        unique_urls: the number of different URLs.
        urls: numbers of entries by the canonical URL of their sitemap.
        listed_in_robots: the canonical URLs of the sitemaps that robots.txt listed.
        same_entries: the number of entries with the same URL at the same position as now.
        changed_lastmods: how many of them have another lastmod now.
        is_accepted: whether a check passed the job, or the user accepted it.
    """

    job: str
    started_at: float
    unique_urls: int
    urls: Mapping[str, int]
    listed_in_robots: frozenset[str] = frozenset()
    same_entries: int = 0
    changed_lastmods: int = 0
    is_accepted: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return "the last accepted job" if self.is_accepted else "the last complete job"
