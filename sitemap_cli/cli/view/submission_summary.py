"""What was submitted to search engines: a line for each request, a summary, and the history."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.links import link_url
from sitemap_cli.cli.look.styles import BAD, GOOD, HEADING, PLAIN, QUIET
from sitemap_cli.cli.look.table import (
    create_table,
    name_column,
    number_column,
    prose_column,
    word_column,
)
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.crawl.url_submission import MAX_URLS
from sitemap_cli.model.submission_results import (
    SubmissionFacts,
    SubmissionRow,
    SubmittedBatch,
    SubmittedHost,
)
from sitemap_cli.output.escaping import escape_text

PENDING = 202


def render_batch(batch: SubmittedBatch) -> Text:
    """Return the line of one request."""
    what = f"{format_count(batch.urls, 'URL')} of {batch.host} to {batch.endpoint}"
    status = str(batch.status_code or "no response")
    return Text.assemble(
        (status, BAD if batch.error else GOOD), f"  {escape_text(what)}", _render_error(batch)
    )


def render_summary(result: SubmissionFacts) -> RenderableType:
    """Return what was accepted, what remains and what was skipped."""
    lines = [Text(escape_text(each)) for each in _list_sentences(result)]
    hosts = [part for each in result.hosts for part in _render_host(each)] if result.dry_run else []
    return Group(*hosts, *lines)


def render_history(rows: Sequence[SubmissionRow], clock: Clock = ABSOLUTE) -> RenderableType:
    """Return a table with a row for each response."""
    return ByOutput(lambda: _list_responses(rows, ABSOLUTE), lambda _: _list_responses(rows, clock))


def _list_responses(rows: Sequence[SubmissionRow], clock: Clock) -> RenderableType:
    table = create_table(
        word_column(clock.name_column("submitted")),
        word_column("status"),
        number_column("urls"),
        name_column("host"),
        name_column("endpoint"),
        prose_column("error"),
    )
    for each in rows:
        table.add_row(
            clock.format(each.submitted_at),
            Text(str(each.status_code or "-"), BAD if each.error else PLAIN),
            f"{each.urls:,}",
            each.host,
            link_url(Text(escape_text(each.endpoint)), each.endpoint),
            each.error or "",
        )
    return table


def _list_sentences(result: SubmissionFacts) -> list[str]:
    which = "URL" if result.compared_with is None else "new or changed URL"
    sentences = [f"{format_count(result.urls, which)} of {result.domain}"]
    if not result.urls:
        sentences = [f"nothing to submit of {result.domain}"]
    if len(result.endpoints) > 1:
        sentences[0] += f" for {len(result.endpoints)} endpoints"
    if result.accepted_before:
        sentences[0] += f", {result.accepted_before:,} accepted before"
    if result.dry_run and result.urls:
        requests = sum(-(-each.urls // MAX_URLS) for each in result.hosts) * len(result.endpoints)
        sentences[0] += f"; dry run, nothing was sent: {format_count(requests, 'request')} in all"
    elif result.urls:
        sentences[0] += f", {result.accepted:,} accepted now"
    if result.remaining and not result.dry_run:
        verb = "remains" if result.remaining == 1 else "remain"
        sentences.append(f"{format_count(result.remaining, 'URL')} {verb}; the same command continues")
    sentences += [f"{count:,} skipped: {reason}" for reason, count in result.skipped.items()]
    return sentences


def _render_host(host: SubmittedHost) -> list[RenderableType]:
    fault = f"the key file {host.error}" if host.error else "the key file is right"
    line = Text.assemble(
        (escape_text(host.host), HEADING),
        f"  {format_count(host.urls, 'URL')}  ",
        (escape_text(f"{host.key_file}: {fault}"), BAD if host.error else PLAIN),
    )
    more = [Text(f"  and {host.urls - len(host.first):,} more", QUIET)] if host.urls > len(host.first) else []
    return [line, *(link_url(Text(f"  {escape_text(url)}"), url) for url in host.first), *more]


def _render_error(batch: SubmittedBatch) -> tuple[str, str]:
    if batch.status_code == PENDING:
        return "  accepted, the key is yet to be verified", QUIET
    return (f"  {escape_text(batch.error)}", BAD) if batch.error else ("", "")
