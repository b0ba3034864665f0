"""The catalog of domains: a table of all, and one domain."""

import sys
from collections.abc import Sequence

from msgspec import UNSET
from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.numbers import format_short_time
from sitemap_cli.cli.view.table import create_table, number_column, text_column
from sitemap_cli.model.results import DomainResult
from sitemap_cli.output.escaping import escape_text


def render_domain_table(domains: Sequence[DomainResult]) -> RenderableType:
    """Return a table with a row for each domain."""
    table = create_table(
        text_column("domain"),
        text_column("verdict", wrap=False),
        number_column("urls"),
        text_column("last job", wrap=False),
        text_column("tags"),
        text_column("note"),
    )
    for each in domains:
        table.add_row(
            escape_text(each.domain),
            _render_verdict(each),
            _format_urls(each),
            format_short_time(each.finished_at),
            escape_text(" ".join(each.tags)),
            escape_text(each.note or ""),
        )
    return table


def render_domain(domain: DomainResult) -> RenderableType:
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
    return Group(head, table)


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
