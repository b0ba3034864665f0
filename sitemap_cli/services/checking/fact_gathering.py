"""Facts that are costly to have, gathered only for the rules that need them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.services.checking import (
    comparison,
    duplicate_urls,
    home_page,
    hreflang_links,
    page_changes,
    page_facts,
    previous_job,
    robots_permissions,
)
from sitemap_cli.storage.models import Job

Rules = Mapping[str, RobotsTxt]
"""The rules of each robots.txt, by its address."""

Gather = Callable[[AsyncSession, Job, SiteFact, Rules], Awaitable[Any]]

GATHER: Mapping[str, Gather] = {
    "comparison": comparison.gather_comparison,
    "previous_job": previous_job.gather_previous_job,
    "changed_pages": page_changes.gather_changed_pages,
    "lists_home_page": home_page.gather_home_page,
    "one_way_links": hreflang_links.gather_one_way_links,
    "permissions": robots_permissions.gather_permissions,
    "probe_totals": page_facts.gather_probes,
    "duplicates": duplicate_urls.gather_duplicate_urls,
    "split_clusters": hreflang_links.gather_split_links,
    "unchanged_period": page_changes.gather_stillness,
}
"""How each fact is had; the names are those of the fields of :class:`~sitemap_cli.audit.facts.SiteFact`."""


async def gather_facts(
    session: AsyncSession, job: Job, site: SiteFact, rules: Rules, needs: frozenset[str]
) -> dict[str, Any]:
    """The facts of these names."""
    return {name: await GATHER[name](session, job, site, rules) for name in sorted(needs)}
