"""A robots.txt and the results of tests, as text or CSV."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from sitemap_cli.model.line_results import RobotsGroupLine, RobotsSitemapLine, RobotsTestLine
from sitemap_cli.output.escaping import escape_line
from sitemap_cli.output.formats import csv

RobotsRow = RobotsSitemapLine | RobotsGroupLine | RobotsTestLine
"""What is data in every format; problems are data in JSON Lines alone."""

COLUMNS = ("type", "loc", "line", "agents", "crawl_delay", "rules", "agent", "url", "allowed", "rule")
SEPARATORS = {"agents": ", ", "rules": " | "}


def print_text(rows: Iterable[RobotsRow], stream: BinaryIO) -> None:
    """Print each row as it would stand in a robots.txt."""
    texts = (text for row in rows for text in _format_lines(row))
    stream.writelines(f"{escape_line(text)}\n".encode("utf-8", "backslashreplace") for text in texts)


def _format_lines(row: RobotsRow) -> Iterator[str]:
    match row:
        case RobotsSitemapLine():
            yield f"Sitemap: {row.loc}"
        case RobotsGroupLine():
            yield ""
            yield from (f"User-agent: {agent}" for agent in row.agents)
            if row.crawl_delay is not None:
                yield f"  Crawl-delay: {row.crawl_delay:g}"
            yield from (f"  {rule}" for rule in row.rules)
        case RobotsTestLine():
            outcome = "allowed" if row.allowed else "disallowed"
            yield f"{outcome}  {row.url}  ({row.rule or 'no rule'})"


def print_csv(rows: Iterable[RobotsRow], stream: BinaryIO) -> None:
    """Print a table with a row for each; a list is one cell, and columns of other kinds of rows are empty."""
    with csv.open_writer(stream, COLUMNS) as write:
        write(tuple(_format_cell(row, name) for name in COLUMNS) for row in rows)


def _format_cell(row: RobotsRow, name: str) -> object:
    value = row.__struct_config__.tag if name == "type" else getattr(row, name, None)
    if isinstance(value, list):
        return SEPARATORS[name].join(value)
    return str(value).lower() if isinstance(value, bool) else value
