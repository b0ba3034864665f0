"""What ``sitemap jobs prune`` prints as JSON."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document


class DomainPruned(Struct, frozen=True):
    """What was removed of a domain, or would be."""

    domain: Annotated[str, Meta(description="Name of the domain.")]
    jobs: Annotated[int, Meta(description="Number of its jobs.")]
    documents: Annotated[
        int | UnsetType, Meta(description="Number of documents that only these jobs use, with `--dry-run`.")
    ] = UNSET
    urls: Annotated[
        int | UnsetType, Meta(description="Number of entries of these documents, with `--dry-run`.")
    ] = UNSET
    bytes: Annotated[
        int | UnsetType, Meta(description="About how many bytes all this takes, with `--dry-run`.")
    ] = UNSET


@json_document("prune", "sitemap jobs prune --format json")
class PruneResult(Struct, frozen=True, tag_field="schema", tag="sitemap/prune/1"):
    """What `sitemap jobs prune` removed, or would remove."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was removed.")]
    jobs: Annotated[int, Meta(description="Number of jobs.")]
    documents: Annotated[
        int,
        Meta(description="Number of documents that no job uses any more, or that earlier runs have left."),
    ]
    urls: Annotated[int, Meta(description="Number of entries of these documents.")]
    bytes: Annotated[int, Meta(description="About how many bytes all this takes in the database.")]
    skipped: Annotated[
        int, Meta(description="Number of domains whose jobs were not removed, because a job was running.")
    ]
    domains: Annotated[Sequence[DomainPruned], Meta(description="Domains that lost jobs, or would, by name.")]
