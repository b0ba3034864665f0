"""How many of the listed pages a check knows the responses of, and how old these are."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.pages.probed_page import DISALLOWED, LISTED
from sitemap_cli.model.check_results import RequestedPages
from sitemap_cli.services.checking.known_probes import KnownProbes
from sitemap_cli.storage.models import Job, Probe


async def load_page_coverage(session: AsyncSession, job: Job, probes: KnownProbes) -> RequestedPages:
    """Return how many pages of a job were requested: for the job itself, and by the probes of other jobs."""
    own, oldest, newest = 0, None, None
    if job.sample is not None:
        is_own = (Probe.job_id == job.id, Probe.role == LISTED)
        query = select(func.count(), func.min(Probe.asked_at), func.max(Probe.asked_at)).where(*is_own)
        requested = Probe.error.is_(None) | (Probe.error != DISALLOWED)
        own, oldest, newest = (await session.execute(query.where(requested))).one()
    return RequestedPages(
        requested=own + probes.requested,
        of=max(job.unique_urls or job.urls or 0, own),
        earlier=probes.requested,
        oldest=min((_round(each) for each in (oldest, probes.oldest) if each), default=None),
        newest=max((_round(each) for each in (newest, probes.newest) if each), default=None),
    )


def _round(moment: dt.datetime) -> dt.datetime:
    """Return a time in UTC without a fraction of a second."""
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def format_age(age: dt.timedelta) -> str:
    """Return an age in the largest unit that fits."""
    for unit, seconds in (("day", 86_400), ("hour", 3600)):
        if (count := int(age.total_seconds() // seconds)) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than an hour"
