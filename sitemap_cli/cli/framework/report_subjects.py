"""What a report is about: a site, by the job that the user named or the last good one; or a group."""

import datetime as dt
import os
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.chosen_job import choose_noted_job
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import ConfigurationError
from sitemap_cli.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitemap_cli.model.site_report import ReportDocument, SiteReport
    from sitemap_cli.tasks.site_reporting import ReportOptions

EPOCH = "SOURCE_DATE_EPOCH"
"""The time of reproducible files: https://reproducible-builds.org/specs/source-date-epoch/"""


async def report_site(
    run: Run, domain: str | None, job: str | None, base_url: str | None, options: "ReportOptions"
) -> "ReportDocument":
    """Return the report of one site.

    Raises:
        UsageError: neither a domain nor a job is named, or they do not agree.
        NotFoundError: there is no such job, or no job recorded anything.
    """
    from sitemap_cli.model.site_report import ReportDocument
    from sitemap_cli.tasks.site_reporting import build_site_report

    time = read_source_date(os.environ.get(EPOCH))
    async with run.open_database() as db:
        chosen = await choose_noted_job(run, db, domain, job, base_url, or_failed=True)
        site = await build_site_report(db, run.settings.tenant, chosen.job.id, chosen.scope, options)
    title = site.build or f"{site.domain}{chosen.scope or chosen.job.scope or ''}"
    return ReportDocument(title, time or find_newest_time(site), VERSION, site=site, group=None)


async def report_group(
    run: Run, batch: str | None, tags: "Sequence[str]", options: "ReportOptions"
) -> "ReportDocument":
    """Return the report of the sites of a batch, or of those with some tags.

    Raises:
        NotFoundError: there is no such batch.
        UsageError: no domain has the tags.
    """
    from sitemap_cli.cli.view.batch_summary import name_list
    from sitemap_cli.cli.view.live_progress import show_batch_progress
    from sitemap_cli.model.site_report import ReportDocument
    from sitemap_cli.progress import BatchProgress
    from sitemap_cli.services.catalog.group_rows import find_newest, load_batch_group, load_tagged_group
    from sitemap_cli.tasks.group_reporting import build_group_report

    time = read_source_date(os.environ.get(EPOCH))
    async with run.open_database() as db:
        async with db.reading() as session:
            group = (
                await load_tagged_group(session, run.settings.tenant, tags)
                if batch is None
                else await load_batch_group(session, run.settings.tenant, batch)
            )
        progress = BatchProgress(len(group.job_ids) if options.checks_rules else 0)
        with show_batch_progress(run.console, group.name, progress):
            report = await build_group_report(db, run.settings.tenant, group, options, progress)
    title = group.name if batch is None else name_list(group.name)
    return ReportDocument(title, time or find_newest(group), VERSION, site=None, group=report)


def read_source_date(text: str | None) -> str | None:
    """Return the time of a number of seconds since 1970; None for None.

    Raises:
        ConfigurationError: it is not such a number.
    """
    from sitemap_cli.output.iso_times import format_milliseconds

    if not text:
        return None
    try:
        return format_milliseconds(dt.datetime.fromtimestamp(int(text), dt.UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigurationError("not a number of seconds since 1970", where=f"{EPOCH}={text}") from error


def find_newest_time(site: "SiteReport") -> str:
    """Return when the newest of the data was recorded."""
    times = [site.finished_at, site.started_at, site.probe.newest if site.probe else None]
    return max((each for each in times if each), default="1970-01-01T00:00:00.000Z")
