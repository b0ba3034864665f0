"""A table of jobs."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from sitemap_cli.cli.view.numbers import format_short_time
from sitemap_cli.cli.view.table import create_table, number_column, text_column
from sitemap_cli.model.results import JobSummary
from sitemap_cli.output.escaping import escape_text


def render_job_table(jobs: Sequence[JobSummary], *, short: bool) -> RenderableType:
    """Return a table with a row for each job; ``short`` abbreviates ids and times to fit a terminal."""
    table = create_table(
        text_column("job", wrap=False),
        text_column("domain"),
        text_column("status", wrap=False),
        text_column("verdict", wrap=False),
        number_column("sitemaps"),
        number_column("urls"),
        text_column("started", wrap=False),
    )
    id_length = _find_id_length(jobs) if short else None
    for job in jobs:
        time = job.started_at
        table.add_row(
            job.job_id[:id_length],
            Text(escape_text(f"{job.domain} (build: {job.build})" if job.build else job.domain)),
            job.status,
            job.verdict or "",
            f"{job.sitemaps:,}",
            f"{job.urls:,}",
            format_short_time(time, with_year=False) if short else time or "",
        )
    return table


def _find_id_length(jobs: Sequence[JobSummary]) -> int:
    """Return the length at which these ids differ, at least 8: the first 8 characters are the minute."""
    ids = {job.job_id for job in jobs}
    return next((n for n in range(8, 36) if len({each[:n] for each in ids}) == len(ids)), 36)
