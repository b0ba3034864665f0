"""The catalog of domains: a table of all, and one domain."""

import sys
from collections.abc import Sequence

from msgspec import UNSET
from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.history_chart import render_findings, render_history
from sitemap_cli.cli.view.numbers import format_short_time
from sitemap_cli.cli.view.table import create_table, number_column, text_column
from sitemap_cli.model.catalog_results import DomainDocument, DomainResult
from sitemap_cli.output.escaping import escape_text

LONG_NAME = 30
"""Names of domains that are longer are broken into lines, so that the other columns have room."""

REASONED = ("change", "err/warn", "last job")
"""Columns that leave room for the reasons on a terminal, if every domain got worse."""


def render_domain_table(domains: Sequence[DomainResult], *, short: bool = False) -> RenderableType:
    """Return a table with a row for each domain, without columns that are empty in all of them.

    ``short`` leaves out years, and what reasons say, to fit a terminal.
    """
    names = [escape_text(each.domain) for each in domains]
    are_long = max(map(len, names), default=0) > LONG_NAME
    times = [format_short_time(each.finished_at, with_year=not short) for each in domains]
    columns = (
        (text_column("domain", wrap=are_long), names),
        (text_column("verdict", wrap=False), [_render_verdict(each) for each in domains]),
        (number_column("urls"), [_format_urls(each) for each in domains]),
        (number_column("change"), [_format_change(each) for each in domains]),
        (number_column("err/warn"), [render_findings(each.findings) for each in domains]),
        (text_column("last job", wrap=False), times),
        (text_column("worse"), [escape_text(each.worse or "") for each in domains]),
        (text_column("tags"), [escape_text(" ".join(each.tags)) for each in domains]),
        (text_column("note"), [escape_text(each.note or "") for each in domains]),
    )
    left_out = REASONED if domains and all(each.worse for each in domains) else ()
    filled = [
        (column, cells)
        for column, cells in columns
        if any(map(str, cells)) and not (short and column.header in left_out)
    ]
    table = create_table(*(column for column, _ in filled))
    for row in zip(*(cells for _, cells in filled), strict=True):
        table.add_row(*row)
    return table


def render_domain(domain: DomainDocument) -> RenderableType:
    """Return what is known about one domain, without empty fields."""
    head = Text.assemble((escape_text(domain.domain), "bold"), "  ", _render_verdict(domain))
    preferences = domain.preferences
    headers = (preferences.headers or {}).items()
    next_job = f"{domain.schedule}  next {format_short_time(domain.next_at)}" if domain.schedule else ""
    fields = {
        "tags": " ".join(domain.tags),
        "note": domain.note,
        "delay": "" if preferences.delay is UNSET else f"{preferences.delay:g} s",
        "user agent": preferences.user_agent or "",
        "headers": ", ".join(f"{name} from ${variable}" for name, variable in headers),
        "schedule": next_job,
        "added": format_short_time(domain.added_at),
        "last job": domain.job_id,
        "finished": format_short_time(domain.finished_at),
        "urls": _format_urls(domain),
    }
    table = create_table(text_column(), text_column(), headings=False)
    for name, value in fields.items():
        if value:
            table.add_row(name, escape_text(value))
    return Group(head, table, *render_history(domain))


def render_tags(tags: Sequence[tuple[str, int]]) -> RenderableType:
    """Return a table of tags with the number of domains."""
    table = create_table(text_column("tag"), number_column("domains"))
    for tag, count in tags:
        table.add_row(escape_text(tag), f"{count:,}")
    return table


def confirm(question: str) -> bool:
    """Ask a question on the terminal and return whether the answer is yes; without a terminal it is no."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _render_verdict(domain: DomainResult) -> Text:
    return render_verdict(domain.verdict or domain.status or "")


def _format_urls(domain: DomainResult) -> str:
    return "" if domain.urls is None else f"{domain.urls:,}"


def _format_change(domain: DomainResult) -> str:
    """Return the new and removed URLs, and how many more or fewer there are than before."""
    counts = [f"{sign}{count:,}" for sign, count in (("+", domain.added), ("-", domain.removed)) if count]
    share = [f"{domain.change_percent:+.1f}%"] if domain.change_percent else []
    return " ".join((*counts, *share))
