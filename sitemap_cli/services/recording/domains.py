"""Domains: the sites that jobs belong to."""

import datetime as dt
import shlex
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.storage.insert_ignore import insert_all_or_ignore, insert_or_ignore
from sitemap_cli.storage.models import Domain

# A build of SQLite may accept no more than a thousand parameters in one statement.
NAMES_PER_QUERY = 500


async def ensure_domain(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain; record the domain if it is new."""
    values = {"tenant": tenant, "name": name, "created_at": dt.datetime.now(dt.UTC)}
    await insert_or_ignore(session, Domain, values)
    return (await session.scalars(_select_id(tenant, name))).one()


async def ensure_domains(session: AsyncSession, tenant: str, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of domains by their names; record those that are new."""
    now = dt.datetime.now(dt.UTC)
    await insert_all_or_ignore(
        session, Domain, [{"tenant": tenant, "name": name, "created_at": now} for name in names]
    )
    known = dict[str, int]()
    for first in range(0, len(names), NAMES_PER_QUERY):
        some = names[first : first + NAMES_PER_QUERY]
        query = select(Domain.name, Domain.id).where(Domain.tenant == tenant, Domain.name.in_(some))
        known |= dict((await session.execute(query)).tuples().all())
    return known


async def find_domain_id(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain.

    Raises:
        NotFoundError: no job has been recorded for the domain, and it was not added.
    """
    found = await session.scalar(_select_id(tenant, name.strip().lower()))
    if found is None:
        raise NotFoundError(
            "unknown domain", where=name, hint=f"analyze it first: sitemap analyze {shlex.quote(name)}"
        )
    return found


def _select_id(tenant: str, name: str) -> Select[int]:
    return select(Domain.id).where(Domain.tenant == tenant, Domain.name == name)
