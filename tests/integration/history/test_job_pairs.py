"""Which two jobs are compared: the last two complete ones, or those that an id or a time names."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording.domains import ensure_domain
from sitemap_cli.services.recording.job_pairs import JobPair, JobReference, choose_pair
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job

FIRST = dt.datetime(2026, 11, 1, 2, tzinfo=dt.UTC)
SHOP, OTHER, NEW = "shop.test", "other.test", "new.test"


class Recorded(NamedTuple):
    """A job: its domain, what it covers, and how it ended."""

    domain: str = SHOP
    status: Status = Status.COMPLETED
    history: str = "/"
    is_local: bool = False
    sitemaps: int = 2


# A job a day, from the first of November on.
JOBS: Mapping[str, Recorded] = {
    "1": Recorded(),
    "2": Recorded(),
    "3": Recorded(OTHER),
    "4": Recorded(history="/blog/"),
    "5": Recorded(status=Status.PARTIAL),
    "6": Recorded(),
    "7": Recorded(is_local=True, history="dist/https://shop.test/"),
    "8": Recorded(status=Status.FAILED, sitemaps=0),
    "9": Recorded(status=Status.PARTIAL),
    "10": Recorded(status=Status.RUNNING),
    "11": Recorded(NEW),
    "12": Recorded(NEW, Status.PARTIAL),
}
FOUND = {
    "the last two complete jobs by default": (SHOP, None, None, False, "2 6"),
    "two ids": (SHOP, "#1", "#2", False, "1 2"),
    "the previous job of one that is named": (SHOP, None, "#2", False, "1 2"),
    "the last complete job after one that is named": (SHOP, "#1", None, False, "1 6"),
    "an id needs no domain": (None, "#1", None, False, "1 6"),
    "the last complete job": (SHOP, "#1", "last", False, "1 6"),
    "times with complete jobs of the same part before them": (
        SHOP,
        "2026-11-01T12:00Z",
        "2026-11-05T12:00Z",
        False,
        "1 2",
    ),
    "a time without a newer job": (SHOP, "2026-11-20T00:00Z", None, False, "6 6"),
    "jobs read in part, with the complete one before": (SHOP, None, None, True, "6 9"),
    "jobs read in part, by id": (SHOP, "#5", "#9", True, "5 9"),
    "jobs read in part, where only one is complete": (NEW, None, None, True, "11 12"),
}
REFUSED = {
    "one complete job": (
        NEW,
        None,
        None,
        (
            "nothing to compare with (new.test): first run: the job from 2026-11-11 02:00 UTC has no "
            "complete one before it"
        ),
    ),
    "one complete job of a part": (
        f"{SHOP}/blog/",
        None,
        None,
        (
            "nothing to compare with (shop.test): first run: the job from 2026-11-04 02:00 UTC has no "
            "complete one before it"
        ),
    ),
    "the older one is newer": (
        SHOP,
        "#6",
        "#1",
        (
            "the older job is newer than the other one (--from #6): it is from 2026-11-06 02:00 UTC, and "
            "--to #1 from 2026-11-01 02:00 UTC"
        ),
    ),
    "a time before the first job": (
        SHOP,
        "2026-10-01T00:00Z",
        None,
        "no complete job is as old (--from 2026-10-01T00:00Z): the first one is from 2026-11-01 02:00 UTC",
    ),
    "a job read in part": (SHOP, "#5", None, "the job is not complete (job #5): it was read in part"),
    "a job that recorded nothing": (
        SHOP,
        "#8",
        None,
        "the job is not complete (job #8): it recorded no sitemap",
    ),
    "a job that runs": (SHOP, None, "#10", "the job has not ended (job #10): it is running"),
    "a job of another domain": (
        SHOP,
        "#3",
        None,
        "not a job of this domain (#3): it is a job of other.test, not of shop.test",
    ),
    "jobs of two domains": (
        None,
        "#3",
        "#6",
        "not a job of this domain (--from #3): job #3 is one of other.test",
    ),
    "jobs of two parts": (
        SHOP,
        "#4",
        "#6",
        (
            "jobs over different parts of a site cannot be compared (--from #4): one is of shop.test/blog/, "
            "the other of shop.test"
        ),
    ),
    "a local build and the site": (
        SHOP,
        "#7",
        "#6",
        (
            "jobs over different parts of a site cannot be compared (--from #7): one is of dist, the other "
            "of shop.test"
        ),
    ),
}


def make_id(name: str) -> str:
    return f"{int(name):08d}-0000-7000-8000-000000000000"


def refer(option: str, text: str | None) -> JobReference | None:
    if text is None:
        return None
    if text.startswith("#"):
        return JobReference(option, make_id(text[1:]))
    return JobReference(option, text, None if text == "last" else dt.datetime.fromisoformat(text))


async def record(db: Database) -> None:
    async with db.transaction() as session:
        for name, job in JOBS.items():
            made = FIRST + dt.timedelta(days=int(name) - 1)
            domain_id = await ensure_domain(session, "default", job.domain)
            facts = job._asdict() | {"urls": 1, "unique_urls": 1, "bytes": 1}
            del facts["domain"]
            target = "dist" if job.is_local else f"{job.domain}{job.history if job.history != '/' else ''}"
            session.add(
                Job(
                    id=make_id(name),
                    tenant="default",
                    domain_id=domain_id,
                    target=target,
                    created_at=made,
                    started_at=made,
                    **facts,
                )
            )


async def choose(
    db: Database, domain: str | None, old: str | None, new: str | None, *, partial: bool = False
) -> JobPair:
    async with db.reading() as session:
        older, newer = refer("--from", old), refer("--to", new)
        return await choose_pair(session, "default", domain, older, newer, takes_partial=partial)


async def test_the_pair_is_the_one_that_is_named(db: Database) -> None:
    await record(db)
    for case, (domain, old, new, partial, expected) in FOUND.items():
        pair = await choose(db, domain, old, new, partial=partial)
        assert f"{int(pair.old.id[:8])} {int(pair.new.id[:8])}" == expected, case
        assert pair.is_same == (len({*expected.split()}) == 1)


async def test_a_pair_that_cannot_be_compared_is_refused(db: Database) -> None:
    await record(db)
    for case, (domain, old, new, message) in REFUSED.items():
        with pytest.raises(UsageError) as caught:
            await choose(db, domain, old, new)
        found = str(caught.value)
        for name in JOBS:
            found = found.replace(make_id(name), f"#{name}")
        assert found == message, case


async def test_jobs_read_in_part_need_the_option(db: Database) -> None:
    await record(db)
    for old, new in ((None, "#9"), ("#5", None)):
        with pytest.raises(UsageError) as caught:
            await choose(db, SHOP, old, new)
        assert caught.value.hint == "--partial compares what both read, without removals"
