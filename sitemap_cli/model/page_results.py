"""What ``sitemap probe`` prints as JSON: the responses of listed pages, and the share of bad ones."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document, register_document

ProbeSchema = Literal["sitemap/probe/1"]
PROBE_SCHEMA: ProbeSchema = "sitemap/probe/1"


class Sample(Struct, frozen=True):
    """How the pages were chosen; without any field before the first probe of a job."""

    kind: Annotated[str | UnsetType, Meta(description="`all` or `stratified` (by sitemap).")] = UNSET
    size: Annotated[int | UnsetType, Meta(description="Number of entries that were chosen.")] = UNSET
    entries: Annotated[int | UnsetType, Meta(description="Number of entries of the job.")] = UNSET
    strata: Annotated[int | UnsetType, Meta(description="Number of documents with entries.")] = UNSET
    whole: Annotated[bool | UnsetType, Meta(description="Whether every page was requested.")] = UNSET


class ProblemRate(Struct, frozen=True):
    """Share of pages with one problem, with a 95 % confidence interval."""

    problem: Annotated[str, Meta(description="Name of the rule, or `dirt` for any of four of them.")]
    count: Annotated[int, Meta(description="Number of requested pages with it.")]
    rate: Annotated[float, Meta(description="Estimated share of all pages, 0 to 1.")]
    low: Annotated[float, Meta(description="Lower bound of the interval.")]
    high: Annotated[float, Meta(description="Upper bound of the interval.")]


class Redirect(Struct, frozen=True):
    """One redirect on the way to a page."""

    url: Annotated[str, Meta(description="URL that redirects.")]
    status_code: Annotated[int, Meta(description="HTTP status of the redirect.")]


class Canonical(Struct, frozen=True):
    """One canonical URL that a page declares."""

    href: Annotated[str, Meta(description="The URL.")]
    by: Annotated[str, Meta(description="Where it is declared: `html` or `header`.")]


class BadPage(Struct, frozen=True):
    """One page with a problem; optional fields without a value are left out."""

    loc: Annotated[str, Meta(description="URL of the page as listed.")]
    sitemap: Annotated[str | None, Meta(description="Sitemap that lists it.")]
    line: Annotated[int | None, Meta(description="Line of its entry, from 1.")]
    problems: Annotated[list[str], Meta(description="Names of the rules it breaks.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | UnsetType, Meta(description="Code of the reason for a missing response.")] = UNSET
    error_message: Annotated[str | UnsetType, Meta(description="The same reason in words.")] = UNSET
    final_url: Annotated[str | UnsetType, Meta(description="URL after redirects, if another one.")] = UNSET
    hops: Annotated[list[Redirect] | UnsetType, Meta(description="The redirects.")] = UNSET
    title: Annotated[str | UnsetType, Meta(description="Title of the page.")] = UNSET
    noindex: Annotated[str | UnsetType, Meta(description="The directive that forbids indexing.")] = UNSET
    canonicals: Annotated[list[Canonical] | UnsetType, Meta(description="Declared canonical URLs.")] = UNSET
    soft_404: Annotated[str | UnsetType, Meta(description="Why it looks like an error page.")] = UNSET
    lastmod: Annotated[str | UnsetType, Meta(description="What contradicts its `lastmod`.")] = UNSET
    hreflang: Annotated[
        str | UnsetType, Meta(description="How its language versions differ from those of its entry.")
    ] = UNSET


class SlowPage(Struct, frozen=True):
    """One page that took long."""

    loc: Annotated[str, Meta(description="URL of the page as listed.")]
    first_byte_ms: Annotated[int, Meta(description="Time until the first byte, in milliseconds.")]


class PageTimes(Struct, frozen=True):
    """Times until the first byte of the pages with a 2xx status, in milliseconds."""

    pages: Annotated[int, Meta(description="Number of pages whose time is known.")]
    median_ms: Annotated[int, Meta(description="Half of the pages are as fast.")]
    p95_ms: Annotated[int, Meta(description="95 % of the pages are as fast.")]
    slow_after_ms: Annotated[int, Meta(description="Time after which a page is slow (`--slow`).")]
    slow: Annotated[int, Meta(description="Number of slow pages.")]
    slowest: Annotated[list[SlowPage], Meta(description="The slowest of these, at most 20.")]


class ProbeFacts(Struct, frozen=True):
    """What is known about the pages of a job, over all probes of it."""

    schema: Annotated[ProbeSchema, Meta(description="Name and version of this document.")]
    job_id: Annotated[str, Meta(description="Id of the job that lists the pages.")]
    domain: Annotated[str, Meta(description="Domain of the job.")]
    sample: Annotated[Sample, Meta(description="How the pages were chosen.")]
    asked: Annotated[int, Meta(description="Number of requested pages.")]
    of: Annotated[int, Meta(description="Number of pages of the job.")]
    dirt: Annotated[
        ProblemRate, Meta(description="Pages that are missing, broken, redirected or not to be indexed.")
    ]
    rates: Annotated[list[ProblemRate], Meta(description="Every problem, in the order of the rules.")]
    answered: Annotated[int, Meta(description="Pages with an HTTP response.")]
    unanswered: Annotated[int, Meta(description="Pages without a response.")]
    disallowed: Annotated[int, Meta(description="Pages that robots.txt does not allow to request.")]
    unasked: Annotated[dict[str, int], Meta(description="Pages that this run could not request, by reason.")]
    blocked: Annotated[
        int,
        Meta(description="Pages hidden by a bot wall or a rate limit (429); all, if each has 401 or 403."),
    ]
    times: Annotated[
        PageTimes | None, Meta(description="How long the pages took; null if no page has status 2xx.")
    ]


@json_document("probe", "sitemap probe --format json")
class ProbeResult(ProbeFacts, frozen=True):
    """The result of one `sitemap probe`."""

    pages: Annotated[list[BadPage], Meta(description="Pages with a problem, at most 10,000.")]
    pages_left_out: Annotated[int, Meta(description="Number of further pages with a problem.")]


class ProbeSummaryLine(ProbeFacts, frozen=True, tag_field="type", tag="summary"):
    """The last line of a probe as JSON Lines."""


class ProbePageLine(Struct, frozen=True, tag_field="type", tag="page"):
    """One page as a line of JSON Lines, printed after its response."""

    loc: Annotated[str, Meta(description="URL of the page as listed.")]
    role: Annotated[
        str, Meta(description="Why it was requested: `listed`, or `removed` or `home` for comparison.")
    ]
    method: Annotated[str, Meta(description="HTTP method.")]
    final_url: Annotated[str, Meta(description="URL after redirects.")]
    asked_at: Annotated[
        str, Meta(description="When it was requested.", extra_json_schema={"format": "date-time"})
    ]
    ms: Annotated[int, Meta(description="Time until the whole response, in milliseconds.")]
    first_byte_ms: Annotated[
        int | None, Meta(description="Time until the response began, in milliseconds; null without one.")
    ]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | None, Meta(description="Code of the reason for a missing response.")]
    error_message: Annotated[str | None, Meta(description="The same reason in words.")]
    hops: Annotated[list[tuple[str, int]] | None, Meta(description="Redirects: URL and HTTP status of each.")]
    content_type: Annotated[str | None, Meta(description="`Content-Type` header.")]
    last_modified: Annotated[str | None, Meta(description="`Last-Modified` header.")]
    title: Annotated[str | None, Meta(description="Title of the page.")]
    noindex: Annotated[str | None, Meta(description="The directive that forbids indexing.")]
    noindex_for: Annotated[list[str] | None, Meta(description="Crawlers it is for; null for all.")]
    canonicals: Annotated[list[Canonical] | None, Meta(description="Declared canonical URLs.")]
    alternates: Annotated[dict[str, str] | None, Meta(description="Language versions it links to.")]
    soft_404: Annotated[str | None, Meta(description="Why it looks like an error page.")]
    refresh: Annotated[str | None, Meta(description="Page that a `Refresh` leads to.")]
    sitemap: Annotated[str | None, Meta(description="Sitemap that lists it.")]


register_document("probe-line", ProbePageLine | ProbeSummaryLine, "sitemap probe --format jsonl")
