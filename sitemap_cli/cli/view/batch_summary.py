"""A table of batches, and the summary of one batch."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.numbers import format_changes, format_count, format_short_time
from sitemap_cli.cli.view.table import create_table, number_column, text_column
from sitemap_cli.model.results import BatchResult, BatchSummary
from sitemap_cli.output.escaping import escape_text


def render_batch_table(batches: Sequence[BatchSummary]) -> RenderableType:
    """Return a table with a row for each batch."""
    table = create_table(
        text_column("batch", wrap=False),
        text_column("list"),
        text_column("status", wrap=False),
        number_column("jobs"),
        text_column("started", wrap=False),
    )
    for each in batches:
        started = format_short_time(each.created_at)
        table.add_row(each.batch_id, escape_text(each.source), each.status, f"{each.jobs:,}", started)
    return table


def render_batch(batch: BatchResult, complete_hint: Callable[[str], str] = str) -> RenderableType:
    """Return how the jobs of a batch ended, with the first failed and the first changed ones."""
    name = PurePath(batch.source).name
    head = Text.assemble((escape_text(name), "bold"), f"  {batch.status}  {format_count(batch.jobs, 'site')}")
    totals = Text(f"{batch.urls:,} URLs" + (f" ({batch.new_urls:,} new)" if batch.new_urls else ""))
    parts: list[RenderableType] = [
        head,
        totals,
        _render_verdicts(batch),
        *_render_failed_jobs(batch, complete_hint),
        *_render_changed_jobs(batch),
    ]
    if batch.unfinished:
        left = f"{batch.unfinished:,} not finished; continue: sitemap batch --resume {batch.batch_id}"
        parts.append(Text(complete_hint(left), "yellow"))
    return Group(*parts)


def _render_verdicts(batch: BatchResult) -> RenderableType:
    table = create_table(number_column(), text_column(), headings=False)
    for verdict, jobs in batch.verdicts.items():
        table.add_row(f"{jobs:,}", render_verdict(verdict))
    return table


def _render_failed_jobs(batch: BatchResult, complete_hint: Callable[[str], str]) -> list[RenderableType]:
    if not batch.wrong:
        return []
    table = create_table(text_column(), text_column(), text_column(), headings=False)
    for each in batch.wrong:
        verdict = render_verdict(each.verdict or each.status)
        table.add_row(escape_text(each.domain), verdict, Text(escape_text(each.error or "")))
    bad = sum(jobs for verdict, jobs in batch.verdicts.items() if verdict != "ok")
    more = bad - len(batch.wrong)
    line = complete_hint(f"and {more:,} more: sitemap jobs list --batch {batch.batch_id}")
    hint = [Text(line, "dim")] if more else []
    return [Text(""), table, *hint]


def _render_changed_jobs(batch: BatchResult) -> list[RenderableType]:
    if not batch.changed:
        return []
    table = create_table(text_column(), number_column(), number_column(), headings=False)
    for each in batch.changes:
        table.add_row(escape_text(each.domain), *format_changes(each.new_urls, each.removed_urls))
    more = batch.changed - len(batch.changes)
    hint = [Text(f"and {more:,} more changed", "dim")] if more else []
    return [Text(""), table, *hint]
