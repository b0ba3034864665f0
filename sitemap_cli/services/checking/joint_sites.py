"""Load the sites that are judged together, and gather what can only be found over all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import RobotsFact
from sitemap_cli.audit.joint_facts import SharedAcrossSites
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.checking import site_facts
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.hreflang_links import LinkedSite
from sitemap_cli.services.checking.joint_duplicates import ListingSite
from sitemap_cli.services.checking.known_probes import find_known_probes
from sitemap_cli.services.recording import foreign_origins, jobs
from sitemap_cli.services.recording.job_sitemaps import load_job_sitemaps
from sitemap_cli.urls import textual_host


@dataclass(frozen=True, slots=True)
class JointSite:
    """One of the sites that are judged together: its domain, links, sitemaps and robots.txt files."""

    domain: str
    linked: LinkedSite
    listing: ListingSite
    robots: tuple[RobotsFact, ...]


async def load_joint_site(
    session: AsyncSession, tenant: str, job_id: str, probe_age: dt.timedelta
) -> JointSite:
    """Load what is needed of a job to judge it together with others; probes may have this age.

    Raises:
        NotFoundError: the job does not exist.
    """
    job, domain = await jobs.find_job(session, tenant, job_id)
    rows = [each for each in await load_job_sitemaps(session, job.id) if each.document_id and each.urls]
    sitemaps, linked, mixed = dict[int, str](), set[int](), set[int]()
    for row in rows:
        sitemaps.setdefault(row.document_id, row.url)
        if row.extensions is None or "alternates" in row.extensions:
            linked.add(row.document_id)
        if foreign_origins.may_be_mixed(row.final_url, row.first_loc, row.last_loc):
            mixed.add(row.document_id)
    hosts = dict.fromkeys(textual_host(url) for row in rows for url in (row.url, row.final_url) if url)
    own = {textual_host(f"https://{domain}/"), *hosts}
    probes = await find_known_probes(session, job, dt.datetime.now(dt.UTC) - probe_age)
    files = await site_facts.load_robots_facts(session, job.id)
    return JointSite(
        domain,
        LinkedSite(
            job.id,
            sitemaps,
            sorted(linked),
            job.scope,
            job.verdict == Verdict.OK,
            textual_host(f"https://{domain}/"),
            frozenset(hosts),
            sorted(probes.places),
            job.sample is not None,
        ),
        ListingSite(textual_host(f"https://{domain}/"), sitemaps, sorted(mixed)),
        tuple(robots for robots, _ in files if robots.is_at_root and textual_host(robots.url) in own),
    )


@fact("shared_across_sites")
async def gather_shared_urls(session: AsyncSession, source: FactSource) -> Sequence[SharedAcrossSites]:
    """Return the URLs that a site lists beside one that it is judged together with."""
    del session
    return source.joint.shared.get(source.job.id, ()) if source.joint else ()
