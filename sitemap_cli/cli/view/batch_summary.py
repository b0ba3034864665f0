"""A table of batches, and the summary of one batch."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.numbers import format_changes, format_count, format_duration, format_short_time
from sitemap_cli.cli.view.table import create_table, number_column, text_column
from sitemap_cli.model.results import BatchResult, BatchSummary, Comparison
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


def render_batch(
    batch: BatchResult, complete_hint: Callable[[str], str] = str, *, quiet: bool = False
) -> RenderableType:
    """Return how the jobs of a batch ended, and how they compare with the previous ones.

    ``quiet`` leaves out what is the same as before.
    """
    name = PurePath(batch.source).name
    head = Text.assemble((escape_text(name), "bold"), f"  {batch.status}  {format_count(batch.jobs, 'site')}")
    totals = Text(f"{batch.urls:,} URLs" + (f" ({batch.new_urls:,} new)" if batch.new_urls else ""))
    everything = () if quiet else (totals, _render_verdicts(batch))
    parts: list[RenderableType] = [head, *everything, *_render_news(batch)]
    if not quiet:
        parts += _render_failures(batch)
    parts += _render_changed_jobs(batch)
    if batch.unfinished:
        left = f"{batch.unfinished:,} not finished; continue: sitemap batch --resume {batch.batch_id}"
        parts.append(Text(complete_hint(left), "yellow"))
    if not quiet:
        parts += [Text(""), *_render_footer(batch, complete_hint)]
    return Group(*parts)


def has_news(batch: BatchResult) -> bool:
    """Return whether something in a batch is not as before."""
    return bool(batch.news or batch.changed or batch.unfinished)


def _render_verdicts(batch: BatchResult) -> RenderableType:
    table = create_table(number_column(), text_column(), headings=False)
    for verdict, jobs in batch.verdicts.items():
        table.add_row(f"{jobs:,}", render_verdict(verdict))
    return table


def _render_news(batch: BatchResult) -> Iterator[RenderableType]:
    """Yield a section for jobs that newly fail, are worse or recovered."""
    for comparison in (Comparison.NEWLY_FAILING, Comparison.WORSE, Comparison.RECOVERED):
        jobs = [each for each in batch.news if each.comparison is comparison]
        if not jobs:
            continue
        yield from _render_heading(comparison, batch.comparisons[comparison])
        table = create_table(text_column(), text_column(), text_column(), headings=False)
        for each in jobs:
            before = f"was {each.previous_verdict}" if each.previous_verdict else ""
            why = "; ".join(filter(None, (before, each.error)))
            verdict = render_verdict(each.verdict or each.status)
            table.add_row(escape_text(each.domain), verdict, Text(escape_text(why)))
        yield table
        if (more := batch.comparisons[comparison] - len(jobs)) > 0:
            yield Text(f"and {more:,} more: sitemap batch show {batch.batch_id} --format csv", "dim")


def _render_failures(batch: BatchResult) -> Iterator[RenderableType]:
    """Yield the jobs that fail as before or were cancelled, by reason."""
    groups = [each for each in batch.failures if each.comparison in (None, Comparison.STILL_FAILING)]
    if not groups:
        return
    jobs = batch.comparisons.get(Comparison.STILL_FAILING, 0)
    yield from _render_heading(
        Comparison.STILL_FAILING if jobs else "cancelled", jobs or batch.verdicts.get("cancelled", 0)
    )
    table = create_table(text_column(), text_column(), text_column(), headings=False)
    for each in groups:
        more = each.jobs - len(each.domains)
        names = ", ".join(each.domains) + (f" and {more:,} more" if more else "")
        table.add_row(escape_text(names), render_verdict(each.verdict), Text(escape_text(each.error or "")))
    yield table


def _render_heading(title: str, jobs: int) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(f"{title.replace('-', ' ')} ({jobs:,})", "bold")


def _render_footer(batch: BatchResult, complete_hint: Callable[[str], str]) -> Iterator[RenderableType]:
    """Yield the id, the time it took, and how to retry what failed."""
    took = "" if batch.elapsed_ms is None else f"  {format_duration(batch.elapsed_ms / 1000)}"
    yield Text(f"batch {batch.batch_id}{took}", "dim")
    verdicts = [each for each in batch.verdicts if each not in ("ok", "cancelled")]
    if verdicts and not batch.unfinished:
        retry = f"retry with: sitemap jobs retry --batch {batch.batch_id} --verdict {','.join(verdicts)}"
        yield Text(complete_hint(retry), "dim")


def _render_changed_jobs(batch: BatchResult) -> list[RenderableType]:
    if not batch.changed:
        return []
    table = create_table(text_column(), number_column(), number_column(), headings=False)
    for each in batch.changes:
        table.add_row(escape_text(each.domain), *format_changes(each.new_urls, each.removed_urls))
    more = batch.changed - len(batch.changes)
    hint = [Text(f"and {more:,} more changed", "dim")] if more else []
    heading = [Text(""), Text(f"other URLs ({batch.changed:,})", "bold")]
    return [*heading, table, *hint]
