"""A table of batches, and the summary of one batch."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.shortening import shorten_ids
from sitemap_cli.cli.look.styles import CAUTION, HEADING, QUIET
from sitemap_cli.cli.look.table import (
    Choice,
    create_table,
    name_column,
    number_column,
    prose_column,
    word_column,
)
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.numbers import format_changes, format_count, format_duration
from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.model.results import BatchResult, BatchSummary, Comparison, FailureGroup
from sitemap_cli.output.escaping import escape_text

SECTIONS = (
    *(Comparison.NEWLY_FAILING, Comparison.WORSE),
    *(Comparison.FIRST_JOB_FAILED, Comparison.RECOVERED),
)


def render_batch_table(batches: Sequence[BatchSummary], clock: Clock = ABSOLUTE) -> RenderableType:
    """Return a table with a row for each batch."""
    return ByOutput(lambda: _list_batches(batches, ABSOLUTE), lambda _: _list_batches(batches, clock))


def name_list(source: str) -> str:
    """Return what the list of a batch is called: the name of its file."""
    return "standard input" if source == STDIN else PurePath(source).name


def _list_batches(batches: Sequence[BatchSummary], clock: Clock) -> RenderableType:
    table = create_table(
        word_column("batch"),
        name_column("list"),
        word_column("status"),
        number_column("jobs"),
        word_column(clock.name_column("started")),
    )
    for each, short_id in zip(batches, shorten_ids([each.batch_id for each in batches]), strict=True):
        table.add_row(
            Choice(each.batch_id, short_id),
            Choice(each.source, name_list(each.source)),
            render_verdict(each.status),
            f"{each.jobs:,}",
            clock.format(each.created_at),
        )
    return table


def render_batch(
    batch: BatchResult, complete_hint: Callable[[str], str] = str, *, quiet: bool = False
) -> RenderableType:
    """Return how the jobs of a batch ended, and how they compare with the previous ones.

    ``quiet`` leaves out what is the same as before.
    """
    name = name_list(batch.source)
    head = Text.assemble(
        (escape_text(name), HEADING), f"  {batch.status}  {format_count(batch.jobs, 'site')}"
    )
    totals = Text(f"{batch.urls:,} URLs" + (f" ({batch.new_urls:,} new)" if batch.new_urls else ""))
    everything = () if quiet else (totals, _render_verdicts(batch))
    parts: list[RenderableType] = [head, *everything, *_render_news(batch)]
    if not quiet:
        parts += _render_failures(batch)
    parts += _render_changed_jobs(batch)
    if batch.unfinished:
        left = f"{batch.unfinished:,} not finished; continue: sitemap batch --resume {batch.batch_id}"
        parts.append(Text(complete_hint(left), CAUTION))
    if not quiet:
        parts += [Text(""), *_render_footer(batch, complete_hint)]
    return Group(*parts)


def has_news(batch: BatchResult) -> bool:
    """Return whether something in a batch is not as before."""
    return bool(batch.news or batch.changed or batch.unfinished)


def _render_verdicts(batch: BatchResult) -> RenderableType:
    table = create_table(number_column(), word_column(), headings=False)
    for verdict, jobs in batch.verdicts.items():
        table.add_row(f"{jobs:,}", render_verdict(verdict))
    return table


def _render_news(batch: BatchResult) -> Iterator[RenderableType]:
    """Yield a section for jobs that newly fail, are worse, failed as the first ones, or recovered."""
    for comparison in SECTIONS:
        jobs = [each for each in batch.news if each.comparison is comparison]
        if not jobs:
            continue
        yield from _render_heading(comparison, batch.comparisons[comparison])
        more = batch.comparisons[comparison] - len(jobs)
        groups = [each for each in batch.failures if each.comparison is comparison]
        if more > 0 and groups:  # the reasons of all say more than the names of some
            yield _render_groups(groups)
            yield Text(f"each of them: sitemap batch show {batch.batch_id} --format csv", QUIET)
            continue
        table = create_table(name_column(), word_column(), prose_column(), headings=False)
        for each in jobs:
            before = f"was {each.previous_verdict}" if each.previous_verdict else ""
            why = "; ".join(filter(None, (before, each.error)))
            verdict = render_verdict(each.verdict or each.status)
            table.add_row(each.domain, verdict, why)
        yield table
        if more > 0:
            yield Text(f"and {more:,} more: sitemap batch show {batch.batch_id} --format csv", QUIET)


def _render_failures(batch: BatchResult) -> Iterator[RenderableType]:
    """Yield the jobs that fail as before or were cancelled, by reason."""
    groups = [each for each in batch.failures if each.comparison in (None, Comparison.STILL_FAILING)]
    if not groups:
        return
    jobs = batch.comparisons.get(Comparison.STILL_FAILING, 0)
    yield from _render_heading(
        Comparison.STILL_FAILING if jobs else "cancelled", jobs or batch.verdicts.get("cancelled", 0)
    )
    yield _render_groups(groups)


def _render_groups(groups: Sequence[FailureGroup]) -> RenderableType:
    return ByOutput(lambda: _list_by_domains(groups), lambda _: _list_by_verdict(groups))


def _list_by_domains(groups: Sequence[FailureGroup]) -> RenderableType:
    table = create_table(word_column(), word_column(), word_column(), headings=False)
    for each in groups:
        table.add_row(_name_domains(each), render_verdict(each.verdict), each.error or "")
    return table


def _list_by_verdict(groups: Sequence[FailureGroup]) -> RenderableType:
    """Return the verdict and the domains of each group, with the reason below."""
    table = create_table(word_column(), prose_column(), headings=False)
    for each in groups:
        table.add_row(render_verdict(each.verdict), _name_domains(each))
        if each.error:
            table.add_row("", Text(escape_text(each.error), QUIET))
    return table


def _name_domains(group: FailureGroup) -> str:
    more = group.jobs - len(group.domains)
    return ", ".join(group.domains) + (f" and {more:,} more" if more else "")


def _render_heading(title: str, jobs: int) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(f"{title.replace('-', ' ')} ({jobs:,})", HEADING)


def _render_footer(batch: BatchResult, complete_hint: Callable[[str], str]) -> Iterator[RenderableType]:
    """Yield the id, the time it took, and how to retry what failed."""
    took = "" if batch.elapsed_ms is None else f"  {format_duration(batch.elapsed_ms / 1000)}"
    yield Text(f"batch {batch.batch_id}{took}", QUIET)
    verdicts = [each for each in batch.verdicts if each not in ("ok", "cancelled")]
    if verdicts and not batch.unfinished:
        retry = f"retry with: sitemap jobs retry --batch {batch.batch_id} --verdict {','.join(verdicts)}"
        yield Text(complete_hint(retry), QUIET)


def _render_changed_jobs(batch: BatchResult) -> list[RenderableType]:
    if not batch.changed:
        return []
    table = create_table(name_column(), number_column(), number_column(), headings=False)
    for each in batch.changes:
        table.add_row(each.domain, *format_changes(each.new_urls, each.removed_urls))
    more = batch.changed - len(batch.changes)
    hint = [Text(f"and {more:,} more changed", QUIET)] if more else []
    heading = [Text(""), Text(f"other URLs ({batch.changed:,})", HEADING)]
    return [*heading, table, *hint]
