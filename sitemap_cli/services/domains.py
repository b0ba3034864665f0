"""Domains: the sites somebody asked about."""

import datetime as dt

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.storage.models import Domain
from sitemap_cli.storage.upsert import insert_missing


async def ensure(session: AsyncSession, tenant: str, name: str) -> int:
    """The id of a domain, which is added when it is new."""
    values = {"tenant": tenant, "name": name, "created_at": dt.datetime.now(dt.UTC)}
    await insert_missing(session, Domain, values)
    return (await session.scalars(_id(tenant, name))).one()


async def find(session: AsyncSession, tenant: str, name: str) -> int:
    """The id of a domain.

    Raises:
        NotFoundError: nobody analyzed it.
    """
    found = await session.scalar(_id(tenant, name.strip().lower()))
    if found is None:
        raise NotFoundError("unknown domain", where=name, hint=f"analyze it first: sitemap analyze {name}")
    return found


def _id(tenant: str, name: str) -> Select[int]:
    return select(Domain.id).where(Domain.tenant == tenant, Domain.name == name)
