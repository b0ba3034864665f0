"""What ``jobs show`` and ``tree`` print as JSON."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct

from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.results import JobResult, Scope, SitemapResult, Time
from sitemap_cli.model.values import Status, Verdict


@json_document("job-document", "sitemap jobs show --format json")
class JobDocument(JobResult, frozen=True, tag_field="schema", tag="sitemap/job/1"):
    """One job, as one JSON document."""

    lastmod_trust: Annotated[
        LastmodTrust | None, Meta(description="Whether the lastmods of its site can be trusted, by all jobs.")
    ] = None


@json_document("tree", "sitemap tree --format json")
class TreeDocument(Struct, frozen=True, tag_field="schema", tag="sitemap/tree/1"):
    """The sitemaps of one job, as one JSON document."""

    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null until the job ends.")]
    finished_at: Annotated[Time | None, Meta(description="When the job ended.")]
    sitemaps: Annotated[
        list[SitemapResult], Meta(description="Sitemaps, each below the index that lists it, its `parent`.")
    ]
    scope: Scope = UNSET
