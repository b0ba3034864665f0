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
    "against": comparison.gather,
    "before": previous_job.gather,
    "differing": page_changes.differing,
    "has_homepage": home_page.gather,
    "one_way": hreflang_links.one_way,
    "permissions": robots_permissions.gather,
    "probes": page_facts.together,
    "repeats": duplicate_urls.gather,
    "split": hreflang_links.split,
    "stillness": page_changes.stillness,
}
"""How each fact is had; the names are those of the fields of :class:`~sitemap_cli.audit.facts.SiteFact`."""


async def of(
    session: AsyncSession, job: Job, site: SiteFact, rules: Rules, needs: frozenset[str]
) -> dict[str, Any]:
    """The facts of these names."""
    return {name: await GATHER[name](session, job, site, rules) for name in sorted(needs)}
