"""What ``jobs show`` prints as JSON."""

from typing import Annotated

from msgspec import Meta

from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.results import JobResult


@json_document("job-document", "sitemap jobs show --format json")
class JobDocument(JobResult, frozen=True, tag_field="schema", tag="sitemap/job/1"):
    """One job, as one JSON document."""

    lastmod_trust: Annotated[
        LastmodTrust | None, Meta(description="Whether the lastmods of its site can be trusted, by all jobs.")
    ] = None
