"""Whether a site refuses all its pages to this program, as firewalls do with programs they do not know."""

from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.probed_pages import REFUSALS
from sitemap_cli.crawl.pages.probed_page import LISTED
from sitemap_cli.services.checking.known_probes import PER_QUERY, KnownProbes
from sitemap_cli.storage.models import Probe

MIN_PAGES = 3
"""Of fewer pages, all may be meant for people with an account."""


async def is_refusing(session: AsyncSession, job_id: str, known: KnownProbes | None = None) -> bool:
    """Return whether every page that responded has status 401 or 403, of a job and of other probes.

    Responses of a bot wall do not count.
    """
    counts = func.count(Probe.status_code), func.count().filter(Probe.status_code.in_(REFUSALS))
    is_own = Probe.job_id == job_id, Probe.role == LISTED, Probe.error.is_(None)
    answered, refused = (await session.execute(select(*counts).where(*is_own))).one()
    ids = iter(known.places if known else ())
    while answered == refused and (some := list(islice(ids, PER_QUERY))):
        more, refused_more = (
            await session.execute(select(*counts).where(Probe.id.in_(some), Probe.error.is_(None)))
        ).one()
        answered, refused = answered + more, refused + refused_more
    return bool(answered == refused and refused >= MIN_PAGES)
