"""The summary of one analyzed target, for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sitemap_cli.cli import advice
from sitemap_cli.cli.hierarchy import MAX_SHOWN, branches
from sitemap_cli.cli.safe import safe
from sitemap_cli.cli.sizes import size

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


def show(console: Console, result: dict[str, Any], findings: Sequence["Finding"]) -> None:
    """Print verdict, sitemaps, freshness, what is wrong and what to do next."""
    parts = [
        _head(result),
        _tree(result),
        _freshness(console, result),
        _sources(result),
        _findings(findings),
        _next(result),
    ]
    console.print(Group(*(Padding(part, (0, 0, 1, 0)) for part in parts if part is not None)))


def _head(result: dict[str, Any]) -> RenderableType:
    totals, verdict = result["totals"], result["verdict"] or result["status"]
    line = Text.assemble((safe(result["target"]), "bold"), "  ", (verdict, COLOURS.get(verdict, "bold red")))
    counts = (
        f"{totals['urls']:,} URLs in {_plural(totals['sitemaps'], 'sitemap')}"
        f" ({totals['unique_urls']:,} unique, {totals['new_urls']:,} new)"
        f"  {size(totals['bytes'])}  {(result['duration_ms'] or 0) / 1000:.1f} s"
    )
    lines = [line, Text(counts)]
    if result["error"]:
        lines.append(Text(safe(result["error"]), "yellow"))
    return Group(*lines)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _tree(result: dict[str, Any]) -> RenderableType | None:
    return branches(result["sitemaps"], most=MAX_SHOWN) if result["sitemaps"] else None


def _freshness(console: Console, result: dict[str, Any]) -> RenderableType | None:
    """A bar for each age of lastmod; without any lastmod at all there is nothing to draw."""
    ages = {age: count for age, count in result["lastmod"].items() if count}
    if not set(ages) - {"missing"}:
        return None
    mark = "#" if console.options.ascii_only else "█"
    most = max(ages.values())
    table = Table(box=None, show_header=False, pad_edge=False, title="lastmod", title_justify="left")
    table.add_column(min_width=14)
    table.add_column(justify="right")
    table.add_column()
    for age, count in ages.items():
        table.add_row(AGES[age], f"{count:,}", Text(mark * max(1, round(BAR * count / most)), "cyan"))
    return table


def _sources(result: dict[str, Any]) -> RenderableType | None:
    """What was asked in vain; shown when it explains an empty result."""
    if result["totals"]["urls"]:
        return None
    table = Table(box=None, show_header=False, pad_edge=False, title="asked", title_justify="left")
    for source in result["sources"][:MAX_SHOWN]:
        code = source["status_code"]
        told = source["answer"] if code is None or source["answer"] != "http-status" else str(code)
        table.add_row(source["source"], Text(told), Text(safe(source["url"]), overflow="fold"))
    if left := len(result["sources"]) - MAX_SHOWN:
        table.add_row("", "", f"and {left} more") if left > 0 else None
    return table if result["sources"] else None


def _findings(findings: Sequence["Finding"]) -> RenderableType | None:
    if not findings:
        return None
    table = Table(box=None, show_header=False, pad_edge=False, title="wrong", title_justify="left")
    for each in findings[:MAX_FINDINGS]:
        where = f"{each.sitemap}:{each.line}" if each.line else each.sitemap or ""
        message = each.message if each.count == 1 else f"{each.message} (and {each.count - 1:,} more like it)"
        told = Text.assemble((safe(message), "default"), "\n", (safe(where), "dim"))
        table.add_row(Text(each.rule, SEVERITIES[each.severity]), Text(each.name), told)
    if len(findings) > MAX_FINDINGS:
        table.add_row("", "", f"and {len(findings) - MAX_FINDINGS} more")
    return table


def _next(result: dict[str, Any]) -> RenderableType:
    return Text("\n".join(safe(line) for line in advice.lines(result)), "dim")
