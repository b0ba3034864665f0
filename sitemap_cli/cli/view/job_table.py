"""A table of jobs."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.shortening import shorten_ids
from sitemap_cli.cli.look.styles import PLAIN, find_verdict_style
from sitemap_cli.cli.look.table import (
    Choice,
    brief_column,
    create_table,
    name_column,
    number_column,
    word_column,
)
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.model.results import JobSummary
from sitemap_cli.model.values import Status

WIDE = 140
"""Columns of a terminal from which on there is room for reasons."""
JUDGED = (Status.COMPLETED, Status.PARTIAL, Status.FAILED)
"""Statuses that the verdict makes plain."""


def render_job_table(jobs: Sequence[JobSummary], clock: Clock = ABSOLUTE) -> RenderableType:
    """Return a table with a row for each job.

    On a terminal, the verdict stands for the status, ids are short where it is narrow, and a wide one has the
    reasons. Otherwise, everything is as it is recorded.
    """
    return ByOutput(
        lambda: _render_whole(jobs), lambda width: _render_fitted(jobs, clock, has_reasons=width >= WIDE)
    )


def _render_fitted(jobs: Sequence[JobSummary], clock: Clock, *, has_reasons: bool) -> RenderableType:
    table = create_table(
        word_column("job"),
        name_column("domain"),
        word_column("verdict"),
        number_column("sitemaps"),
        number_column("urls"),
        word_column(clock.name_column("started")),
        *([brief_column("reason")] if has_reasons else []),
    )
    for job, short_id in zip(jobs, shorten_ids([each.job_id for each in jobs]), strict=True):
        table.add_row(
            Choice(job.job_id, short_id),
            _name_site(job),
            _describe_ending(job),
            f"{job.sitemaps:,}",
            f"{job.urls:,}",
            clock.format(job.started_at),
            *([job.error or ""] if has_reasons else []),
        )
    return table


def _render_whole(jobs: Sequence[JobSummary]) -> RenderableType:
    table = create_table(
        word_column("job"),
        name_column("domain"),
        word_column("status"),
        word_column("verdict"),
        number_column("sitemaps"),
        number_column("urls"),
        word_column("started"),
    )
    for job in jobs:
        verdict = Text(job.verdict or "", find_verdict_style(job.verdict) if job.verdict else PLAIN)
        table.add_row(
            job.job_id,
            _name_site(job),
            job.status,
            verdict,
            f"{job.sitemaps:,}",
            f"{job.urls:,}",
            job.started_at or "",
        )
    return table


def _name_site(job: JobSummary) -> str:
    return f"{job.domain} (build: {job.build})" if job.build else job.domain


def _describe_ending(job: JobSummary) -> Text:
    """Return the verdict, or the status if that says more."""
    word = job.verdict or job.status if job.status in JUDGED else job.status
    return Text(word, find_verdict_style(word))
