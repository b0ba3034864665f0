"""Batches for people: a table of all, and the summary of one."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sitemap_cli.cli.view.analysis import COLOURS
from sitemap_cli.cli.view.numbers import format_changes, format_count
from sitemap_cli.output.escaping import escape_text


def render_batch_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """A line for each batch."""
    drawn = Table(box=None, pad_edge=False)
    for heading in ("batch", "list", "status", "jobs", "started"):
        justify: Any = "right" if heading == "jobs" else "left"
        drawn.add_column(heading, justify=justify, no_wrap=heading != "list", overflow="fold")
    for row in rows:
        started = row["created_at"][:16].replace("T", " ")
        drawn.add_row(row["batch_id"], escape_text(row["source"]), row["status"], f"{row['jobs']:,}", started)
    return drawn


def render_batch(report: dict[str, Any]) -> RenderableType:
    """How the jobs of a batch ended, and the first of those that are not well."""
    name = PurePath(report["source"]).name
    head = Text.assemble(
        (escape_text(name), "bold"), f"  {report['status']}  {format_count(report['jobs'], 'site')}"
    )
    totals = Text(f"{report['urls']:,} URLs ({report['new_urls']:,} new)")
    parts: list[RenderableType] = [head, totals, _verdicts(report), *_wrong(report), *_changes(report)]
    if report["unfinished"]:
        left = f"{report['unfinished']:,} not finished; sitemap batch --resume {report['batch_id']} goes on"
        parts.append(Text(left, "yellow"))
    return Group(*parts)


def _verdicts(report: dict[str, Any]) -> RenderableType:
    drawn = Table(box=None, show_header=False, pad_edge=False)
    drawn.add_column(justify="right")
    drawn.add_column()
    for verdict, jobs in report["verdicts"].items():
        drawn.add_row(f"{jobs:,}", Text(verdict, COLOURS.get(verdict, "bold red")))
    return drawn


def _wrong(report: dict[str, Any]) -> list[RenderableType]:
    if not report["wrong"]:
        return []
    drawn = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(3):
        drawn.add_column(overflow="fold")
    for each in report["wrong"]:
        verdict = each["verdict"] or each["status"]
        told = Text(escape_text(each["error"] or ""))
        drawn.add_row(escape_text(each["domain"]), Text(verdict, COLOURS.get(verdict, "bold red")), told)
    bad = sum(jobs for verdict, jobs in report["verdicts"].items() if verdict != "ok")
    more = bad - len(report["wrong"])
    hint = [Text(f"and {more:,} more: sitemap jobs list --batch {report['batch_id']}", "dim")] if more else []
    return [Text(""), drawn, *hint]


def _changes(report: dict[str, Any]) -> list[RenderableType]:
    if not report["changed"]:
        return []
    drawn = Table(box=None, show_header=False, pad_edge=False)
    drawn.add_column(overflow="fold")
    for _ in range(2):
        drawn.add_column(justify="right")
    for each in report["changes"]:
        drawn.add_row(escape_text(each["domain"]), *format_changes(each))
    more = report["changed"] - len(report["changes"])
    hint = [Text(f"and {more:,} more changed", "dim")] if more else []
    return [Text(""), drawn, *hint]
