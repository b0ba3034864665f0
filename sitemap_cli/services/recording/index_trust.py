"""Find out which sitemap indexes have reliable lastmods, from what previous jobs observed.

For each request of a sitemap, the database has what its index listed and which document was read. An index is
reliable if no sitemap of it ever changed under the same lastmod, and at least one changed together with its
lastmod: an index whose lastmods never change proves nothing.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.targets import Target
from sitemap_cli.services.recording.cached_documents import CacheKey
from sitemap_cli.services.recording.job_history import READ_STATUSES, bind_history, select_recent_job_ids
from sitemap_cli.storage.models import Document, Sitemap, children

RECENT_JOBS = 10
# Even the sitemaps of a reliable index are requested again after this many days.
MAX_DAYS = 7
DATE_LENGTH = len("2026-01-01")
MIDNIGHT = "T00:00"
DAY = 86_400

_RECENT = select_recent_job_ids((RECENT_JOBS, READ_STATUSES))


@dataclass(frozen=True, slots=True)
class Observation:
    """One request of a sitemap: the lastmod in its index, and the document that was read, for which scope."""

    parent: str
    url: str
    scope: str | None
    document_id: int
    lastmod: str | None
    lastmod_utc: int | None
    at: dt.datetime

    @property
    def key(self) -> CacheKey:
        """What two observations have in common whose documents can be compared."""
        return CacheKey(self.url, self.scope)


async def add_trusted_lastmods(
    session: AsyncSession,
    tenant: str,
    domain_id: int,
    target: Target,
    cached: Mapping[CacheKey, CachedDocument],
) -> dict[CacheKey, CachedDocument]:
    """Return the cached documents with the lastmods under which they need not be requested again."""
    observations = await _load_observations(session, tenant, domain_id, target)
    reliable = _find_reliable_indexes(observations)
    last = {each.key: each for each in observations}
    now = dt.datetime.now(dt.UTC)
    return {
        key: replace(document, trusted_lastmod=_find_trusted_lastmod(last.get(key), document, reliable, now))
        for key, document in cached.items()
    }


async def _load_observations(
    session: AsyncSession, tenant: str, domain_id: int, target: Target
) -> list[Observation]:
    """Return what the last jobs observed, oldest first; a sitemap that was not requested is left out."""
    recent = await _RECENT.load_rows(session, bind_history(tenant, domain_id, target))
    if not recent:
        return []
    index, listed = aliased(Sitemap), children.c
    # Outer joins: with inner ones Postgres may begin with all that indexes of any job list.
    query = (
        select(index.url, Sitemap.url, Document.scope, Sitemap.document_id)
        .add_columns(listed.lastmod, listed.lastmod_utc, Sitemap.fetched_at, listed.position)
        .outerjoin(index, and_(index.job_id == Sitemap.job_id, index.url == Sitemap.parent))
        .outerjoin(
            children,
            and_(
                listed.document_id == index.document_id,
                listed.position == Sitemap.ordinal + 1,
                listed.loc == Sitemap.url,
            ),
        )
        .outerjoin(Document, Document.id == Sitemap.document_id)
        .where(Sitemap.job_id.in_([each.id for each in recent]))
        .where(Sitemap.status_code.is_not(None), Sitemap.error.is_(None))
        .order_by(Sitemap.job_id, Sitemap.id)
    )
    rows = await session.execute(query)
    return [Observation(*facts) for *facts, position in rows if position is not None]


def _find_reliable_indexes(observations: Iterable[Observation]) -> set[str]:
    """Return the URLs of the indexes whose lastmods proved reliable."""
    by_sitemap: dict[tuple[str, CacheKey], list[Observation]] = defaultdict(list)
    for each in observations:
        by_sitemap[each.parent, each.key].append(each)
    proved, refuted = set[str](), set[str]()
    for (parent, _), observed in by_sitemap.items():
        for previous, current in itertools.pairwise(observed):
            if previous.document_id != current.document_id:
                (proved if previous.lastmod != current.lastmod else refuted).add(parent)
    return proved - refuted


def _find_trusted_lastmod(
    last: Observation | None, document: CachedDocument, reliable: set[str], now: dt.datetime
) -> str | None:
    """Return the lastmod under which a sitemap need not be requested again, or None.

    A lastmod of the day of the last request does not count: the sitemap may have changed later that day.
    """
    if last is None or last.parent not in reliable or last.document_id != document.document_id:
        return None
    if last.lastmod is None or last.lastmod_utc is None or now - last.at > dt.timedelta(days=MAX_DAYS):
        return None
    if len(last.lastmod) < DATE_LENGTH:  # a year or a month is too coarse
        return None
    end = last.lastmod_utc + (DAY if _is_whole_day(last.lastmod, last.lastmod_utc) else 0)
    return last.lastmod if end <= last.at.timestamp() else None


def _is_whole_day(lastmod: str, utc: int) -> bool:
    """Return whether a lastmod means a whole day; many systems write midnight, in some time zone."""
    return len(lastmod) == DATE_LENGTH or MIDNIGHT in lastmod or utc % DAY == 0
