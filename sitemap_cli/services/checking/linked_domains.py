"""Find domains that hreflang links lead to and that were analyzed before."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Verdict
from sitemap_cli.storage.models import Domain, Job

MAX_HOSTS = 200


async def find_analyzed_domains(session: AsyncSession, tenant: str, hosts: Collection[str]) -> list[str]:
    """Return the domains of a tenant with one of these hosts, without ``www.``, that have a complete job."""
    some = sorted(hosts)[:MAX_HOSTS]
    names = [*some, *(f"www.{host}" for host in some)]
    of_domain = exists().where(Job.domain_id == Domain.id, Job.verdict == Verdict.OK)
    query = select(Domain.name).where(Domain.tenant == tenant, Domain.name.in_(names), of_domain)
    return list(await session.scalars(query.order_by(Domain.name)))
