"""What commands print as JSON about the domains of the catalog."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.history_results import JobChange, LastmodTrust, OtherHistory
from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.results import Comparison, FindingCounts, Time
from sitemap_cli.model.values import Status, Verdict


class RequestPreferences(Struct, frozen=True):
    """How one domain is requested; only what is set is printed."""

    delay: Annotated[float | UnsetType, Meta(description="Seconds between two requests.")] = UNSET
    user_agent: Annotated[str | UnsetType, Meta(description="User agent.")] = UNSET
    headers: Annotated[
        dict[str, str] | UnsetType,
        Meta(description="Environment variables with the values of request headers, by header name."),
    ] = UNSET


@json_document("domains", "sitemap domains list --format json", lines="sitemap domains list --format jsonl")
class DomainResult(Struct, frozen=True):
    """One domain of the catalog, with its last job that ended."""

    domain: Annotated[str, Meta(description="`host[:port]`.")]
    tags: Annotated[list[str], Meta(description="Its tags, sorted.")]
    note: Annotated[str | None, Meta(description="Note about it.")]
    preferences: Annotated[RequestPreferences, Meta(description="How it is requested.")]
    schedule: Annotated[str | None, Meta(description="Cron expression in UTC.")]
    next_at: Annotated[Time | None, Meta(description="When the schedule queues the next job.")]
    added_at: Annotated[Time | None, Meta(description="When it was added or first analyzed.")]
    job_id: Annotated[str | None, Meta(description="Id of the last job that ended.")]
    status: Annotated[Status | None, Meta(description="State of that job.")]
    verdict: Annotated[Verdict | None, Meta(description="Verdict of that job.")]
    urls: Annotated[int | None, Meta(description="Number of entries of that job.")]
    change: Annotated[
        int | None,
        Meta(description="More different URLs than in the previous complete job; null if it is incomplete."),
    ]
    change_percent: Annotated[float | None, Meta(description="The same as a percentage.")]
    added: Annotated[int | None, Meta(description="Its new URLs; null in a first job.")]
    removed: Annotated[int | None, Meta(description="URLs that only the previous job had.")]
    findings: Annotated[FindingCounts | None, Meta(description="Number of its findings by severity.")]
    finished_at: Annotated[Time | None, Meta(description="When that job ended.")]
    comparison: Annotated[
        Comparison | None, Meta(description="How it compares with the previous job; null if cancelled.")
    ]
    previous_verdict: Annotated[Verdict | None, Meta(description="Verdict of the previous job.")]
    worse: Annotated[str | None, Meta(description="Why `--worse` lists the domain; null if it does not.")]
    only_builds: Annotated[bool, Meta(description="Whether all its jobs that ended are of local builds.")]


@json_document("domain", "sitemap domains show --format json")
class DomainDocument(DomainResult, frozen=True, tag_field="schema", tag="sitemap/domain/1"):
    """One domain of the catalog with its history, as one JSON document."""

    jobs: Annotated[
        list[JobChange], Meta(description="The last jobs that are compared with its last job, newest first.")
    ]
    lastmod_trust: Annotated[
        LastmodTrust | None, Meta(description="Whether its lastmods can be trusted; null without any job.")
    ]
    histories: Annotated[
        list[OtherHistory],
        Meta(
            description="Parts of the site and local builds, which have histories of their own: the last 10."
        ),
    ]
