"""Load what the jobs of a history show of the lastmods of their site."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.crawl.pages.probed_page import LISTED
from sitemap_cli.model.change_counts import ChangeCounts
from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.values import Status
from sitemap_cli.services.history.lastmod_trust import (
    MAX_COMPARED,
    MAX_JOBS,
    NO_PROBES,
    JobEvidence,
    ProbeEvidence,
    TrustEvidence,
    judge_lastmods,
)
from sitemap_cli.services.shared.packed_documents import Place, load_packed_lastmods
from sitemap_cli.storage.models import Document, Job, Probe, Sitemap, entries

MAX_PAGES = 5_000
"""Probed pages that are compared: enough for a share of them."""
MAX_PACKED = 200
"""Packed documents whose entries are compared with the pages."""
MAX_DOCUMENTS = 1_000
"""Documents whose lastmods are counted by day."""
EPOCH = dt.date(1970, 1, 1)


async def load_trust(session: AsyncSession, job: Job) -> LastmodTrust:
    """Return whether the lastmods of the site of a job can be trusted, judged by all jobs of its history."""
    return judge_lastmods(await load_evidence(session, job))


async def load_job_trust(session: AsyncSession, job_id: str) -> LastmodTrust:
    """Return the same for the job with an id."""
    return await load_trust(session, await session.get_one(Job, job_id))


async def load_evidence(session: AsyncSession, job: Job) -> TrustEvidence:
    """Return what the last complete jobs with the history of a job show: in one to three short statements."""
    rows = await _load_complete_jobs(session, job)
    if not rows:
        return TrustEvidence(0)
    ages: Mapping[str, int] = rows[0].lastmod or {}
    evidence = TrustEvidence(
        jobs=len(rows),
        compared=[_compare(row) for row in rows if row.changes is not None][:MAX_COMPARED],
        entries=sum(ages.values()),
        given=_count_given(ages),
        future=ages.get("future", 0),
        invalid=ages.get("invalid", 0),
        probes=await _load_probes(session, [row.id for row in rows if row.sample is not None]),
    )
    if any(each.lastmod for each in evidence.compared):
        return evidence
    return await _add_day(session, evidence, rows[0].id)


async def _load_complete_jobs(session: AsyncSession, job: Job) -> Sequence[Row[Any]]:
    """Return the last complete jobs of a history, newest first."""
    query = select(Job.id, Job.unique_urls, Job.lastmod, Job.changes, Job.sample).where(
        Job.tenant == job.tenant,
        Job.domain_id == job.domain_id,
        Job.status == Status.COMPLETED,
        Job.history == job.history,
        Job.is_local == job.is_local,
    )
    return (await session.execute(query.order_by(Job.id.desc()).limit(MAX_JOBS))).all()


def _count_given(ages: Mapping[str, int]) -> int:
    return sum(ages.values()) - ages.get("missing", 0)


def _compare(row: Row[Any]) -> JobEvidence:
    """Return how a job differs from the previous one; URLs with a lastmod are as many as in the whole job."""
    changes = msgspec.convert(row.changes, ChangeCounts)
    ages: Mapping[str, int] = row.lastmod or {}
    given = _count_given(ages) / max(sum(ages.values()), 1)
    common = max(row.unique_urls - changes.added, 0)
    return JobEvidence(
        max(round(common * given), changes.lastmod),
        changes.lastmod,
        changes.entry,
        changes.both,
        changes.same_lastmod,
    )


async def _load_probes(session: AsyncSession, jobs: Sequence[str]) -> ProbeEvidence:
    """Compare the pages that the last two of some jobs probed: their texts, and what the entries say."""
    if len(jobs) < 2:
        return NO_PROBES
    probed = (Probe.key, Probe.text_digest, Probe.document_id, Probe.position)
    queries = [
        select(*probed).where(Probe.job_id == each, Probe.role == LISTED, Probe.text_digest.is_not(None))
        for each in jobs[:2]
    ]
    now = queries[0].order_by(Probe.key).limit(MAX_PAGES).subquery()
    then = aliased(Probe)
    new, old = entries.alias("new"), entries.alias("old")
    query = (
        select(
            now.c.text_digest != then.text_digest,
            *(now.c.document_id, now.c.position, then.document_id, then.position),
            *(new.c.position, new.c.lastmod, old.c.position, old.c.lastmod),
        )
        .select_from(now)
        .join(then, and_(then.job_id == jobs[1], then.key == now.c.key, then.text_digest.is_not(None)))
        .outerjoin(new, _is_entry(new, now.c.document_id, now.c.position))
        .outerjoin(old, _is_entry(old, then.document_id, then.position))
        .where(now.c.document_id.is_not(None), then.document_id.is_not(None))
    )
    pairs, lastmods = list[tuple[bool, Place, Place]](), dict[Place, str | None]()
    for has_text, *values in await session.execute(query):
        both = Place(*values[:2]), Place(*values[2:4])
        pairs.append((bool(has_text), *both))
        stored = zip(both, values[4::2], values[5::2], strict=True)
        lastmods |= {place: lastmod for place, position, lastmod in stored if position is not None}
    places = {place for _, *both in pairs for place in both}
    lastmods |= await load_packed_lastmods(session, places - lastmods.keys(), MAX_PACKED)
    counts = Counter(
        (text, lastmods[now_at] != lastmods[then_at])
        for text, now_at, then_at in pairs
        if now_at in lastmods and then_at in lastmods
    )
    return ProbeEvidence(
        pages=counts.total(),
        text=sum(n for (text, _), n in counts.items() if text),
        lastmod=sum(n for (_, lastmod), n in counts.items() if lastmod),
        both=counts[True, True],
    )


def _is_entry(entry: Any, document: Any, position: Any) -> Any:
    return and_(entry.c.document_id == document, entry.c.position == position)


async def _add_day(session: AsyncSession, evidence: TrustEvidence, job_id: str) -> TrustEvidence:
    """Add the most frequent day of the lastmods of a job."""
    of_job = select(Sitemap.document_id).where(Sitemap.job_id == job_id).order_by(Sitemap.id)
    some = of_job.limit(MAX_DOCUMENTS).scalar_subquery()
    counted = Counter[str]()
    for days in await session.scalars(select(Document.days).where(Document.id.in_(some))):
        counted.update({day: n for day, n in (days or {}).items() if day.lstrip("-").isdigit()})
    if not counted:
        return evidence
    day, count = counted.most_common(1)[0]
    return replace(evidence, day=EPOCH + dt.timedelta(days=int(day)), same_day=count)
