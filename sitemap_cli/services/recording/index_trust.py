"""Which indexes tell the truth about the lastmod of their sitemaps, judged by what earlier runs saw.

Each time a sitemap was asked for, we know what its index said of it and what it turned out to be. An index
is truthful when no sitemap of it ever changed under the same lastmod, and at least one changed with it: one
that always says the same proves nothing.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.crawl.http_cache import Held
from sitemap_cli.services.recording import validators
from sitemap_cli.storage.models import Sitemap, children

JOBS = 10
# However truthful an index is, each of its sitemaps is asked for once in so many days.
DAYS = 7
DATE = len("2026-01-01")
MIDNIGHT = "T00:00"
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Observation:
    """One time that a sitemap was asked for: what its index said, and the document that it was."""

    parent: str
    url: str
    document_id: int
    lastmod: str | None
    lastmod_utc: int | None
    at: dt.datetime


async def add_trusted_lastmods(
    session: AsyncSession, tenant: str, domain_id: int, target: str, held: Mapping[str, Held]
) -> dict[str, Held]:
    """What is held, with the lastmods that need not be verified: those of truthful indexes."""
    sightings = await _load_observations(session, tenant, domain_id, target)
    truthful = _find_reliable_indexes(sightings)
    last = {each.url: each for each in sightings}
    now = dt.datetime.now(dt.UTC)
    return {
        url: replace(known, trusted_lastmod=_find_trusted_lastmod(last.get(url), known, truthful, now))
        for url, known in held.items()
    }


async def _load_observations(
    session: AsyncSession, tenant: str, domain_id: int, target: str
) -> list[Observation]:
    """What the last jobs saw, oldest first; a sitemap that was not asked for was not seen."""
    whose = {"tenant": tenant, "domain": domain_id, "target": target}
    index, said = aliased(Sitemap), children.c
    query = (
        select(
            index.url, Sitemap.url, Sitemap.document_id, said.lastmod, said.lastmod_utc, Sitemap.fetched_at
        )
        .join(index, and_(index.job_id == Sitemap.job_id, index.url == Sitemap.parent))
        .join(
            children,
            and_(said.document_id == index.document_id, said.position == Sitemap.ordinal + 1),
        )
        .where(Sitemap.job_id.in_(validators.select_recent_job_ids((JOBS, validators.ENDED))))
        .where(Sitemap.status_code.is_not(None), Sitemap.error.is_(None), said.loc == Sitemap.url)
        .order_by(Sitemap.job_id, Sitemap.id)
    )
    return [Observation(*row) for row in await session.execute(query, whose)]


def _find_reliable_indexes(sightings: Iterable[Observation]) -> set[str]:
    """The addresses of the indexes that are."""
    by_sitemap: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for each in sightings:
        by_sitemap[each.parent, each.url].append(each)
    proved, refuted = set[str](), set[str]()
    for (parent, _), seen in by_sitemap.items():
        for before, after in itertools.pairwise(seen):
            if before.document_id != after.document_id:
                (proved if before.lastmod != after.lastmod else refuted).add(parent)
    return proved - refuted


def _find_trusted_lastmod(
    seen: Observation | None, held: Held, truthful: set[str], now: dt.datetime
) -> str | None:
    """The lastmod under which a sitemap need not be asked for again.

    Not one of the very day that we asked on: the sitemap may have changed later that day.
    """
    if seen is None or seen.parent not in truthful or seen.document_id != held.document_id:
        return None
    if seen.lastmod is None or seen.lastmod_utc is None or now - seen.at > dt.timedelta(days=DAYS):
        return None
    if len(seen.lastmod) < DATE:  # a year or a month says next to nothing
        return None
    over = seen.lastmod_utc + (DAY if _is_whole_day(seen.lastmod, seen.lastmod_utc) else 0)
    return seen.lastmod if over <= seen.at.timestamp() else None


def _is_whole_day(lastmod: str, utc: int) -> bool:
    """Whether a lastmod means a whole day; many systems write its midnight, in one zone or another."""
    return len(lastmod) == DATE or MIDNIGHT in lastmod or utc % DAY == 0
