"""What the commands of ``sitemap db`` print as JSON."""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.results import Time


class Soundness(StrEnum):
    """What a check of the database found."""

    OK = "ok"
    NOTE = "note"
    DAMAGED = "damaged"
    SKIPPED = "skipped"


class DatabaseCheckLine(Struct, frozen=True, omit_defaults=True):
    """One check of the database."""

    check: Annotated[str, Meta(description="Name of the check.")]
    result: Annotated[
        Soundness,
        Meta(
            description="`ok`; `damaged`; `note` for what does no harm; `skipped` for what was not checked."
        ),
    ]
    message: Annotated[str, Meta(description="What was checked, or what is wrong.")]
    count: Annotated[int, Meta(description="Number of places.")] = 0
    examples: Annotated[list[str], Meta(description="The first places: ids, or what SQLite says.")] = []
    fix: Annotated[str | UnsetType, Meta(description="What to do.")] = UNSET


@json_document("database-check", "sitemap db check --format json")
class DatabaseCheck(Struct, frozen=True, tag_field="schema", tag="sitemap/database-check/1"):
    """Whether a database is sound, over all tenants."""

    database: Annotated[str, Meta(description="Path or URL, without a password.")]
    revision: Annotated[str | None, Meta(description="Revision of the schema; null if it cannot be read.")]
    is_sound: Annotated[bool, Meta(description="Whether no check found damage.")]
    checks: Annotated[list[DatabaseCheckLine], Meta(description="The checks, in order.")]


class TableSize(Struct, frozen=True):
    """The space that a table takes."""

    table: Annotated[str, Meta(description="Name of the table; `sitemap_queue` is the queue of jobs.")]
    bytes: Annotated[int, Meta(description="Size without indexes.")]
    index_bytes: Annotated[int, Meta(description="Size of its indexes.")]


class Prunable(Struct, frozen=True):
    """What `sitemap jobs prune --keep N` would remove for the tenant."""

    keep: Annotated[int, Meta(description="Number of jobs to keep: `--keep`, the setting `keep`, or 30.")]
    jobs: Annotated[int, Meta(description="Number of jobs.")]
    documents: Annotated[int, Meta(description="Number of documents that only these jobs use, or no job.")]
    urls: Annotated[int, Meta(description="Number of entries of these documents.")]
    bytes: Annotated[int, Meta(description="Space that they take, as an estimate.")]


@json_document("database", "sitemap db info --format json")
class DatabaseInfo(Struct, frozen=True, tag_field="schema", tag="sitemap/database/1"):
    """A database: where it is, its schema, its size and its contents over all tenants."""

    database: Annotated[str, Meta(description="Path or URL, without a password.")]
    revision: Annotated[
        str | None, Meta(description="Revision of the schema; null before `sitemap db upgrade`.")
    ]
    bytes: Annotated[int | UnsetType, Meta(description="Size of the database.")] = UNSET
    log_bytes: Annotated[
        int | UnsetType,
        Meta(description="SQLite only: size of the write-ahead log beside it."),
    ] = UNSET
    free_bytes: Annotated[
        int | UnsetType,
        Meta(description="SQLite only: free part of the size, which `sitemap db vacuum` gives back."),
    ] = UNSET
    domains: Annotated[int | UnsetType, Meta(description="Number of domains.")] = UNSET
    jobs: Annotated[int | UnsetType, Meta(description="Number of jobs.")] = UNSET
    oldest_job: Annotated[
        Time | UnsetType | None, Meta(description="When the oldest job was created; null without jobs.")
    ] = UNSET
    newest_job: Annotated[
        Time | UnsetType | None, Meta(description="When the newest job was created; null without jobs.")
    ] = UNSET
    sitemaps: Annotated[int | UnsetType, Meta(description="Number of sitemaps of all jobs.")] = UNSET
    documents: Annotated[int | UnsetType, Meta(description="Number of different documents.")] = UNSET
    urls: Annotated[int | UnsetType, Meta(description="Number of entries of these documents.")] = UNSET
    bytes_per_url: Annotated[
        float | UnsetType | None,
        Meta(description="Size without free space, divided by the number of entries; null without entries."),
    ] = UNSET
    tables: Annotated[
        list[TableSize] | UnsetType, Meta(description="Sizes of tables, the largest first.")
    ] = UNSET
    are_sizes_estimated: Annotated[
        bool | UnsetType,
        Meta(description="Whether sizes of tables are estimates that include their indexes."),
    ] = UNSET
    prunable: Annotated[
        Prunable | UnsetType,
        Meta(description="What pruning would remove; unset if it was not counted."),
    ] = UNSET
