"""The summary of one analyzed target, for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table
from rich.text import Text

from sitemap_cli.cli.view import next_steps
from sitemap_cli.cli.view.numbers import format_changes, format_count, format_size
from sitemap_cli.cli.view.sitemap_tree import MAX_SHOWN, render_tree
from sitemap_cli.crawl.discovery_report import group_sources
from sitemap_cli.output.escaping import escape_text

if TYPE_CHECKING:
    from sitemap_cli.storage.models import Finding

COLOURS = {"ok": "bold green", "partial": "bold yellow", "empty": "bold yellow", "absent": "bold yellow"}
SEVERITIES = {"error": "red", "warning": "yellow", "info": "cyan"}
AGES = {
    "future": "in the future",
    "1d": "last day",
    "7d": "last week",
    "30d": "last month",
    "90d": "last 3 months",
    "365d": "last year",
    "older": "older",
    "missing": "no lastmod",
    "invalid": "unreadable",
}
BAR = 32
MAX_FINDINGS = 12


def render_analysis(result: dict[str, Any], findings: Sequence["Finding"]) -> RenderableType:
    """Verdict, sitemaps, freshness, what is wrong and what to do next."""
    parts = [
        _head(result),
        _tree(result),
        _freshness(result["lastmod"]),
        _sources(result),
        _findings(findings),
        _next(result),
    ]
    first, *rest = (part for part in parts if part is not None)
    return Group(first, *(line for part in rest for line in (Text(""), part)))


def _head(result: dict[str, Any]) -> RenderableType:
    totals, verdict = result["totals"], result["verdict"] or result["status"]
    line = Text.assemble(
        (escape_text(result["target"]), "bold"), "  ", (verdict, COLOURS.get(verdict, "bold red"))
    )
    told = ", ".join((f"{totals['unique_urls']:,} unique", *format_changes(totals)))
    counts = (
        f"{format_count(totals['urls'], 'URL')} in {format_count(totals['sitemaps'], 'sitemap')} ({told})"
        f"  {format_size(totals['bytes'])}  {(result['duration_ms'] or 0) / 1000:.1f} s"
    )
    lines = [line, Text(counts)]
    if result["error"]:
        lines.append(Text(escape_text(result["error"]), "yellow"))
    return Group(*lines)


def _tree(result: dict[str, Any]) -> RenderableType | None:
    return render_tree(result["sitemaps"], most=MAX_SHOWN) if result["sitemaps"] else None


def _freshness(lastmod: Mapping[str, int]) -> RenderableType | None:
    """A bar for each age of lastmod; without any lastmod at all there is nothing to draw."""
    ages = {age: count for age, count in lastmod.items() if count}
    return _Bars(ages) if set(ages) - {"missing"} else None


@dataclass(frozen=True, slots=True)
class _Bars:
    """A bar for each age, of characters that the output can show."""

    ages: Mapping[str, int]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        mark = "#" if options.ascii_only else "█"
        most = max(self.ages.values())
        table = _table("lastmod")
        table.columns[1].justify = "right"
        for age, count in self.ages.items():
            table.add_row(AGES[age], f"{count:,}", Text(mark * max(1, round(BAR * count / most)), "cyan"))
        yield table


def _table(title: str) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, title=title, title_justify="left")
    for _ in range(3):
        table.add_column(overflow="fold")
    return table


def _sources(result: dict[str, Any]) -> RenderableType | None:
    """What was asked in vain; shown when it explains an empty result."""
    if result["totals"]["urls"]:
        return None
    table = _table("asked")
    for source, told, urls in group_sources(result["sources"])[:MAX_SHOWN]:
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        table.add_row(source, Text(told), Text(escape_text(urls[0]) + more, overflow="fold"))
    return table if result["sources"] else None


def _findings(findings: Sequence["Finding"]) -> RenderableType | None:
    if not findings:
        return None
    table = _table("wrong")
    for each in findings[:MAX_FINDINGS]:
        where = f"{each.sitemap}:{each.line}" if each.line else each.sitemap or ""
        message = each.message if each.count == 1 else f"{each.message} (and {each.count - 1:,} more like it)"
        told = Text.assemble((escape_text(message), "default"), "\n", (escape_text(where), "dim"))
        table.add_row(Text(each.rule, SEVERITIES[each.severity]), Text(each.name), told)
    if len(findings) > MAX_FINDINGS:
        table.add_row("", "", f"and {len(findings) - MAX_FINDINGS} more")
    return table


def _next(result: dict[str, Any]) -> RenderableType:
    return Text("\n".join(escape_text(line) for line in next_steps.suggest_next_steps(result)), "dim")
