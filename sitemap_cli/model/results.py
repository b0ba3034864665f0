"""What commands print as JSON about jobs, batches, domains and the database.

Fields are printed in their order here. Scripts depend on their names; adding a field is fine.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.section_results import SECTION_DESCRIPTION, SectionResult
from sitemap_cli.model.values import DiscoveredBy, Kind, Severity, Status, Verdict

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""A time in UTC with milliseconds, as ``2026-11-01T00:00:00.000Z``."""

Scope = Annotated[
    str | UnsetType,
    Meta(description="Path of the part of the site that the target names; only URLs below it are recorded."),
]
"""The path below which a job records URLs; unset for a whole site."""


class StrictResult(Struct, frozen=True, omit_defaults=True):
    """How much a strict XML parser reads, which repairs nothing, and the reason why it reads no more."""

    read: Annotated[int, Meta(description="Number of entries that it reads: URLs, or sitemaps of an index.")]
    total: Annotated[int, Meta(description="Number of entries that were read with repairs.")]
    code: Annotated[str, Meta(description="Code of the problem that costs most of the others.")]
    message: Annotated[str, Meta(description="What is wrong.")]
    line: Annotated[int | None, Meta(description="Line, from 1.")] = None
    column: Annotated[int | None, Meta(description="Column, from 1.")] = None
    stops: Annotated[
        bool, Meta(description="Whether it reads nothing after that place; otherwise it skips some entries.")
    ] = False


class SitemapResult(Struct, frozen=True):
    """One sitemap of a job, and the facts of its fetch."""

    url: Annotated[str, Meta(description="URL that was requested.")]
    final_url: Annotated[str, Meta(description="URL after redirects.")]
    parent: Annotated[str | None, Meta(description="Sitemap index that lists it.")]
    discovered_by: Annotated[DiscoveredBy, Meta(description="How its URL became known.")]
    kind: Annotated[Kind | None, Meta(description="What the document is; null if none was received.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | None, Meta(description="Code of the reason why it is missing or incomplete.")]
    error_message: Annotated[str | None, Meta(description="The same reason in words.")]
    bytes: Annotated[int, Meta(description="Size after decompression.")]
    wire_bytes: Annotated[int, Meta(description="Bytes received over the network.")]
    urls: Annotated[int, Meta(description="Number of URLs it lists.")]
    children: Annotated[int, Meta(description="Number of sitemaps it lists.")]
    problems: Annotated[int, Meta(description="Number of problems the parser found.")]
    unchanged: Annotated[bool, Meta(description="Whether it is the same as in the previous job.")]
    etag: Annotated[str | None, Meta(description="`ETag` header.")]
    last_modified: Annotated[str | None, Meta(description="`Last-Modified` header.")]
    generator: Annotated[str | None, Meta(description="Program that made it, if the document names it.")]
    encoding: Annotated[str | None, Meta(description="Character encoding it was read in.")]
    attempts: Annotated[int, Meta(description="Number of requests, including retries.")]
    ms: Annotated[int, Meta(description="Time the fetch took, in milliseconds.")]
    strict: Annotated[
        StrictResult | UnsetType,
        Meta(description="Only if a strict XML parser reads fewer entries: how many, and why."),
    ] = UNSET


class SourceResult(Struct, frozen=True):
    """One place where a job looked for sitemaps, and the response."""

    source: Annotated[str, Meta(description="Kind of place: `robots`, `known-path`, `html` or `user`.")]
    url: Annotated[str, Meta(description="URL that was requested.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    answer: Annotated[str, Meta(description="`ok`, or the code of the reason why nothing was found there.")]
    named: Annotated[
        int | UnsetType | None,
        Meta(description="Number of sitemaps that a robots.txt or page names; null for other places."),
    ] = UNSET
    message: Annotated[
        str | UnsetType,
        Meta(
            description="The reason in words, where the code does not say it all; with `ok` what is odd about"
            " the encoding of the response."
        ),
    ] = UNSET


class JobTotals(Struct, frozen=True):
    """Counts over all sitemaps of a job."""

    sitemaps: Annotated[int, Meta(description="Number of sitemaps.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    unique_urls: Annotated[int, Meta(description="Number of different URLs.")]
    new_urls: Annotated[
        int | None, Meta(description="URLs that the previous job did not have; null in a first job.")
    ]
    removed_urls: Annotated[
        int | None, Meta(description="URLs that only the previous job had; null in a first job.")
    ]
    bytes: Annotated[int, Meta(description="Size of all documents after decompression.")]
    all_urls: Annotated[
        int | UnsetType, Meta(description="Number of entries outside `scope`, too, if there is one.")
    ] = UNSET
    changed_urls: Annotated[
        int | UnsetType,
        Meta(description="URLs whose entry changed since the previous complete job, if a sitemap did."),
    ] = UNSET
    changed_since: Annotated[Time | UnsetType, Meta(description="When that complete job started.")] = UNSET

    @property
    def are_changed(self) -> bool:
        """Whether the job has other URLs than the previous job, if there is one."""
        return bool(self.removed_urls or self.new_urls)


class FindingCounts(Struct, frozen=True):
    """Number of findings of the rules that need no look at single URLs; `check` runs all rules.

    Each is a finding of `check`, too, with at least as many places. Infos are only found by `check`.
    """

    error: Annotated[int, Meta(description="Number of errors.")]
    warning: Annotated[int, Meta(description="Number of warnings.")]
    info: Annotated[int, Meta(description="Always 0: infos are left to `check`.")]


@json_document(
    "job",
    "sitemap analyze --format jsonl",
    "sitemap batch --format jsonl",
    "sitemap jobs retry --format jsonl",
)
class JobResult(Struct, frozen=True):
    """One job: how it ended, and what it recorded."""

    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    target: Annotated[str, Meta(description="The target as given: domain, URL, folder or file.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null until the job ends.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    started_at: Annotated[Time | None, Meta(description="When the job started.")]
    finished_at: Annotated[Time | None, Meta(description="When the job ended.")]
    duration_ms: Annotated[int | None, Meta(description="Duration in milliseconds.")]
    sitemaps: Annotated[
        list[SitemapResult], Meta(description="Sitemaps, each below the index that lists it.")
    ]
    totals: Annotated[JobTotals, Meta(description="Counts over all sitemaps.")]
    lastmod: Annotated[
        dict[str, int], Meta(description="Number of entries by age of `lastmod`; empty without any entry.")
    ]
    findings: Annotated[FindingCounts, Meta(description="Number of findings by severity.")]
    sources: Annotated[list[SourceResult], Meta(description="Where the job looked for sitemaps.")]
    build: Annotated[
        str | UnsetType, Meta(description="Folder or file of a local build, which is not the site itself.")
    ] = UNSET
    compared_with: Annotated[
        str | None,
        Meta(description="Id of the job that `new_urls` is relative to; null on a first run."),
    ] = None
    scope: Scope = UNSET
    sections: Annotated[list[SectionResult] | UnsetType, Meta(description=SECTION_DESCRIPTION)] = UNSET


@json_document("analyze", "sitemap analyze --format json")
class AnalyzeDocument(Struct, frozen=True, tag_field="schema", tag="sitemap/analyze/1"):
    """The jobs of one `sitemap analyze`."""

    results: Annotated[list[JobResult], Meta(description="One job for each target, in their order.")]


@json_document("jobs", "sitemap jobs list --format json", lines="sitemap jobs list --format jsonl")
class JobSummary(Struct, frozen=True):
    """One job in a list, newest first."""

    job_id: Annotated[str, Meta(description="Id of the job.")]
    batch_id: Annotated[str | None, Meta(description="Batch it belongs to.")]
    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null until the job ends.")]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    started_at: Annotated[Time | None, Meta(description="When the job started.")]
    finished_at: Annotated[Time | None, Meta(description="When the job ended.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    build: Annotated[
        str | UnsetType, Meta(description="Folder or file of a local build, which is not the site itself.")
    ] = UNSET
    scope: Scope = UNSET


@json_document("batches", "sitemap batch list --format json", lines="sitemap batch list --format jsonl")
class BatchSummary(Struct, frozen=True):
    """One batch in a list, newest first."""

    batch_id: Annotated[str, Meta(description="Id of the batch.")]
    source: Annotated[str, Meta(description="The list: a file, `-`, `tag:…`, `retry` or `schedule`.")]
    status: Annotated[Status, Meta(description="State of the batch.")]
    created_at: Annotated[Time, Meta(description="When the batch was recorded.")]
    finished_at: Annotated[Time | None, Meta(description="When it was last left, complete or not.")]
    jobs: Annotated[int, Meta(description="Number of jobs.")]


class Comparison(StrEnum):
    """How a job compares with the previous job over the same target."""

    NEWLY_FAILING = "newly-failing"
    WORSE = "worse"
    FIRST_JOB_FAILED = "first-job-failed"
    RECOVERED = "recovered"
    STILL_FAILING = "still-failing"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FIRST = "first"


class ChangedJob(Struct, frozen=True):
    """A job of a batch with other URLs than the previous job of the same target."""

    domain: Annotated[str, Meta(description="Domain of the job.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    new_urls: Annotated[int, Meta(description="URLs that the previous job did not have.")]
    removed_urls: Annotated[int, Meta(description="URLs that only the previous job had.")]


class FailedJob(Struct, frozen=True):
    """A job of a batch that ended without a complete result."""

    domain: Annotated[str, Meta(description="Domain of the job.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Why the result is incomplete.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    comparison: Annotated[
        Comparison | None, Meta(description="How it compares with the previous job; null if cancelled.")
    ]
    previous_verdict: Annotated[Verdict | None, Meta(description="Verdict of the previous job.")]


class FailureGroup(Struct, frozen=True):
    """Jobs of a batch that failed for the same reason."""

    comparison: Annotated[
        Comparison | None, Meta(description="How they compare with the previous jobs; null if cancelled.")
    ]
    verdict: Annotated[str, Meta(description="Verdict of these jobs, or their status without one.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    jobs: Annotated[int, Meta(description="Number of jobs.")]
    domains: Annotated[list[str], Meta(description="The first three domains.")]


@json_document("batch-row", "sitemap batch show --format jsonl")
class BatchRow(Struct, frozen=True):
    """One job of a batch; CSV has a column for each severity of findings."""

    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null until the job ends.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    change: Annotated[
        int | None,
        Meta(description="New URLs minus removed ones; null in a first job, and if it read nothing."),
    ]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps.")]
    findings: Annotated[FindingCounts, Meta(description="Number of findings by severity.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    seconds: Annotated[float | None, Meta(description="Duration.")]
    comparison: Annotated[
        Comparison | None, Meta(description="How it compares with the previous job; null until it ends.")
    ]
    previous_verdict: Annotated[Verdict | None, Meta(description="Verdict of the previous job.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]


@json_document("batch", "sitemap batch show --format json")
class BatchResult(Struct, frozen=True, tag_field="schema", tag="sitemap/batch/1"):
    """One batch: its jobs by verdict, the changed ones and the failed ones."""

    batch_id: Annotated[str, Meta(description="Id of the batch.")]
    source: Annotated[str, Meta(description="The list: a file, `-`, `tag:…`, `retry` or `schedule`.")]
    status: Annotated[Status, Meta(description="State of the batch.")]
    created_at: Annotated[Time, Meta(description="When the batch was recorded.")]
    finished_at: Annotated[Time | None, Meta(description="When it was last left, complete or not.")]
    jobs: Annotated[int, Meta(description="Number of jobs.")]
    unfinished: Annotated[int, Meta(description="Number of jobs that still have to run.")]
    verdicts: Annotated[
        dict[str, int], Meta(description="Number of ended jobs by verdict, or by status without one.")
    ]
    urls: Annotated[int, Meta(description="Number of entries of all jobs.")]
    new_urls: Annotated[int, Meta(description="Number of new URLs of all jobs; a first job has none.")]
    changed: Annotated[int, Meta(description="Number of jobs with other URLs than the previous job.")]
    changes: Annotated[list[ChangedJob], Meta(description="The first 50 of them.")]
    wrong: Annotated[list[FailedJob], Meta(description="The first 50 jobs without a complete result.")]
    comparisons: Annotated[
        dict[Comparison, int], Meta(description="Number of ended jobs by comparison with the previous job.")
    ]
    news: Annotated[
        list[FailedJob],
        Meta(description="The first 50 newly failing, worse or recovered jobs, and first jobs that failed."),
    ]
    failures: Annotated[
        list[FailureGroup], Meta(description="The 50 largest groups of jobs without a complete result.")
    ]
    elapsed_ms: Annotated[int | None, Meta(description="Time from its start to its end, in milliseconds.")]


@json_document("rules", "sitemap rules list --format json", lines="sitemap rules list --format jsonl")
class RuleSummary(Struct, frozen=True):
    """One rule of `sitemap check`."""

    rule: Annotated[str, Meta(description="Id of the rule.")]
    name: Annotated[str, Meta(description="Name of the rule.")]
    severity: Annotated[Severity, Meta(description="Severity of its findings.")]
    scope: Annotated[
        str, Meta(description="What it examines: `url`, `document`, `site`, `history` or `page`.")
    ]
    summary: Annotated[str, Meta(description="What it says, in one sentence.")]
    engines: Annotated[
        dict[str, Severity], Meta(description="Severity with `--engine`, where it is a different one.")
    ]
    runs: Annotated[str, Meta(description="`always`, `engine` (only with `--engine`) or `selected`.")]
    family: Annotated[str, Meta(description="Family of rules that it belongs to, such as `entries`.")]
    needs: Annotated[
        list[str],
        Meta(
            description="What it needs, such as `web` (responses), `sitemap`, `probe`, `second run`, `--xsd`."
        ),
    ]
    since: Annotated[str, Meta(description="Version that was the first to have it.")]


@json_document("rule", "sitemap rules show --format json", "sitemap rules show --format jsonl")
class RuleResult(RuleSummary, frozen=True, tag_field="schema", tag="sitemap/rule/1"):
    """One rule of `sitemap check` with its documentation."""

    documentation: Annotated[dict[str, str], Meta(description="Sections of its documentation, by heading.")]
    related: Annotated[list[str], Meta(description="Ids of related rules.")]
