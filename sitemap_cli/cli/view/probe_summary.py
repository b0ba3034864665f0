"""What the pages of a site answered, for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 20
PERCENT = 100


def render_probe(result: Mapping[str, Any]) -> RenderableType:
    """How many pages were asked, what is wrong with how many, and some of those."""
    parts = [_head(result), _rates(result), *_pages(result)]
    return Group(*(part for part in parts if part is not None))


def _head(result: Mapping[str, Any]) -> RenderableType:
    sample = result["sample"]
    everything = sample.get("whole") or result["asked"] >= result["of"]
    chosen = "all of them" if everything else "a sample"
    line = Text.assemble(
        (escape_text(result["domain"]), "bold"),
        f"  {result['asked']:,} of {format_count(result['of'], 'page')} asked, {chosen}",
    )
    lines = [line]
    told = (("unanswered", "gave no answer"), ("disallowed", "kept from us by robots.txt"))
    lines += [
        Text(f"{format_count(result[name], 'page')} {words}", "yellow")
        for name, words in told
        if result[name]
    ]
    lines += [
        Text(escape_text(f"{format_count(count, 'page')} not asked: {reason}"), "yellow")
        for reason, count in result["unasked"].items()
    ]
    return Group(*lines)


def _rates(result: Mapping[str, Any]) -> RenderableType | None:
    """A line for each thing that may be wrong; of what was asked as a whole, the share is certain."""
    if not result["asked"]:
        return None
    table = Table(box=None, pad_edge=False)
    for name in ("problem", "pages", "share", "95 % sure"):
        table.add_column(name, justify="left" if name == "problem" else "right")
    for each in result["rates"]:
        bounds = f"{_percent(each['low'])} to {_percent(each['high'])}"
        sure = "exact" if each["low"] == each["high"] else bounds
        style = "bold" if each["count"] else "dim"
        table.add_row(each["problem"], f"{each['count']:,}", _percent(each["rate"]), sure, style=style)
    return table


def _pages(result: Mapping[str, Any]) -> Sequence[RenderableType]:
    pages, left_out = result["pages"], result["pages_left_out"]
    lines: list[RenderableType] = [Text("")] if pages else []
    for page in pages[:MAX_SHOWN]:
        status = page["status_code"] or page.get("error") or ""
        lines.append(
            Text.assemble(escape_text(page["loc"]), (f"  {status}  {', '.join(page['problems'])}", "dim"))
        )
    if (more := len(pages) + left_out - MAX_SHOWN) > 0:
        lines.append(Text(f"and {more:,} more", "dim"))
    return lines


def _percent(share: float) -> str:
    return f"{share * PERCENT:.1f} %"
