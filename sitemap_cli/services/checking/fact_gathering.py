"""Gather the facts that the selected rules need; every module of this package can define some."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import plugins
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.services.checking.fact import Fact, FactSource

PACKAGE = "sitemap_cli.services.checking"
FIELDS = frozenset(each.name for each in fields(SiteFact))


@cache
def discover_facts() -> Mapping[str, Fact]:
    """Return all facts by name."""
    values = (value for module in plugins.load_modules(PACKAGE) for value in vars(module).values())
    return {value.name: value for value in values if isinstance(value, Fact)}


async def gather_fact(session: AsyncSession, source: FactSource, name: str) -> Any:
    """Return the value of a fact about the site of ``source``."""
    return await discover_facts()[name].gather(session, source)


def add_facts(site: SiteFact, found: Mapping[str, Any]) -> SiteFact:
    """Return a site with these facts, by name."""
    others = {name: value for name, value in found.items() if name not in FIELDS}
    own = {name: value for name, value in found.items() if name in FIELDS}
    return replace(site, **own, other_facts={**site.other_facts, **others})
