"""Judge several recorded jobs together: what can only be found over all of their sitemaps."""

import asyncio
import datetime as dt
import math
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sitemap_cli.audit.gate import Gate
from sitemap_cli.audit.joint_facts import JointFacts, SharedAcrossSites
from sitemap_cli.crawl.targets import Target
from sitemap_cli.model.check_results import ProbedPages
from sitemap_cli.services.checking.build_probe import BuildProbe
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.services.checking.hreflang_links import (
    LinkFaults,
    find_one_way_links,
    find_split_clusters,
)
from sitemap_cli.services.checking.job_records import CENTURY
from sitemap_cli.services.checking.joint_duplicates import find_shared_urls
from sitemap_cli.services.checking.joint_sites import JointSite, load_joint_site
from sitemap_cli.services.checking.linked_domains import find_analyzed_domains
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import packing
from sitemap_cli.tasks.check import CheckedJob, check_job
from sitemap_cli.tasks.small_checks import check_recorded_jobs
from sitemap_cli.urls import textual_host

if TYPE_CHECKING:
    from sitemap_cli.audit.gathered_facts import HreflangFaults

MAX_NAMED = 5
"""Domains in a note."""


@dataclass(frozen=True, slots=True)
class StartedCheck:
    """A recorded job to check: what was analyzed, seconds for the rules, its probed pages, or its build."""

    job_id: str
    target: Target | None = None
    deadline: float = math.inf
    probed: ProbedPages | None = None
    build: BuildProbe | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether nothing was analyzed, probed or built for it."""
        return self.target is None and self.probed is None and self.build is None


async def check_started(
    db: Database, tenant: str, started: StartedCheck, options: CheckOptions, gate: Gate | None
) -> CheckedJob:
    """Run the rules over a recorded job; see :func:`~sitemap_cli.tasks.check.check_job`."""
    return await check_job(
        db,
        tenant,
        started.job_id,
        replace(options, build=started.build),
        started.target,
        gate=gate,
        deadline=started.deadline,
        probed=started.probed,
    )


async def check_together(
    db: Database,
    tenant: str,
    started: Sequence[StartedCheck],
    options: CheckOptions,
    gate: Gate | None,
    deadline: float = math.inf,
) -> list[CheckedJob]:
    """Run the rules over recorded jobs, with what is known over all of them; ``deadline`` is for each.

    Raises:
        NotFoundError: there is no such job.
    """
    ids = [each.job_id for each in started]
    joint = await gather_joint_facts(db, tenant, ids, options, deadline)
    options = replace(options, joint=joint)
    is_recorded = bool(started) and all(each.is_recorded for each in started)
    if is_recorded and len(joint.domains) == len(started):
        # Each job is named once, so these are their whole ids in the same order.
        return await check_recorded_jobs(db, tenant, list(joint.domains), options, gate, started[0].deadline)
    return [await check_started(db, tenant, each, options, gate) for each in started]


async def suggest_together(db: Database, tenant: str, checked: Sequence[CheckedJob]) -> str | None:
    """Return a note if hreflang links lead to another of the checked sites, or to one that was analyzed."""
    hosts = {host for job in checked for host in job.outcome.linked_hosts}
    if not hosts:
        return None
    own = {textual_host(f"https://{job.result.domain}/"): job.result.domain for job in checked}
    if among := sorted(own[host] for host in hosts & own.keys()):
        return (
            f"hreflang links lead to {_name(among)}, which {'is' if len(among) == 1 else 'are'} checked, too;"
            " --together looks for the return links there"
        )
    async with db.reading() as session:
        known = await find_analyzed_domains(session, tenant, hosts)
    if not known:
        return None
    command = shlex.join(["sitemap", "check", *sorted(own.values())[:MAX_NAMED], *known[:MAX_NAMED]])
    were = "was" if len(known) == 1 else "were"
    return (
        f"hreflang links lead to {_name(known)}, which {were} analyzed before;"
        f" to look for the return links there: {command} --together"
    )


def _name(domains: Sequence[str]) -> str:
    named = ", ".join(domains[:MAX_NAMED])
    return f"{named} and {len(domains) - MAX_NAMED:,} more" if len(domains) > MAX_NAMED else named


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
        if await packing.expand_for_check(db, site.linked.job_id):
            # Its pages that were probed for other jobs are found in its entries.
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
                    one_way = await find_one_way_links(session, linked, options.spool)
            if "split_clusters" in needs:
                async with db.reading() as session:
                    split = await find_split_clusters(session, linked, options.spool)
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
