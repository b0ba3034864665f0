"""What commands print as JSON about the history of a domain."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.results import FindingCounts, Time
from sitemap_cli.model.values import Status, Verdict


class LastmodTrust(Struct, frozen=True):
    """Whether a lastmod of a site changes if, and only if, its page does; judged by the recorded jobs."""

    reliable: Annotated[
        bool | None, Meta(description="Whether they can be trusted; null if that is not known.")
    ]
    because: Annotated[str, Meta(description="The reason, in one sentence.")]
    jobs: Annotated[int, Meta(description="Number of complete jobs that were considered.")]
    compared: Annotated[int, Meta(description="Number of these that differ from the previous one.")]
    mass_changes: Annotated[
        int,
        Meta(description="Number of those in which nearly all lastmods changed, but hardly anything else."),
    ]

    @property
    def answer(self) -> str:
        """The judgement in one word."""
        return {True: "yes", False: "no", None: "unknown"}[self.reliable]


@json_document("domain-job", "sitemap domains show --format jsonl")
class JobChange(Struct, frozen=True):
    """One job in the history of a domain; CSV has a column for each severity of findings."""

    job_id: Annotated[str, Meta(description="Id of the job.")]
    finished_at: Annotated[Time | None, Meta(description="When it ended.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null if it did not end.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    unique_urls: Annotated[int, Meta(description="Number of different URLs; 0 if that was not counted.")]
    added: Annotated[
        int | None, Meta(description="URLs that the previous job did not have; null in a first job.")
    ]
    removed: Annotated[
        int | None, Meta(description="URLs that only the previous job had; null in a first job.")
    ]
    changed: Annotated[
        int | None,
        Meta(
            description="URLs whose entry changed since the previous complete job; null if no sitemap did,"
            " and in jobs of older versions."
        ),
    ]
    findings: Annotated[FindingCounts, Meta(description="Number of findings by severity.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]


class OtherHistory(Struct, frozen=True):
    """The last job of a part of a site, or of a local build."""

    target: Annotated[str, Meta(description="The target as given.")]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result; null if it did not end.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    finished_at: Annotated[Time | None, Meta(description="When it ended.")]
    build: Annotated[
        str | UnsetType, Meta(description="Folder or file of a local build, which is not the site itself.")
    ] = UNSET
