"""Gather the facts that the selected rules need; every module of this package can define some."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from functools import cache

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


async def gather_facts(session: AsyncSession, source: FactSource, names: Collection[str]) -> SiteFact:
    """Return the site of ``source`` with the facts of these names."""
    known = discover_facts()
    found = {name: await known[name].gather(session, source) for name in sorted(names)}
    others = {name: value for name, value in found.items() if name not in FIELDS}
    own = {name: value for name, value in found.items() if name in FIELDS}
    return replace(source.site, **own, other_facts={**source.site.other_facts, **others})
