"""The history of a domain: a chart of its last jobs, and whether its lastmods can be trusted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.packed_line import PackedLine
from sitemap_cli.cli.look.styles import (
    ACCENT,
    BAD,
    HEADING,
    SEVERITY_STYLES,
    TRUST_STYLES,
    VERDICT_STYLES,
)
from sitemap_cli.cli.look.table import Table, create_table, name_column, number_column, word_column
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.model.catalog_results import DomainDocument
from sitemap_cli.model.history_results import JobChange, LastmodTrust, OtherHistory
from sitemap_cli.model.results import FindingCounts
from sitemap_cli.model.values import Status

WIDEST_BAR = 40
NARROWEST_BAR = 4
GAP = 2
EIGHTHS = " ▏▎▍▌▋▊▉█"
HEIGHTS = "▁▂▃▄▅▆▇█"
PLAIN_HEIGHTS = "_.-=*#"


def render_history(domain: DomainDocument, clock: Clock = ABSOLUTE) -> Iterator[RenderableType]:
    """Yield the chart of the last jobs, the trend, the trust in lastmods and the other histories."""
    if domain.jobs:
        yield Text("")
        yield Text(f"Last {format_count(len(domain.jobs), 'job')}", HEADING)
        yield _JobChart(domain.jobs, clock)
        yield from _render_trend(domain.jobs, clock)
    if domain.lastmod_trust is not None:
        yield Text("")
        yield _render_trust(domain.lastmod_trust)
    if domain.histories:
        yield Text("")
        yield Text("Parts and builds", HEADING)
        yield _render_others(domain.histories, clock)


def _render_others(others: Sequence[OtherHistory], clock: Clock) -> RenderableType:
    table = create_table(name_column(), word_column(), number_column(), word_column(), headings=False)
    for each in others:
        name = f"{each.target} (build)" if each.build else each.target
        time = clock.format_alone(each.finished_at)
        verdict = render_verdict(each.verdict or each.status)
        table.add_row(name, verdict, format_count(each.urls, "URL"), time)
    return table


def render_findings(findings: FindingCounts | None) -> Text:
    """Return the numbers of errors and warnings; empty without any."""
    if findings is None or not (findings.error or findings.warning):
        return Text("")
    parts = ((findings.error, SEVERITY_STYLES["error"]), (findings.warning, SEVERITY_STYLES["warning"]))
    return Text("/").join(Text(f"{count:,}", colour if count else "") for count, colour in parts)


@dataclass(frozen=True, slots=True)
class _JobChart:
    """A row for each job, with a bar for its URLs that is as long as there is room."""

    jobs: Sequence[JobChange]
    clock: Clock

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        width = options.max_width
        rows = [_list_cells(each, self.clock) for each in self.jobs]
        heads = (self.clock.name_column("date"), "urls", "added", "removed", "changed", "err/warn", "verdict")
        widths = (max(len(head), *(cell_len(str(row[at])) for row in rows)) for at, head in enumerate(heads))
        room = min(width - sum(widths) - len(heads) * GAP, WIDEST_BAR)
        table = self._create_table(heads, has_bars=room >= NARROWEST_BAR)
        most = max(each.urls for each in self.jobs)
        for job, row in zip(self.jobs, rows, strict=True):
            bar = [_draw_bar(job, most, room, is_plain=options.ascii_only)] if room >= NARROWEST_BAR else []
            table.add_row(*row[:2], *bar, *row[2:])
        yield table

    def _create_table(self, heads: Sequence[str], *, has_bars: bool) -> Table:
        numbers = [number_column(head) for head in heads[1:-1]]
        bars = [word_column()] if has_bars else []
        date, verdict = (word_column(heads[at]) for at in (0, -1))
        return create_table(date, numbers[0], *bars, *numbers[1:], verdict)


def _list_cells(job: JobChange, clock: Clock) -> list[Text]:
    time = clock.format(job.finished_at)
    counts = (f"{sign}{count:,}" if count else "" for sign, count in _list_counts(job))
    verdict = render_verdict(job.verdict or job.status)
    return [Text(time), Text(f"{job.urls:,}"), *map(Text, counts), render_findings(job.findings), verdict]


def _list_counts(job: JobChange) -> tuple[tuple[str, int | None], ...]:
    return ("+", job.added), ("-", job.removed), ("~", job.changed)


def _draw_bar(job: JobChange, most: int, width: int, *, is_plain: bool) -> Text:
    """Return a bar in eighths of a character, or in whole ones if there are only those of ASCII."""
    eighths = round(8 * width * job.urls / most) if most else 0
    if job.urls:
        eighths = max(eighths, 8 if is_plain else 1)
    whole, rest = divmod(eighths, 8)
    bar = "#" * whole if is_plain else EIGHTHS[8] * whole + EIGHTHS[rest] * bool(rest)
    colour = ACCENT if job.status == Status.COMPLETED else VERDICT_STYLES.get(job.verdict or "", BAD)
    return Text(bar, colour)


def _render_trend(jobs: Sequence[JobChange], clock: Clock) -> Iterator[RenderableType]:
    """Yield how the number of URLs changed from the first to the last complete one of some jobs."""
    complete = [each for each in reversed(jobs) if each.status == Status.COMPLETED]
    if len(complete) < 2:
        return
    first, last = complete[0].unique_urls, complete[-1].unique_urls
    since = clock.format_alone(complete[0].finished_at)
    since = since if clock.now else f"on {since}"
    words = f"{last:,} different URLs, as many as {since}"
    if last != first:
        share = f" ({(last - first) / first:+.1%})" if first else ""
        words = f"{last:,} different URLs, {first:,} {since}{share}"
    yield _Trend([each.unique_urls for each in complete], words)


@dataclass(frozen=True, slots=True)
class _Trend:
    """A line of the numbers of URLs of some jobs, from the lowest to the highest one, and what it says."""

    counts: Sequence[int]
    words: str

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        heights = PLAIN_HEIGHTS if options.ascii_only else HEIGHTS
        counts = self.counts[-WIDEST_BAR:]
        low, high = min(counts), max(counts)
        scale = (len(heights) - 1) / (high - low) if high > low else 0
        line = "".join(heights[round((each - low) * scale)] for each in counts)
        parts = [Text.assemble("trend: ", (line, ACCENT))] if scale else []
        yield PackedLine([*parts, Text(self.words)])


def _render_trust(trust: LastmodTrust) -> Text:
    answer = trust.answer
    return Text.assemble("lastmod reliable: ", (answer, TRUST_STYLES[answer]), ", because ", trust.because)
