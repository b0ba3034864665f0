"""The catalog of domains: a table of all, and one domain."""

import sys
from collections.abc import Sequence

from msgspec import UNSET
from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.styles import HEADING, QUIET
from sitemap_cli.cli.look.table import (
    Choice,
    create_table,
    name_column,
    number_column,
    prose_column,
    word_column,
)
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.view.analysis import render_verdict
from sitemap_cli.cli.view.history_chart import render_findings, render_history
from sitemap_cli.model.catalog_results import DomainDocument, DomainResult
from sitemap_cli.output.escaping import escape_text

WIDE = 120
"""Columns of a terminal from which on there is room for everything."""
REASONED = ("change", "err/warn", "last job")
"""Columns that leave room for the reasons on a terminal, if every domain got worse."""


def render_domain_table(domains: Sequence[DomainResult], clock: Clock = ABSOLUTE) -> RenderableType:
    """Return a table with a row for each domain, without columns that are empty in all of them.

    A narrow terminal leaves out what reasons say.
    """
    return ByOutput(
        lambda: _render_columns(domains, ABSOLUTE),
        lambda width: _render_columns(domains, clock, REASONED if width < WIDE else ()),
    )


def _render_columns(
    domains: Sequence[DomainResult], clock: Clock, reasoned: tuple[str, ...] = ()
) -> RenderableType:
    columns = (
        (name_column("domain"), [each.domain for each in domains]),
        (word_column("verdict"), [_render_verdict(each) for each in domains]),
        (number_column("urls"), [_format_urls(each) for each in domains]),
        (number_column("change"), [_choose_change(each) for each in domains]),
        (number_column("err/warn"), [render_findings(each.findings) for each in domains]),
        (word_column(clock.name_column("last job")), [clock.format(each.finished_at) for each in domains]),
        (prose_column("worse"), [each.worse or "" for each in domains]),
        (prose_column("tags"), [" ".join(each.tags) for each in domains]),
        (prose_column("note"), [each.note or "" for each in domains]),
    )
    left_out = reasoned if domains and all(each.worse for each in domains) else ()
    filled = [
        (column, cells)
        for column, cells in columns
        if any(map(str, cells)) and not (left_out and column.heading.startswith(left_out))
    ]
    table = create_table(*(column for column, _ in filled))
    for row in zip(*(cells for _, cells in filled), strict=True):
        table.add_row(*row)
    return table


def render_domain(domain: DomainDocument, clock: Clock = ABSOLUTE) -> RenderableType:
    """Return what is known about one domain, without empty fields."""
    return ByOutput(lambda: _render_facts(domain, ABSOLUTE), lambda _: _render_facts(domain, clock))


def _render_facts(domain: DomainDocument, clock: Clock) -> RenderableType:
    head = Text.assemble((escape_text(domain.domain), HEADING), "  ", _render_verdict(domain))
    preferences = domain.preferences
    headers = (preferences.headers or {}).items()
    next_job = f"{domain.schedule}  next {clock.format_alone(domain.next_at)}" if domain.schedule else ""
    fields = {
        "tags": " ".join(domain.tags),
        "note": domain.note,
        "delay": "" if preferences.delay is UNSET else f"{preferences.delay:g} s",
        "user agent": preferences.user_agent or "",
        "headers": ", ".join(f"{name} from ${variable}" for name, variable in headers),
        "schedule": next_job,
        "added": clock.format_alone(domain.added_at),
        "last job": domain.job_id,
        "finished": clock.format_alone(domain.finished_at),
        "urls": _format_urls(domain),
    }
    table = create_table(word_column(), prose_column(), headings=False)
    for name, value in fields.items():
        if value:
            table.add_row(name, value)
    return Group(head, table, *render_history(domain, clock))


def render_tags(tags: Sequence[tuple[str, int]]) -> RenderableType:
    """Return a table of tags with the number of domains."""
    table = create_table(name_column("tag"), number_column("domains"))
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
    if domain.only_builds:
        return Text("only builds", QUIET)
    return render_verdict(domain.verdict or domain.status or "")


def _format_urls(domain: DomainResult) -> str:
    return "" if domain.urls is None else f"{domain.urls:,}"


def _choose_change(domain: DomainResult) -> Choice:
    """Return the new and removed URLs, and how many more or fewer there are than before, if there is room."""
    counts = " ".join(
        f"{sign}{count:,}" for sign, count in (("+", domain.added), ("-", domain.removed)) if count
    )
    share = f" {domain.change_percent:+.1f}%" if domain.change_percent else ""
    return Choice(counts + share, counts)
