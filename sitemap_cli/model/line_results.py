"""What ``parse``, ``robots`` and ``urls`` print as JSON Lines; fields without a value are left out."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from sitemap_cli.model.crawlers import Purpose
from sitemap_cli.model.json_documents import json_document, register_document
from sitemap_cli.model.results import StrictResult, Time
from sitemap_cli.model.values import Kind, Problem, Severity

LastmodUtc = Annotated[
    str | None, Meta(description="`lastmod` in UTC.", extra_json_schema={"format": "date-time"})
]
Source = Annotated[str | None, Meta(description="The document, if several are read.")]


class UrlLine(Struct, frozen=True, omit_defaults=True, gc=False, tag_field="type", tag="url"):
    """One entry; each extension adds a field: `images`, `videos`, `news`, `alternates` and more."""

    loc: Annotated[str, Meta(description="URL: unescaped, trimmed and absolute.")]
    lastmod: Annotated[str | None, Meta(description="As written in the document.")] = None
    lastmod_utc: LastmodUtc = None
    changefreq: Annotated[str | None, Meta(description="As written in the document.")] = None
    priority: Annotated[str | None, Meta(description="As written in the document.")] = None
    line: Annotated[int | None, Meta(description="Line where it begins, from 1.")] = None
    source: Source = None


class ChildLine(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="sitemap"):
    """One sitemap that an index lists."""

    loc: Annotated[str, Meta(description="URL: unescaped, trimmed and absolute.")]
    lastmod: Annotated[str | None, Meta(description="As written in the document.")] = None
    lastmod_utc: LastmodUtc = None
    line: Annotated[int | None, Meta(description="Line where it begins, from 1.")] = None
    source: Source = None


class ProblemLine(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="problem"):
    """One problem of a document."""

    code: Annotated[str, Meta(description="Code of the problem, for instance `not-well-formed`.")]
    severity: Annotated[Severity, Meta(description="How bad it is.")]
    message: Annotated[str, Meta(description="What is wrong.")]
    line: Annotated[int | None, Meta(description="Line, from 1.")] = None
    column: Annotated[int | None, Meta(description="Column, from 1.")] = None
    offset: Annotated[int | None, Meta(description="Byte offset, from 0.")] = None
    source: Source = None
    entry: Annotated[
        int | None, Meta(description="Number of the entry that it is in, from 1, if that is printed.")
    ] = None

    @classmethod
    def from_problem(cls, problem: Problem, source: str | None = None) -> "ProblemLine":
        """Return the line for a problem."""
        return cls(
            problem.code,
            problem.severity,
            problem.message,
            problem.line,
            problem.column,
            problem.offset,
            source,
            problem.entry or None,
        )


class ParseSummaryLine(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="summary"
):
    """The last line of each document."""

    kind: Annotated[Kind, Meta(description="What the document is, judged by its content.")]
    urls: Annotated[int, Meta(description="Number of URLs it lists.")]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps it lists.")]
    problems: Annotated[int, Meta(description="Number of problems, including those not printed.")]
    encoding: Annotated[str | None, Meta(description="Character encoding it was read in.")] = None
    bytes: Annotated[int, Meta(description="Size after decompression.")]
    generator: Annotated[str | None, Meta(description="Program that made it, if it names one.")] = None
    strict: Annotated[
        StrictResult | None,
        Meta(description="Only if a strict XML parser reads fewer entries: how many, and why."),
    ] = None
    source: Source = None


class ParseTotalLine(Struct, frozen=True, tag_field="type", tag="total"):
    """The last line of all, if several documents are read."""

    documents: Annotated[int, Meta(description="Number of documents.")]
    failed: Annotated[int, Meta(description="Number of documents that could not be read at all.")]
    urls: Annotated[int, Meta(description="Number of URLs of all documents.")]
    sitemaps: Annotated[int, Meta(description="Number of listed sitemaps of all documents.")]
    problems: Annotated[int, Meta(description="Number of problems of all documents.")]


register_document(
    "parse",
    UrlLine | ChildLine | ProblemLine | ParseSummaryLine | ParseTotalLine,
    "sitemap parse --format jsonl",
)


class RobotsSitemapLine(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="sitemap"):
    """One `Sitemap:` line of a robots.txt."""

    loc: Annotated[str, Meta(description="URL of the sitemap.")]
    line: Annotated[int | None, Meta(description="Line, from 1.")] = None


class RobotsGroupLine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="group"):
    """One group of a robots.txt."""

    agents: Annotated[list[str], Meta(description="Crawlers it is for.")]
    crawl_delay: Annotated[float | None, Meta(description="Seconds between requests.")] = None
    rules: Annotated[list[str], Meta(description="Its rules, for instance `Disallow: /x`.")]


class RobotsSignalLine(Struct, frozen=True, kw_only=True, tag_field="type", tag="content-signal"):
    """One `Content-Signal:` line of a robots.txt."""

    agents: Annotated[
        list[str], Meta(description="Crawlers of the group it stands in; empty if it stands before all.")
    ]
    signals: Annotated[
        dict[str, str],
        Meta(description="Usually `yes` or `no`, by `search`, `ai-input`, `ai-train` and others."),
    ]
    line: Annotated[int, Meta(description="Line, from 1.")]


class RobotsUsageLine(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="content-usage"
):
    """One `Content-Usage:` line of a robots.txt, of the drafts of the IETF about AI preferences."""

    agents: Annotated[
        list[str], Meta(description="Crawlers of the group it stands in; empty if it stands before all.")
    ]
    path: Annotated[str | None, Meta(description="Beginning of the paths that it is about.")] = None
    signals: Annotated[
        dict[str, str], Meta(description="Usually `y` or `n`, by `train-ai`, `search` and others.")
    ]
    line: Annotated[int, Meta(description="Line, from 1.")]


class RobotsRule(Struct, frozen=True):
    """One rule of a robots.txt."""

    rule: Annotated[str, Meta(description="The rule, for instance `Disallow: /x`.")]
    line: Annotated[int, Meta(description="Line, from 1.")]


class RobotsCrawlerLine(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="crawler"
):
    """What a robots.txt allows to one crawler, with `--ai`."""

    crawler: Annotated[str, Meta(description="Its product token.")]
    owner: Annotated[str, Meta(description="Who runs it.")]
    purpose: Annotated[Purpose, Meta(description="What it fetches pages for.")]
    product: Annotated[str, Meta(description="What that is about.")]
    access: Annotated[
        str,
        Meta(description="`allowed`, `partly`, `blocked`, or `unset` for a token that needs its own group."),
    ]
    rules: Annotated[list[RobotsRule], Meta(description="The rules that disallow something.")] = []
    group: Annotated[str | None, Meta(description="Name of the group that it obeys.")] = None
    group_line: Annotated[int | None, Meta(description="Line where that group begins, from 1.")] = None
    effect: Annotated[str, Meta(description="What blocking it does.")]
    obeys: Annotated[bool, Meta(description="Whether it obeys robots.txt, as far as its owner says.")]
    source: Annotated[str | None, Meta(description="Page of its owner.")] = None
    verified: Annotated[date, Meta(description="Day when that page was checked.")]


class RobotsTestLine(Struct, frozen=True, omit_defaults=True, tag_field="type", tag="test"):
    """The result of one `--test URL`."""

    agent: Annotated[str, Meta(description="Crawler that was tested.")]
    url: Annotated[str, Meta(description="URL that was tested.")]
    allowed: Annotated[bool, Meta(description="Whether the crawler may request the URL.")]
    rule: Annotated[str | None, Meta(description="The rule that decides, if there is one.")] = None


RobotsLine = (
    RobotsSitemapLine
    | RobotsSignalLine
    | RobotsUsageLine
    | RobotsGroupLine
    | RobotsCrawlerLine
    | ProblemLine
    | RobotsTestLine
)

register_document("robots", RobotsLine, "sitemap robots --format jsonl")


@json_document("urls", "sitemap urls --format jsonl")
class ListedUrl(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recorded entry; each extension adds a field: `images`, `videos`, `news`, `alternates` and more.

    With `--columns`, only the fields that it names.
    """

    domain: Annotated[
        str | None, Meta(description="Domain of the job, with `--all-domains`, `--tag` or `--columns`.")
    ] = None
    loc: Annotated[str, Meta(description="URL: unescaped, trimmed and absolute.")]
    lastmod: Annotated[str | None, Meta(description="As written in the document.")] = None
    lastmod_utc: LastmodUtc = None
    changefreq: Annotated[str | None, Meta(description="As written in the document.")] = None
    priority: Annotated[str | None, Meta(description="As written in the document.")] = None
    line: Annotated[int | None, Meta(description="Line where it begins, from 1.")] = None
    section: Annotated[
        str | None, Meta(description="Folder that its path begins with, only with `--columns`.")
    ] = None
    first_seen: Annotated[
        Time | None, Meta(description="When a complete job listed it first, only with `--columns`.")
    ] = None
    last_seen: Annotated[
        Time | None, Meta(description="When a complete job listed it last, only with `--columns`.")
    ] = None
    sitemap: Annotated[str, Meta(description="Sitemap that lists it.")]
