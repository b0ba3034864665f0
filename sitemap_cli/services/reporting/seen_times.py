"""Columns of listed URLs with the times when complete jobs listed them first and last."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ScalarSelect, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.url_columns import FIRST_SEEN, LAST_SEEN
from sitemap_cli.model.values import Status
from sitemap_cli.services.history.url_times import SeenTimes, load_times, make_key
from sitemap_cli.storage.history_models import History
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import are_canonical, identify_url

_UNCHANGED = SeenTimes(None, None)


@dataclass(frozen=True, slots=True)
class JobTimes:
    """What is known of all URLs of a job: the first and the last time of those that never came or went.

    ``history_id`` is that of its history, if URLs came or went. ``first`` is None for a job that was read in
    part: its URLs were not compared, so any of them may be new. ``own`` is the time of the job: its URLs were
    not seen last earlier, even if a job that was stopped recorded some of them as removed.
    """

    history_id: int | None
    first: int | None
    last: int
    own: int


async def load_job_times(session: AsyncSession, job_ids: Collection[str]) -> Mapping[str, JobTimes]:
    """Return the times of some hundred jobs, by their ids."""
    of_history = and_(
        History.domain_id == Job.domain_id, History.history == Job.history, History.is_local == Job.is_local
    )
    first, last = aliased(Job), aliased(Job)
    columns = (Job.id, Job.status, Job.created_at, History.id, History.since)
    query = (
        select(*columns, first.created_at, last.created_at)
        .outerjoin(History, of_history)
        .outerjoin(first, first.id == _select_complete(newest=False))
        .outerjoin(last, last.id == _select_complete(newest=True))
        .where(Job.id.in_(job_ids))
    )
    return {row[0]: _build_times(*row[1:]) for row in await session.execute(query)}


def _build_times(
    status: str,
    created_at: dt.datetime,
    history_id: int | None,
    since: dt.datetime | None,
    begun: dt.datetime | None,
    ended: dt.datetime | None,
) -> JobTimes:
    """Return the times of a job; ``since`` is that of its history, the others are those of complete jobs."""
    first, own = None, _to_seconds(created_at)
    if status == Status.COMPLETED:
        beginning = begun if since is None else since
        first = own if beginning is None else _to_seconds(beginning)
    return JobTimes(history_id, first, own if ended is None else max(_to_seconds(ended), own), own)


async def make_seen_columns(
    session: AsyncSession, urls: TextColumn, times: JobTimes | None
) -> Mapping[str, TextColumn]:
    """Return the columns ``first_seen`` and ``last_seen`` of some URLs of a job, as ISO times in UTC.

    A URL that is still listed was seen last by the last complete job. There are no columns without ``times``.
    """
    if times is None:
        return {}
    locs = urls.split_filled()
    keys = [*map(make_key, locs if are_canonical(locs) else map(identify_url, locs))]
    known: Mapping[int, SeenTimes] = {}
    if times.history_id is not None:
        known = await load_times(session, times.history_id, set(keys))
    found = [known.get(key, _UNCHANGED) for key in keys]
    first = [each.first or times.first for each in found]
    return {
        FIRST_SEEN: TextColumn.join([None if each is None else _format(each) for each in first]),
        LAST_SEEN: TextColumn.join([_format(max(each.last or times.last, times.own)) for each in found]),
    }


def _select_complete(*, newest: bool) -> ScalarSelect[str]:
    """Return a subquery of the first or the last complete job with the same history."""
    other = aliased(Job)
    same = (other.tenant == Job.tenant, other.domain_id == Job.domain_id, other.status == Status.COMPLETED)
    history = (other.history == Job.history, other.is_local == Job.is_local)
    query = select(other.id).where(*same, *history).correlate(Job)
    return query.order_by(other.id.desc() if newest else other.id).limit(1).scalar_subquery()


@lru_cache(maxsize=1_000)
def _format(seconds: int) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _to_seconds(time: dt.datetime) -> int:
    return int(time.timestamp())
