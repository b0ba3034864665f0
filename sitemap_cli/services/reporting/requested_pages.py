"""What is known about the listed pages of a job, for a report."""

import datetime as dt
from collections import Counter

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.model.page_results import ProbeFacts
from sitemap_cli.model.site_report import ProbeSection
from sitemap_cli.services.checking import page_facts, site_facts
from sitemap_cli.services.checking.known_probes import find_known_probes
from sitemap_cli.services.checking.page_coverage import load_page_coverage
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.services.reporting.probe_result import load_probe_result
from sitemap_cli.storage.models import Job

MAX_PAGES = 100
LONGEST = dt.timedelta(days=100 * 365)
NO_RESPONSE = "no-response"


async def load_requested_pages(
    session: AsyncSession, tenant: str, job_id: str, age: float, slow: float
) -> ProbeSection | None:
    """Return how the requested pages of a job responded; None if no page is known.

    Args:
        session: the caller's.
        tenant: the owner of the job.
        job_id: the id of the job.
        age: the age in seconds up to which probes of other jobs count.
        slow: the time until the first byte in seconds after which a page is slow.
    """
    job = await session.get_one(Job, job_id)
    since = dt.datetime.now(dt.UTC) - min(dt.timedelta(seconds=min(age, LONGEST.total_seconds())), LONGEST)
    known = await find_known_probes(session, job, since)
    if job.sample is None and not known.places:
        return None
    site = SiteFact(url="", sitemaps=await site_facts.load_sitemap_facts(session, job.id))
    statuses = Counter[str]()
    async for batch in page_facts.load_compared_pages(session, job, site, known):
        statuses.update(str(page.status_code or page.error or NO_RESPONSE) for page in batch)
    result = await load_probe_result(session, tenant, job_id, {}, slow, known)
    coverage = await load_page_coverage(session, job, known)
    facts = {name: getattr(result, name) for name in ProbeFacts.__struct_fields__}
    left_out = result.pages_left_out + max(0, len(result.pages) - MAX_PAGES)
    return ProbeSection(
        facts=ProbeFacts(**facts),
        statuses=dict(sorted(statuses.items(), key=lambda each: (-each[1], each[0]))),
        oldest=format_time(coverage.oldest),
        newest=format_time(coverage.newest),
        pages=result.pages[:MAX_PAGES],
        pages_left_out=left_out,
    )
