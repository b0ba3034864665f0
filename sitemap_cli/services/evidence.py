"""Facts that are costly to have, gathered only for the rules that need them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.fetch.robots import Robots
from sitemap_cli.services import (
    against,
    alternates,
    before,
    landing,
    page_changes,
    page_facts,
    permissions,
    repeats,
)
from sitemap_cli.storage.models import Job

Rules = Mapping[str, Robots]
"""The rules of each robots.txt, by its address."""

Gather = Callable[[AsyncSession, Job, SiteFact, Rules], Awaitable[Any]]

GATHER: Mapping[str, Gather] = {
    "against": against.gather,
    "before": before.gather,
    "differing": page_changes.differing,
    "has_homepage": landing.gather,
    "one_way": alternates.one_way,
    "permissions": permissions.gather,
    "probes": page_facts.together,
    "repeats": repeats.gather,
    "split": alternates.split,
    "stillness": page_changes.stillness,
}
"""How each fact is had; the names are those of the fields of :class:`~sitemap_cli.audit.facts.SiteFact`."""


async def of(
    session: AsyncSession, job: Job, site: SiteFact, rules: Rules, needs: frozenset[str]
) -> dict[str, Any]:
    """The facts of these names."""
    return {name: await GATHER[name](session, job, site, rules) for name in sorted(needs)}
