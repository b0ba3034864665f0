"""Domains: the sites that jobs belong to."""

import datetime as dt
import shlex
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.targets import TargetKind, parse_target
from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.storage import models
from sitemap_cli.storage.insert_ignore import insert_all_or_ignore
from sitemap_cli.storage.models import Domain, Job, Tag
from sitemap_cli.storage.transaction_locks import lock_until_end
from sitemap_cli.urls import canonical_domain, readable_domain

# A build of SQLite may accept no more than a thousand parameters in one statement.
NAMES_PER_QUERY = 500

_DOMAIN = models.table_of(Domain).c
_NAMED = select(_DOMAIN.name, _DOMAIN.id).where(
    _DOMAIN.tenant == bindparam("tenant"), _DOMAIN.name.in_(bindparam("names", expanding=True))
)


async def ensure_domain(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain, in whichever spelling it was recorded; record the domain if it is new."""
    return (await ensure_domains(session, tenant, [name]))[name]


async def ensure_domains(session: AsyncSession, tenant: str, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of domains by these names; record those that are new.

    A domain that was recorded in several spellings becomes one.
    """
    known = await _find_ids(session, tenant, names)
    if len(known) < len(set(names)):
        # Another transaction may be recording the domain in another spelling, which is no conflict.
        await lock_until_end(session, f"new domains {tenant}")
        known |= await _find_ids(session, tenant, [name for name in names if name not in known])
    new = {canonical_domain(name): name for name in reversed(names) if name not in known}
    if new:
        now = dt.datetime.now(dt.UTC)
        # In one order, whatever the order of the list, so that two transactions do not wait for each other.
        rows = [{"tenant": tenant, "name": name, "created_at": now} for name in sorted(new.values())]
        await insert_all_or_ignore(session, Domain, rows)
        known |= await _find_ids(session, tenant, [name for name in names if name not in known])
    for ids in {tuple(sorted(several)) for several in known.values() if len(several) > 1}:
        await _merge_domains(session, *ids)
    return {name: min(known[name]) for name in names}


async def find_domain_id(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain.

    Raises:
        NotFoundError: no job has been recorded for the domain, and it was not added.
    """
    found = (await _find_ids(session, tenant, [name])).get(name)
    if found is None:
        raise NotFoundError(
            "unknown domain", where=name, hint=f"analyze it first: sitemap analyze {shlex.quote(name)}"
        )
    return min(found)


def list_spellings(name: str) -> list[str]:
    """Return the names under which a domain may be recorded, the likeliest first.

    A domain is recorded as the user named it: in letters or in Punycode, with or without a default port.
    ``name`` may also be the URL of the whole site.
    """
    if "/" in name or "@" in name:
        name = _find_name(name, (TargetKind.SITE,)) or name
    canonical, readable = canonical_domain(name), readable_domain(name)
    hosts = (canonical, readable, *(f"{each}." for each in (canonical, readable)))
    ports = ("", ":443", ":80") if canonical.endswith("]") or ":" not in canonical else ("",)
    return list(dict.fromkeys((name.strip().lower(), *(host + port for port in ports for host in hosts))))


def list_spellings_of_url(text: str) -> list[str]:
    """Return the names under which the domain of a name, or of any URL, may be recorded."""
    return list_spellings(_find_name(text, tuple(TargetKind)) or text)


def _find_name(text: str, kinds: Sequence[TargetKind]) -> str | None:
    """Return the domain of a target if it is of one of these kinds."""
    with suppress(UsageError):
        target = parse_target(text, local=False)
        return target.domain if target.kind in kinds else None
    return None


async def _find_ids(session: AsyncSession, tenant: str, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the ids of the recorded domains by these names; several for a domain in several spellings."""
    spellings = {name: list_spellings(name) for name in names}
    wanted = list(dict.fromkeys(each for several in spellings.values() for each in several))
    recorded = dict[str, int]()
    for first in range(0, len(wanted), NAMES_PER_QUERY):
        some = wanted[first : first + NAMES_PER_QUERY]
        rows = await session.execute(_NAMED, {"tenant": tenant, "names": some})
        recorded |= {each.name: each.id for each in rows}
    found = {
        name: [recorded[each] for each in several if each in recorded] for name, several in spellings.items()
    }
    return {name: ids for name, ids in found.items() if ids}


async def _merge_domains(session: AsyncSession, kept: int, *others: int) -> None:
    """Give jobs, tags and settings of other spellings of a domain to one of them, and delete the others."""
    await session.execute(update(Job).where(Job.domain_id.in_(others)).values(domain_id=kept))
    tags = await session.scalars(select(Tag.tag).where(Tag.domain_id.in_(others)).distinct())
    await insert_all_or_ignore(session, Tag, [{"domain_id": kept, "tag": tag} for tag in sorted(tags)])
    domain = await session.get_one(Domain, kept)
    for other in [await session.get_one(Domain, each) for each in others]:
        for name in ("note", "preferences"):
            if getattr(domain, name) is None:
                setattr(domain, name, getattr(other, name))
        if domain.schedule is None:
            domain.schedule, domain.next_at = other.schedule, other.next_at
    await session.flush()
    await session.execute(delete(Domain).where(Domain.id.in_(others)))
