"""Judge several recorded jobs together: what can only be found over all of their sitemaps."""

import asyncio
import datetime as dt
import math
import time
from collections.abc import Sequence

from sitemap_cli.audit.gathered_facts import HreflangFaults
from sitemap_cli.audit.joint_facts import JointFacts, SharedAcrossSites
from sitemap_cli.services.checking.checks import CENTURY, CheckOptions
from sitemap_cli.services.checking.hreflang_links import HreflangLinks, LinkFaults
from sitemap_cli.services.checking.joint_duplicates import find_shared_urls
from sitemap_cli.services.checking.joint_sites import JointSite, load_joint_site
from sitemap_cli.storage.database import Database


async def gather_joint_facts(
    db: Database, tenant: str, job_ids: Sequence[str], options: CheckOptions, deadline: float = math.inf
) -> JointFacts:
    """Return what the selected rules need to know over several jobs, each part in a transaction of its own.

    Args:
        db: the database.
        tenant: the tenant of the jobs.
        job_ids: the ids of the jobs, or unique prefixes of them; the same job may be named twice.
        options: the rules and their parameters.
        deadline: seconds for all of it; what is not known then is missing, and ``is_cut`` says so.

    Raises:
        NotFoundError: there is no such job.
    """
    until = time.monotonic() + deadline
    age = dt.timedelta(seconds=min(options.probe_age, CENTURY))
    by_job = dict[str, JointSite]()
    for job_id in job_ids:
        async with db.reading() as session:
            site = await load_joint_site(session, tenant, job_id, age)
        by_job.setdefault(site.linked.job_id, site)
    sites = [*by_job.values()]
    needs = set[str]().union(*(rule.needs for rule in options.selection.select_rules()))
    linked = [each.linked for each in sites]
    one_way: Sequence[LinkFaults] = ()
    split: Sequence[HreflangFaults] = ()
    shared: Sequence[tuple[SharedAcrossSites, ...]] = ()
    is_cut = False
    try:
        async with asyncio.timeout_at(until):
            if "one_way_links" in needs:
                async with db.reading() as session:
                    one_way = await HreflangLinks(session, linked, options.spool).find_one_way()
            if "split_clusters" in needs:
                async with db.reading() as session:
                    split = await HreflangLinks(session, linked, options.spool).find_split()
            if "shared_across_sites" in needs:
                async with db.reading() as session:
                    listing = [each.listing for each in sites]
                    shared = await find_shared_urls(session, listing, options.spool)
    except TimeoutError:
        is_cut = True
    ids = [*by_job]
    return JointFacts(
        {job_id: site.domain for job_id, site in by_job.items()},
        tuple(dict.fromkeys(each.domain for each in sites if not each.linked.is_whole)),
        tuple(robots for site in sites for robots in site.robots),
        dict(zip(ids, one_way, strict=False)),
        dict(zip(ids, split, strict=False)),
        dict(zip(ids, shared, strict=False)),
        is_cut,
    )
