"""A robots.txt and the results of tests, as text or CSV."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.table import create_table, name_column, word_column
from sitemap_cli.model.line_results import (
    RobotsCrawlerLine,
    RobotsGroupLine,
    RobotsRule,
    RobotsSignalLine,
    RobotsSitemapLine,
    RobotsTestLine,
    RobotsUsageLine,
)
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.formats import csv

RobotsPreference = RobotsSignalLine | RobotsUsageLine
RobotsRow = RobotsSitemapLine | RobotsPreference | RobotsGroupLine | RobotsCrawlerLine | RobotsTestLine
"""What is data in every format; problems are data in JSON Lines alone."""

COLUMNS = (
    *("type", "loc", "line", "agents", "crawl_delay", "rules", "agent", "url", "allowed", "rule", "signals"),
    "path",
    *("crawler", "owner", "purpose", "access", "group", "group_line", "effect", "source", "verified"),
)
SEPARATORS = {"agents": ", ", "rules": " | "}
HEADINGS = ("Purpose", "Crawler", "Owner", "Access", "Rule", "Group")
NAMED = 3
"""The number of rules to name for a crawler in a text."""


def render_text(rows: Iterable[RobotsRow]) -> RenderableType:
    """Return each row as it would stand in a robots.txt; crawlers are a table, with the signals below it."""
    rows = list(rows)
    crawlers = [row for row in rows if isinstance(row, RobotsCrawlerLine)]
    format_row = _format_below_table if crawlers else _format_lines
    texts = (escape_text(text) for row in rows for text in format_row(row))
    # A terminal wraps these lines itself, so that they can be copied.
    lines = [Text(text, no_wrap=True, overflow="ignore") for text in texts]
    return Group(*([_render_table(crawlers)] if crawlers else []), *lines)


def _format_lines(row: RobotsRow) -> Iterator[str]:
    match row:
        case RobotsSitemapLine():
            yield f"Sitemap: {row.loc}"
        case RobotsSignalLine() | RobotsUsageLine():
            yield f"{'  ' if row.agents else ''}{_format_signals(row)}"
        case RobotsGroupLine():
            yield ""
            yield from (f"User-agent: {agent}" for agent in row.agents)
            if row.crawl_delay is not None:
                yield f"  Crawl-delay: {row.crawl_delay:g}"
            yield from (f"  {rule}" for rule in row.rules)
        case RobotsTestLine():
            outcome = "allowed" if row.allowed else "disallowed"
            yield f"{outcome}  {row.url}  ({row.rule or 'no rule'})"


def _format_below_table(row: RobotsRow) -> Iterator[str]:
    if isinstance(row, RobotsPreference):
        group = ", ".join(row.agents) or "all"
        yield f"{_format_signals(row)} (line {row.line}, for {group})"
    else:
        yield from _format_lines(row)


def _format_signals(row: RobotsPreference) -> str:
    values = ", ".join(f"{name}={value}" for name, value in row.signals.items())
    if isinstance(row, RobotsSignalLine):
        return f"Content-Signal: {values}"
    return f"Content-Usage: {f'{row.path} ' if row.path else ''}{values}"


def _render_table(crawlers: Iterable[RobotsCrawlerLine]) -> RenderableType:
    """Return a table with a row for each crawler."""
    purpose, crawler, owner, access, rule, group = HEADINGS
    table = create_table(
        word_column(purpose),
        name_column(crawler),
        name_column(owner),
        word_column(access),
        name_column(rule),
        name_column(group),
    )
    for each in crawlers:
        table.add_row(*_format_crawler(each))
    return table


def _format_crawler(row: RobotsCrawlerLine) -> tuple[str, ...]:
    is_ignored = row.access in ("blocked", "partly") and not row.obeys
    access = f"{row.access} (may be ignored)" if is_ignored else row.access
    group = f"{row.group} (line {row.group_line})" if row.group else ""
    return row.purpose, row.crawler, row.owner, access, _format_rules(row.rules), group


def _format_rules(rules: list[RobotsRule]) -> str:
    named = [f"{each.rule} (line {each.line})" for each in rules[:NAMED]]
    more = [f"{len(rules) - NAMED:,} more"] if len(rules) > NAMED else []
    return ", ".join([*named, *more])


def print_csv(rows: Iterable[RobotsRow], stream: BinaryIO) -> None:
    """Print a table with a row for each; a list is one cell, and columns of other kinds of rows are empty."""
    with csv.open_writer(stream, COLUMNS) as write:
        write(tuple(_format_cell(row, name) for name in COLUMNS) for row in rows)


def _format_cell(row: RobotsRow, name: str) -> object:
    value = row.__struct_config__.tag if name == "type" else getattr(row, name, None)
    if isinstance(value, list):
        return SEPARATORS[name].join(map(_format_item, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else value


def _format_item(item: str | RobotsRule) -> str:
    return f"{item.rule} (line {item.line})" if isinstance(item, RobotsRule) else item
