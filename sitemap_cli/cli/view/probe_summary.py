"""The summary of a probe."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.links import link_url
from sitemap_cli.cli.look.packed_line import PackedLine
from sitemap_cli.cli.look.styles import BAD, CAUTION, HEADING, PLAIN, QUIET
from sitemap_cli.cli.look.table import create_table, name_column, number_column, word_column
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.page_results import BadPage, ProbeResult
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 20
MAX_SLOW = 5


def render_probe(result: ProbeResult) -> RenderableType:
    """Return the number of requested pages, the share of each problem, and some of the bad pages."""
    parts = [_render_head(result), _render_rates(result), *_render_times(result), *_render_pages(result)]
    return Group(*(part for part in parts if part is not None))


def _render_head(result: ProbeResult) -> RenderableType:
    pages = f"{result.asked:,} of {format_count(result.of, 'page')} requested, {_describe_choice(result)}"
    if not result.of:
        pages = "no page requested: the job lists no URL"
    line = Text.assemble((escape_text(result.domain), HEADING), f"  {pages}")
    counts = {
        "did not respond": result.unanswered,
        "rate limited (429) or blocked": result.blocked,
        "disallowed by robots.txt": result.disallowed,
        **{f"not requested: {describe_reason(reason)}": count for reason, count in result.unasked.items()},
    }
    notes = [
        Text(escape_text(f"{format_count(count, 'page')} {text}"), CAUTION)
        for text, count in counts.items()
        if count
    ]
    return Group(line, *notes)


def _describe_choice(result: ProbeResult) -> str:
    if result.asked >= result.of:
        return "all of them"
    if not result.sample.whole:
        return "a sample"
    return (
        "all that robots.txt allows" if result.asked + result.disallowed >= result.of else "not all of them"
    )


def _render_rates(result: ProbeResult) -> RenderableType | None:
    """Return a row for each problem; none if no page responded itself. The share of all pages is exact."""
    if result.asked <= result.blocked:
        return None
    table = create_table(
        word_column("problem"), number_column("pages"), number_column("share"), number_column("95% CI")
    )
    for each in result.rates:
        interval = f"{_format_percent(each.low)} to {_format_percent(each.high)}"
        bounds = "exact" if each.low == each.high else interval
        style = (HEADING if each.count < result.asked else f"bold {BAD}") if each.count else QUIET
        table.add_row(each.problem, f"{each.count:,}", _format_percent(each.rate), bounds, style=style)
    return table


def _render_times(result: ProbeResult) -> Sequence[RenderableType]:
    """Return how long the pages took until the first byte, and the slowest ones."""
    times = result.times
    if times is None:
        return []
    spread = f"median {_format_ms(times.median_ms)}, 95th percentile {_format_ms(times.p95_ms)}"
    slow = f"{format_count(times.slow, 'page')} slower than {_format_ms(times.slow_after_ms)}"
    line = Text(f"time until the first byte: {spread}; {slow}", CAUTION if times.slow else PLAIN)
    slowest = times.slowest[:MAX_SLOW]
    pages = [
        PackedLine(
            [
                link_url(Text(escape_text(each.loc), QUIET, no_wrap=True), each.loc),
                Text(_format_ms(each.first_byte_ms), QUIET),
            ],
            2,
        )
        for each in slowest
    ]
    return [line, *pages]


def _render_pages(result: ProbeResult) -> Sequence[RenderableType]:
    pages = result.pages
    if not pages:
        return []
    rows = [_list_cells(page) for page in pages[:MAX_SHOWN]]
    listing = ByOutput(lambda: Group(*map(PackedLine, rows)), lambda _: _render_table(rows))
    lines: list[RenderableType] = [Text(""), listing]
    if (more := len(pages) + result.pages_left_out - MAX_SHOWN) > 0:
        lines.append(Text(f"and {more:,} more", QUIET))
    return lines


def _list_cells(page: BadPage) -> list[Text]:
    status = str(page.status_code or describe_reason(page.error or None))
    loc = link_url(Text(escape_text(page.loc)), page.loc)
    return [loc, Text(status, QUIET), Text(", ".join(page.problems), QUIET)]


def _render_table(rows: Sequence[Sequence[Text]]) -> RenderableType:
    table = create_table(name_column(), word_column(), word_column(), headings=False)
    for row in rows:
        table.add_row(*row)
    return table


def _format_ms(ms: int) -> str:
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms} ms"


def _format_percent(share: float) -> str:
    return f"{share * 100:.1f}%"
