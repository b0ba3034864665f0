"""Lastmods are trusted if they change with few pages at a time; the jobs of a site show it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from sitemap_cli.crawl.pages.probed_page import ListedPage
from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.services.history.lastmod_trust import (
    JobEvidence,
    ProbeEvidence,
    TrustEvidence,
    judge_lastmods,
)
from sitemap_cli.services.history.trust_evidence import load_trust
from sitemap_cli.services.probing import probe_store
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, Job, Sitemap
from tests.integration.history.test_job_changes import Listed, record_nights

QUIET = JobEvidence(40_000)
FEW = JobEvidence(40_000, 12, 12, 12, 2)
BUILD = JobEvidence(40_000, 39_200, 12, 12, 39_200)
SECONDS_APART = JobEvidence(40_000, 39_200, 0, 0, 3)
RELAUNCH = JobEvidence(40_000, 40_000, 39_000, 39_000, 40_000)
ONE_SITEMAP = JobEvidence(40_000, 24_000, 0, 0, 24_000)
BUSY = JobEvidence(40_000, 24_000, 0, 0, 300)
OTHER_FIELDS = JobEvidence(40_000, 0, 500, 0, 0)
SMALL = JobEvidence(5, 5, 0, 0, 5)


def make_evidence(*compared: JobEvidence, jobs: int = 10, **fields: Any) -> TrustEvidence:
    return replace(TrustEvidence(jobs, compared, entries=40_000, given=40_000), **fields)


NO_JOB = TrustEvidence(0)
DAY = {"day": dt.date(2026, 11, 1), "same_day": 39_000}
CASES = {
    "no job": (NO_JOB, None, "no complete job is recorded"),
    "no URLs": (TrustEvidence(3), None, "the last complete job lists no URLs"),
    "no lastmods": (make_evidence(FEW, FEW, given=0), None, "none of 40,000 entries has a lastmod"),
    "one job": (make_evidence(jobs=1), None, "only one complete job is recorded, but 3 are needed"),
    "two jobs": (make_evidence(BUILD, jobs=2), None, "only 2 complete jobs are recorded, but 3 are needed"),
    "nothing changes": (make_evidence(), None, "no lastmod changed in the last 10 complete jobs"),
    "nothing changes since a build": (
        make_evidence(**DAY),
        None,
        "39,000 of 40,000 lastmods are of one day, 2026-11-01, and none changed in the last 10 complete jobs",
    ),
    "one change": (make_evidence(FEW), None, "only one of the last 10 complete jobs has changes"),
    "one build": (
        make_evidence(BUILD),
        None,
        "only one of the last 10 complete jobs has changes of nearly all lastmods",
    ),
    "a good site": (
        make_evidence(*[FEW] * 9),
        True,
        "at most 12 of 40,000 lastmods changed in each of the last 9 jobs with changes",
    ),
    "a good site with new URLs only": (
        make_evidence(QUIET, QUIET, QUIET),
        True,
        "none of 40,000 lastmods changed in the last 3 jobs with changes",
    ),
    "new URLs with the day of a build": (
        make_evidence(QUIET, QUIET, **DAY),
        None,
        "are of one day, 2026-11-01, and none changed in the last 2 jobs with changes",
    ),
    "a relaunch with new content": (make_evidence(FEW, RELAUNCH, FEW), True, "but half or more in 1 other"),
    "a new template in one night": (
        make_evidence(FEW, BUILD, FEW, FEW),
        True,
        "at most 12 of 40,000 lastmods changed in each of the last 3 jobs with changes, but half or more",
    ),
    "a relaunch in two nights": (
        make_evidence(*[FEW] * 8, BUILD, BUILD),
        True,
        "but half or more in 2 others",
    ),
    "a build every night": (
        make_evidence(*[BUILD] * 5),
        False,
        "changed in each of the last 5 jobs with changes: last 39,200 of 40,000, 39,188 of these without",
    ),
    "a build now and then": (
        make_evidence(FEW, BUILD, FEW, BUILD, FEW),
        False,
        "nearly all lastmods changed in 2 of the last 5 jobs with changes: last 39,200",
    ),
    "the time of the request": (
        make_evidence(SECONDS_APART, SECONDS_APART),
        False,
        "each of the last 2 jobs",
    ),
    "a build of one of several sitemaps": (make_evidence(*[ONE_SITEMAP] * 3), False, "last 24,000 of 40,000"),
    "one of two": (
        make_evidence(BUILD, FEW),
        None,
        "nearly all lastmods changed in one of only 2 jobs with changes",
    ),
    "repaired long ago": (make_evidence(*[FEW] * 7, *[BUILD] * 3), True, "but half or more in 3 others"),
    "repaired a moment ago": (make_evidence(FEW, *[BUILD] * 9), False, "in 9 of the last 10 jobs"),
    "very busy": (
        make_evidence(BUSY, BUSY, FEW),
        None,
        "half of the lastmods or more changed in 2 of the last 3 jobs with changes",
    ),
    "other fields": (
        make_evidence(OTHER_FIELDS, OTHER_FIELDS),
        None,
        "no lastmod of a listed URL changed in the last 2 jobs with changes, but 1,000 other values did",
    ),
    "a small site": (
        make_evidence(*[SMALL] * 3),
        None,
        "only 15 lastmods of URLs in two jobs can be compared",
    ),
    "a small site for long": (
        make_evidence(*[SMALL] * 4),
        False,
        "each of the last 4 jobs with changes: last 5 of 5",
    ),
    "the future": (
        make_evidence(FEW, FEW, future=4_000),
        False,
        "4,000 of 40,000 lastmods are in the future",
    ),
    "no dates": (
        make_evidence(jobs=1, invalid=40_000),
        False,
        "40,000 of 40,000 lastmods are no valid dates",
    ),
    "some in the future": (make_evidence(FEW, FEW, future=3_000), True, "at most 12 of 40,000"),
    "unchanged texts": (
        make_evidence(FEW, FEW, probes=ProbeEvidence(100, 12, 50, 10)),
        False,
        "the text of 40 of 50 probed pages did not change with their lastmods",
    ),
    "unchanged lastmods": (
        make_evidence(FEW, FEW, probes=ProbeEvidence(100, 25, 2, 2)),
        False,
        "the lastmods of 23 of 25 probed pages did not change with their text",
    ),
    "texts that always change": (make_evidence(FEW, FEW, probes=ProbeEvidence(100, 99, 2, 2)), True, ""),
    "few probed pages": (make_evidence(FEW, FEW, probes=ProbeEvidence(9, 0, 9, 0)), True, ""),
}


@pytest.mark.parametrize("name", CASES)
def test_lastmods_are_judged_by_what_is_known(name: str) -> None:
    evidence, reliable, because = CASES[name]
    found = judge_lastmods(evidence)
    assert (found.reliable, because in found.because) == (reliable, True), found


PAGES = 30
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def make_night(
    changed: Mapping[int, str], lastmod: str = "2026-09-01", pages: int = PAGES
) -> Sequence[Listed]:
    listed = {f"/{number}": f"2026-08-{number % 28 + 1:02}" for number in range(pages)}
    if lastmod != "2026-09-01":
        listed = dict.fromkeys(listed, lastmod)
    return [listed | {f"/{number}": day for number, day in changed.items()}]


BUILT = [make_night({}, f"2026-10-0{night}") for night in range(1, 5)]
EDITED = [make_night({night: "2026-10-01"}) for night in range(3)]
GROWING = [make_night({}, pages=PAGES + night) for night in range(3)]
STILL_OF_ONE_DAY = [make_night({}, "2026-10-01")] * 3
RELAUNCHED = [*EDITED, make_night({}, "2026-10-09"), make_night({3: "2026-10-12"}, "2026-10-09")]
NIGHTS = {
    "built": (BUILT, False, "each of the last 3 jobs with changes: last 30 of 30, all of these without"),
    "edited": (EDITED, True, "at most 2 of 30 lastmods changed in each of the last 2 jobs with changes"),
    "growing": (GROWING, True, "none of 31 lastmods changed in the last 2 jobs with changes"),
    "still of one day": (STILL_OF_ONE_DAY, None, "30 of 30 lastmods are of one day, 2026-10-01, and none"),
    "relaunched": (RELAUNCHED, True, "but half or more in 1 other"),
}


async def load_trust_after(db: Database, nights: Sequence[Sequence[Listed | None]]) -> LastmodTrust:
    jobs = await record_nights(db, nights)
    async with db.reading() as session:
        return await load_trust(session, await session.get_one(Job, jobs[-1]))


@pytest.mark.parametrize("name", NIGHTS)
async def test_the_recorded_nights_of_a_site_are_judged(db: Database, name: str) -> None:
    nights, reliable, because = NIGHTS[name]
    found = await load_trust_after(db, nights)
    assert (found.reliable, because in found.because) == (reliable, True), found
    assert found.jobs == len(nights)


async def test_a_night_that_was_read_in_part_is_no_evidence(db: Database) -> None:
    nights: Sequence[Sequence[Listed | None]] = [[*night, None] for night in BUILT[:2]]
    found = await load_trust_after(db, nights)
    assert (found.reliable, found.because) == (None, "no complete job is recorded")


async def test_changes_of_an_older_version_are_not_known(db: Database) -> None:
    jobs = await record_nights(db, BUILT)
    async with db.transaction() as session:
        await session.execute(update(Job).values(changes=None))
    async with db.reading() as session:
        found = await load_trust(session, await session.get_one(Job, jobs[-1]))
    assert (found.reliable, found.compared) == (None, 0)


@pytest.mark.parametrize("more", [0, 4])
@pytest.mark.parametrize(("has_text", "reliable"), [(False, False), (True, True)])
async def test_probed_pages_are_compared_with_their_lastmods(
    db: Database, has_text: bool, reliable: bool, more: int
) -> None:
    twelve = dict.fromkeys(range(12), "2026-10-03")
    later = [make_night({1: f"2026-10-{day}", 2: f"2026-10-{day}"}) for day in range(10, 10 + more)]
    nights = [make_night({}), make_night({1: "2026-10-01"}), make_night(twelve), *later]
    jobs = await record_nights(db, nights)
    # The documents of the probed jobs are packed if there are later ones.
    for night, job_id in enumerate(jobs[:3]):
        async with db.transaction() as session:
            documents = select(Sitemap.document_id).where(Sitemap.job_id == job_id, Sitemap.urls > 0)
            document = (await session.scalars(documents)).one() or 0
            pages = [
                msgspec.structs.replace(
                    ListedPage(f"https://shop.test/{number}", document, number + 1).start_result(NOW),
                    text_digest=bytes([night * (has_text and number in twelve)]) * 16,
                )
                for number in range(PAGES)
            ]
            await probe_store.record_probes(session, job_id, pages)
            await session.execute(update(Job).where(Job.id == job_id).values(sample={"size": "all"}))
    async with db.reading() as session:
        found = await load_trust(session, await session.get_one(Job, jobs[-1]))
        packed = await session.scalar(select(func.count()).where(Document.is_packed))
    assert packed == 1 + more
    assert found.reliable is reliable, found
