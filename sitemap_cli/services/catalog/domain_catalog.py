"""The catalog of domains: their notes, tags and settings."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.services.catalog import removal
from sitemap_cli.services.catalog.request_settings import RequestSettings
from sitemap_cli.services.recording import domains
from sitemap_cli.storage.insert_ignore import insert_all_or_ignore
from sitemap_cli.storage.models import Domain, Job, Tag

# Domains that a mistyped name is compared with.
MAX_COMPARED = 10_000
LIKE_A_DOMAIN = re.compile(r"([\w-]+\.)+[^\W\d_]{2,}(:\d+)?", re.IGNORECASE)
TAG = re.compile(r"[^\s,;\"'#]+")


async def find_domain_id(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain.

    Raises:
        NotFoundError: the domain is unknown; the hint says how to add it.
    """
    try:
        return await domains.find_domain_id(session, tenant, name)
    except NotFoundError:
        hint = f"sitemap domains add {shlex.quote(name)}"
        raise NotFoundError("unknown domain", where=name, hint=hint) from None


async def find_known_id(session: AsyncSession, tenant: str, name: str) -> int:
    """Return the id of a domain.

    Raises:
        NotFoundError: the domain is unknown; the hint names similar ones.
    """
    try:
        return await domains.find_domain_id(session, tenant, name)
    except NotFoundError:
        query = select(Domain.name).where(Domain.tenant == tenant).order_by(Domain.name).limit(MAX_COMPARED)
        similar = get_close_matches(name.lower(), (await session.scalars(query)).all())
        hint = (
            f"did you mean {' or '.join(similar)}?" if similar else "sitemap domains list shows all domains"
        )
        raise NotFoundError("unknown domain", where=name, hint=hint) from None


async def find_leading_domains(
    session: AsyncSession, tenant: str, words: Sequence[str]
) -> tuple[list[int], list[str]]:
    """Return the ids of the domains at the beginning of some words, and the words behind them.

    Raises:
        NotFoundError: the first word is no known domain, or another one looks like a domain.
    """
    ids = [await find_domain_id(session, tenant, words[0])]
    rest = list(words[1:])
    names = select(Domain.name, Domain.id).where(Domain.tenant == tenant, Domain.name.in_(rest))
    known = {row.name: row.id for row in await session.execute(names)}
    while rest and (domain_id := known.get(rest[0].lower())) is not None:
        ids.append(domain_id)
        rest.pop(0)
    for each in rest:
        if LIKE_A_DOMAIN.fullmatch(each):
            await find_domain_id(session, tenant, each)
    return ids, rest


async def count_tags(session: AsyncSession, tenant: str) -> list[tuple[str, int]]:
    """Return the tags of all domains, and the number of domains with each."""
    name = func.lower(Tag.tag)
    query = select(name, func.count(Tag.domain_id.distinct())).join(Domain, Domain.id == Tag.domain_id)
    rows = await session.execute(query.where(Domain.tenant == tenant).group_by(name).order_by(name))
    return [(tag, count) for tag, count in rows]


async def list_names_by_tags(session: AsyncSession, tenant: str, tags: Sequence[str]) -> list[str]:
    """Return the names of the domains that have all of these tags."""
    query = select(Domain.name).where(Domain.tenant == tenant, *has_tags(tags))
    return list(await session.scalars(query.order_by(Domain.name)))


async def add_tags(session: AsyncSession, tags_by_domain: Mapping[int, Sequence[str]]) -> None:
    """Add tags to domains, by domain id."""
    # In one order, so that two transactions do not wait for each other.
    pairs = sorted({(each, tag) for each, tags in tags_by_domain.items() for tag in tags})
    rows = [{"domain_id": each, "tag": tag} for each, tag in pairs]
    await insert_all_or_ignore(session, Tag, rows)


async def remove_tags(session: AsyncSession, domain_id: int, tags: Sequence[str]) -> None:
    """Remove tags from a domain."""
    await session.execute(delete(Tag).where(Tag.domain_id == domain_id, func.lower(Tag.tag).in_(tags)))


async def record_note(session: AsyncSession, domain_id: int, text: str) -> None:
    """Replace the note of a domain; an empty text removes it."""
    await session.execute(update(Domain).where(Domain.id == domain_id).values(note=text.strip() or None))


async def record_request_settings(session: AsyncSession, domain_id: int, settings: RequestSettings) -> None:
    """Replace the request settings of a domain."""
    stored = settings.to_stored() or None
    await session.execute(update(Domain).where(Domain.id == domain_id).values(preferences=stored))


async def load_request_settings(session: AsyncSession, domain_id: int) -> RequestSettings:
    """Return the request settings of a domain."""
    return RequestSettings.from_stored(
        await session.scalar(select(Domain.preferences).where(Domain.id == domain_id))
    )


async def delete_domains(session: AsyncSession, tenant: str, domain_ids: Collection[int]) -> int:
    """Delete domains, and remove their jobs, whose rows are deleted later.

    Returns:
        The number of removed jobs.
    """
    query = select(Job.id).where(Job.tenant == tenant, Job.domain_id.in_(domain_ids))
    jobs = (await session.scalars(query)).all()
    await removal.mark_jobs_removed(session, jobs)
    await session.execute(delete(Domain).where(Domain.id.in_(domain_ids)))
    return len(jobs)


async def match_names(session: AsyncSession, tenant: str, part: str) -> ColumnElement[bool]:
    """Return a condition for domains whose name contains a text, in letters or in Punycode."""
    if part.isascii() and "xn--" not in part.lower():
        return Domain.name.contains(part.lower(), autoescape=True)
    names = await session.scalars(select(Domain.name).where(Domain.tenant == tenant))
    wanted = [each for each in names if any(part.lower() in one for one in domains.list_spellings(each))]
    return Domain.name.in_(wanted)


def parse_tags(text: str) -> list[str]:
    """Parse tags that are separated by commas, semicolons or blanks, in lower case.

    Raises:
        UsageError: a tag is invalid.
    """
    found = [each for each in re.split(r"[\s,;]+", text.lower()) if each]
    for each in found:
        if not TAG.fullmatch(each):
            raise UsageError("invalid tag", where=each, why="a tag has no blanks, commas or quotes")
    return found


def has_tags(tags: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return conditions for the domains that have all of these tags, in any case."""
    words = [word.lower() for tag in tags for word in re.split(r"[\s,;]+", tag) if word]
    return [Domain.id.in_(select(Tag.domain_id).where(func.lower(Tag.tag) == tag)) for tag in words]
