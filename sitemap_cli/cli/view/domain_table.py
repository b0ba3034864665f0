"""The catalog of domains for people, and what a list says of each."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sitemap_cli.cli.view.analysis import COLOURS
from sitemap_cli.output.escaping import escape_text


def render_domain_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A line for each domain."""
    drawn = Table(box=None, pad_edge=False)
    for heading in ("domain", "verdict", "urls", "last run", "tags", "note"):
        justify: Any = "right" if heading == "urls" else "left"
        drawn.add_column(
            heading, justify=justify, overflow="fold", no_wrap=heading in ("verdict", "last run")
        )
    for row in rows:
        urls = "" if row["urls"] is None else f"{row['urls']:,}"
        ran = (row["finished_at"] or "")[:16].replace("T", " ")
        tags, note = " ".join(row["tags"]), row["note"] or ""
        drawn.add_row(
            escape_text(row["domain"]), _verdict(row), urls, ran, escape_text(tags), escape_text(note)
        )
    return drawn


def render_domain(row: Mapping[str, Any]) -> RenderableType:
    """What is known of one domain."""
    head = Text.assemble((escape_text(row["domain"]), "bold"), "  ", _verdict(row))
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column()
    facts.add_column(overflow="fold")
    preferences = row["preferences"]
    headers = [f"{name} from ${variable}" for name, variable in preferences.get("headers", {}).items()]
    told = {
        "tags": " ".join(row["tags"]),
        "note": row["note"],
        "delay": f"{preferences['delay']:g} s" if "delay" in preferences else None,
        "user agent": preferences.get("user_agent"),
        "headers": ", ".join(headers),
        "schedule": f"{row['schedule']}  next {row['next_at'][:16].replace('T', ' ')}"
        if row["schedule"]
        else None,
        "added": row["added_at"][:16].replace("T", " "),
        "last job": row["job_id"],
        "last run": (row["finished_at"] or "")[:16].replace("T", " "),
        "urls": None if row["urls"] is None else f"{row['urls']:,}",
    }
    for name, value in told.items():
        if value:
            facts.add_row(name, escape_text(value))
    return Group(head, facts)


def confirm(question: str) -> bool:
    """Ask whoever sits at the terminal; nobody who does not sit there is sure."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _verdict(row: Mapping[str, Any]) -> Text:
    verdict = row["verdict"] or row["status"] or ""
    return Text(verdict, COLOURS.get(verdict, "bold red"))
