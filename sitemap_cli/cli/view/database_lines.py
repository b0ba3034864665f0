"""What ``sitemap db`` prints about a database."""

from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.model.database_results import (
    DatabaseCheck,
    DatabaseCheckLine,
    DatabaseInfo,
    Prunable,
    Soundness,
    TableSize,
)

COUNTS = ("domains", "jobs", "sitemaps", "documents", "urls")
QUICKLY_COUNTED = 20_000
"""Jobs of which it takes half a second at most to count what pruning would remove."""
INDENT = " " * 9


def format_info(found: DatabaseInfo, clock: Clock = ABSOLUTE) -> Iterator[str]:
    """Yield the lines of a database: its sizes, its contents, its tables, and what pruning would free."""
    yield f"database   {found.database}"
    if found.revision is None:
        yield "revision   none; create the schema: sitemap db upgrade"
        return
    yield f"revision   {found.revision}"
    yield f"bytes      {_format_bytes(found.bytes)}"
    if found.log_bytes is not UNSET:
        yield f"log        {_format_bytes(found.log_bytes)}"
    if found.free_bytes is not UNSET:
        yield f"free       {_format_bytes(found.free_bytes)}"
    for name in COUNTS:
        yield f"{name:10} {getattr(found, name):,}"
    if found.bytes_per_url:
        yield f"per URL    {found.bytes_per_url:,.0f} bytes"
    if isinstance(found.oldest_job, str) and isinstance(found.newest_job, str):
        yield f"from       {clock.format_alone(found.oldest_job)}"
        yield f"to         {clock.format_alone(found.newest_job)}"
    yield from _format_tables(found.tables or [], is_estimate=bool(found.are_sizes_estimated))
    if found.prunable is not UNSET:
        yield f"prunable   {_format_prunable(found.prunable)}"
    elif (found.jobs or 0) > QUICKLY_COUNTED:
        yield "prunable   not counted, as there are many jobs; count: sitemap db info --keep 30"


def _format_bytes(count: int | UnsetType) -> str:
    return f"{format_size(count or 0)} ({count or 0:,})"


def _format_tables(tables: list[TableSize], *, is_estimate: bool) -> Iterator[str]:
    for number, each in enumerate(tables):
        indexes = f" + {format_size(each.index_bytes)} of indexes" if each.index_bytes else ""
        about = "about " if is_estimate else ""
        yield f"{'' if number else 'tables':10} {each.table:16} {about}{format_size(each.bytes)}{indexes}"


def _format_prunable(found: Prunable) -> str:
    if not (found.jobs or found.documents):
        return f"nothing with --keep {found.keep}"
    counts = f"{format_count(found.jobs, 'job')}, {format_count(found.documents, 'document')}"
    urls = f"{format_count(found.urls, 'URL')}, about {format_size(found.bytes)}"
    return f"{counts}, {urls} with --keep {found.keep}"


def format_check(found: DatabaseCheck) -> Iterator[str]:
    """Yield a line for each check, with examples and what to do below it, and a last line for all of them."""
    for each in found.checks:
        yield from _format_line(each)
    yield f"{found.database} is {'sound' if found.is_sound else 'damaged'}"


def _format_line(line: DatabaseCheckLine) -> Iterator[str]:
    count = f"{line.count:,} " if line.count > 1 or line.examples else ""
    yield f"{line.result:8} {line.check:16} {count if line.result != Soundness.OK else ''}{line.message}"
    yield from (f"{INDENT}{each}" for each in line.examples)
    if len(line.examples) < line.count and line.examples:
        yield f"{INDENT}…"
    if line.fix is not UNSET:
        yield f"{INDENT}fix: {line.fix}"
