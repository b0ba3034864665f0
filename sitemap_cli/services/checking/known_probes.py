"""Probe results of other jobs: a page responds the same, whichever job its probe belongs to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.pages.probed_page import DISALLOWED, LISTED
from sitemap_cli.services.recording import job_sitemaps
from sitemap_cli.services.shared.url_keys import find_other_spellings
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Job, Probe, entries

PER_QUERY = 300

_ENTRY = entries.c
_PROBE = models.table_of(Probe).c


class Place(NamedTuple):
    """The entry of a job that lists a page."""

    document_id: int
    position: int


@dataclass(frozen=True, slots=True)
class KnownProbes:
    """Probes of other jobs over the domain, by id, with the first entry of this job that lists their page.

    ``oldest`` and ``newest`` are the times of the requests; ``requested`` pages were not disallowed.
    """

    places: Mapping[int, Place] = field(default_factory=dict)
    oldest: dt.datetime | None = None
    newest: dt.datetime | None = None
    requested: int = 0


class PlacedProbe(NamedTuple):
    """The row of a probe, and the row of the entry that lists its page."""

    probe: Row[*tuple[Any, ...]]
    entry: Row[*tuple[Any, ...]]


async def find_known_probes(session: AsyncSession, job: Job, since: dt.datetime) -> KnownProbes:
    """Return the newest probe of each page that a job lists and that was not probed for the job itself.

    A local build has none: its pages are not published.
    """
    if job.is_local:
        return KnownProbes()
    rows = {row.key: row for row in await session.execute(_select_recent(job, since))}
    if not rows:
        return KnownProbes()
    own = select(Probe.key).where(Probe.job_id == job.id, Probe.role == LISTED)
    for key in await session.scalars(own):
        rows.pop(key, None)
    if not rows:
        return KnownProbes()
    documents = set(await job_sitemaps.count_entries_by_document(session, job.id))
    places = {
        row.id: Place(row.document_id, row.position) for row in rows.values() if row.document_id in documents
    }
    if elsewhere := {row.id for row in rows.values()} - places.keys():
        places |= await _find_places(session, job, since, documents, elsewhere)
        respelled = {row.loc: row.id for row in rows.values() if row.id in elsewhere - places.keys()}
        others = await find_other_spellings(session, documents, respelled)
        places |= {respelled[loc]: Place(*place) for loc, place in others.items()}
    found = [row for row in rows.values() if row.id in places]
    times = [row.asked_at for row in found]
    requested = sum(row.error != DISALLOWED for row in found)
    return KnownProbes(places, min(times, default=None), max(times, default=None), requested)


async def find_probed_domains(session: AsyncSession, tenant: str, domains: Collection[int]) -> set[int]:
    """Return the ids of those of some hundred domains over which a job has probed pages."""
    probed = (Job.tenant == tenant, ~Job.is_local, Job.sample.is_not(None))
    query = select(Job.domain_id).distinct().where(*probed, Job.domain_id.in_(sorted(domains)))
    return set(await session.scalars(query))


def _select_recent(job: Job, since: dt.datetime) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the probes of other jobs over the domain, oldest first."""
    columns: tuple[Any, ...] = (
        Probe.id,
        Probe.key,
        Probe.loc,
        Probe.document_id,
        Probe.position,
        Probe.asked_at,
        Probe.error,
    )
    of_domain = (Job.tenant == job.tenant, Job.domain_id == job.domain_id, ~Job.is_local, Job.id != job.id)
    query = select(*columns).join(Job, Job.id == Probe.job_id).where(*of_domain, Job.sample.is_not(None))
    return query.where(Probe.role == LISTED, Probe.asked_at >= since).order_by(Probe.asked_at, Probe.id)


async def _find_places(
    session: AsyncSession, job: Job, since: dt.datetime, documents: set[int], wanted: set[int]
) -> dict[int, Place]:
    """Find the entries of pages that the documents of a job list elsewhere, in one pass over them."""
    recent = _select_recent(job, since).order_by(None).cte("recent")
    query = (
        select(recent.c.id, _ENTRY.document_id, _ENTRY.position)
        .join(entries, _ENTRY.loc == recent.c.loc)
        .where(_ENTRY.document_id.in_(bind_ids("documents")))
        .order_by(_ENTRY.document_id.desc(), _ENTRY.position.desc())
    )
    rows = await session.execute(query, {"documents": sorted(documents)})
    # The first entry comes last, and stays.
    return {probe: Place(document, position) for probe, document, position in rows if probe in wanted}


async def load_placed_probes(session: AsyncSession, places: Mapping[int, Place]) -> list[PlacedProbe]:
    """Return some probes with the entries that list their pages, in document order."""
    probes = await session.execute(select(*_PROBE).where(_PROBE.id.in_(list(places))))
    columns = (_ENTRY.document_id, _ENTRY.position, _ENTRY.line, _ENTRY.lastmod, _ENTRY.extensions)
    positions = defaultdict[int, list[int]](list)
    for document, position in places.values():
        positions[document].append(position)
    # SQLite would read all entries to find pairs in a list of pairs.
    here = (
        and_(_ENTRY.document_id == document, _ENTRY.position.in_(several))
        for document, several in positions.items()
    )
    query = select(*columns).where(or_(false(), *here))
    by_place = {(row.document_id, row.position): row for row in await session.execute(query)}
    found = [
        PlacedProbe(row, by_place[places[row.id]]) for row in probes if tuple(places[row.id]) in by_place
    ]
    return sorted(found, key=lambda each: (each.entry.document_id, each.entry.position))
