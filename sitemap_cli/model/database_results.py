"""What the commands of ``sitemap db`` print as JSON."""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document


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
