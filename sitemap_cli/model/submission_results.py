"""What ``sitemap indexnow`` prints as JSON: what was submitted, and what endpoints responded."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sitemap_cli.model.json_documents import json_document, register_document
from sitemap_cli.model.results import Time

SubmissionSchema = Literal["sitemap/indexnow/1"]
SUBMISSION_SCHEMA: SubmissionSchema = "sitemap/indexnow/1"


class SubmittedHost(Struct, frozen=True):
    """The URLs of one host."""

    host: Annotated[str, Meta(description="`host[:port]`.")]
    key_file: Annotated[str, Meta(description="URL of its key file, with `<key>` in place of the key.")]
    error: Annotated[str | None, Meta(description="Why search engines would not accept the key file.")]
    urls: Annotated[int, Meta(description="Number of URLs to submit to each endpoint.")]
    first: Annotated[list[str], Meta(description="The first 10 of them.")]


class SubmittedBatch(Struct, frozen=True):
    """The response to one list of at most 10,000 URLs."""

    endpoint: Annotated[str, Meta(description="URL of the endpoint.")]
    host: Annotated[str, Meta(description="Host of the URLs.")]
    position: Annotated[int, Meta(description="Number of URLs of the host before these.")]
    urls: Annotated[int, Meta(description="Number of URLs.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | None, Meta(description="Why they were not accepted; null if they were.")]
    ms: Annotated[int, Meta(description="Time until the response, in milliseconds.")]


class SubmissionFacts(Struct, frozen=True):
    """What was to be submitted, and what was accepted."""

    schema: Annotated[SubmissionSchema, Meta(description="Name and version of this document.")]
    domain: Annotated[str, Meta(description="Domain of the job.")]
    job_id: Annotated[str, Meta(description="Id of the job whose URLs are submitted.")]
    compared_with: Annotated[
        str | None,
        Meta(description="Id of the job since which URLs are new or changed; null with `--all`."),
    ]
    dry_run: Annotated[bool, Meta(description="Whether nothing was sent.")]
    endpoints: Annotated[list[str], Meta(description="URLs of the endpoints.")]
    urls: Annotated[int, Meta(description="Number of URLs to submit to each endpoint.")]
    accepted: Annotated[int, Meta(description="Number that endpoints accepted in this run.")]
    accepted_before: Annotated[int, Meta(description="Number that they had accepted in earlier runs.")]
    remaining: Annotated[int, Meta(description="Number that is still to be submitted.")]
    skipped: Annotated[
        dict[str, int],
        Meta(description="Number of URLs that cannot be submitted, by reason, such as `another host`."),
    ]
    hosts: Annotated[list[SubmittedHost], Meta(description="The hosts of the URLs.")]


@json_document("indexnow", "sitemap indexnow --format json")
class SubmissionResult(SubmissionFacts, frozen=True):
    """The result of one `sitemap indexnow`."""

    batches: Annotated[list[SubmittedBatch], Meta(description="The requests, in their order.")]


class SubmissionSummaryLine(SubmissionFacts, frozen=True, tag_field="type", tag="summary"):
    """The last line of JSON Lines."""


class SubmissionBatchLine(SubmittedBatch, frozen=True, tag_field="type", tag="batch"):
    """One request as a line of JSON Lines, printed after its response."""


@json_document(
    "submissions",
    "sitemap indexnow --history --format json",
    lines="sitemap indexnow --history --format jsonl",
)
class SubmissionRow(Struct, frozen=True):
    """The recorded response to one list of URLs."""

    submitted_at: Annotated[Time, Meta(description="When the response arrived.")]
    endpoint: Annotated[str, Meta(description="URL of the endpoint.")]
    host: Annotated[str, Meta(description="Host of the URLs.")]
    urls: Annotated[int, Meta(description="Number of URLs.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | None, Meta(description="Why they were not accepted; null if they were.")]
    job_id: Annotated[str | None, Meta(description="Id of the job; null if it was removed.")]


register_document(
    "indexnow-line", SubmissionBatchLine | SubmissionSummaryLine, "sitemap indexnow --format jsonl"
)
