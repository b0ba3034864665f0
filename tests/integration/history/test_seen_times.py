"""URLs are listed with the times when complete jobs listed them first and last."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest

from sitemap_cli.errors import UnreadableError
from sitemap_cli.services.history import job_changes
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.reporting.listed_urls import UrlFilter, list_windows, load_window
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import job_ending
from tests.integration.history.test_job_changes import Listed, record_nights

OLD = "2026-11-01"
FIELDS = ("loc", "first_seen", "last_seen")


ONE, TWO, THREE = (f"2026-11-0{day}T03:00:00Z" for day in (1, 2, 3))


class Clock(dt.datetime):
    """A clock that is set to a day of November, at three."""

    day = 1

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime(2026, 11, cls.day, 3, tzinfo=tz)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "dt", SimpleNamespace(datetime=Clock, UTC=dt.UTC))


async def record_days(db: Database, nights: Sequence[Sequence[Listed | None]]) -> list[str]:
    """Record a job on each of the first days of November."""
    found = list[str]()
    for Clock.day, night in enumerate(nights, 1):
        found += await record_nights(db, [night])
    return found


async def load_seen(db: Database, job_id: str) -> Mapping[str, tuple[str | None, str | None]]:
    """Return the times of the URLs of a job by their paths, as the numbers of the jobs that have them."""
    async with db.reading() as session:
        (window,) = await list_windows(session, job_id, UrlFilter())
        (page,) = await load_window(session, window, UrlFilter(), None, FIELDS)
    locs, *times = (page.columns[name].split() for name in FIELDS)
    found = zip(*times, strict=True)
    return {str(loc).removeprefix("https://shop.test"): each for loc, each in zip(locs, found, strict=True)}


async def test_urls_that_come_and_go_have_the_times_of_their_jobs(db: Database) -> None:
    always = {"/always": OLD}
    nights = [
        [always | {"/gone": OLD, "/back": OLD}],
        [always | {"/new": OLD, "/newer": OLD}],
        [always | {"/new": OLD, "/back": OLD}],
    ]
    first, second, third = await record_days(db, nights)
    assert await load_seen(db, third) == {
        "/always": (ONE, THREE),
        "/new": (TWO, THREE),
        "/back": (ONE, THREE),
    }
    assert (await load_seen(db, first))["/gone"] == (ONE, ONE)
    assert (await load_seen(db, second))["/newer"] == (TWO, TWO)


async def test_urls_of_a_site_that_never_changes_have_the_times_of_its_jobs(db: Database) -> None:
    recorded = await record_days(db, [[{"/a": OLD}]] * 3)
    assert await load_seen(db, recorded[1]) == {"/a": (ONE, THREE)}


async def test_a_job_that_was_read_in_part_does_not_know_which_urls_are_new(db: Database) -> None:
    nights: Sequence[Sequence[Listed | None]] = [[{"/a": OLD}, {"/b": OLD}], [{"/a": OLD, "/c": OLD}, None]]
    _, partial = await record_days(db, nights)
    assert await load_seen(db, partial) == {"/a": (None, TWO), "/c": (None, TWO)}


async def test_a_listed_url_was_seen_last_by_the_last_job_even_if_one_was_stopped_as_it_recorded_changes(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop(*_: object) -> None:
        raise UnreadableError("stopped")

    whole = {"/a": OLD, "/b": OLD, "/c": OLD}
    await record_days(db, [[whole]])
    with monkeypatch.context() as stopped:
        stopped.setattr(job_changes, "STEP", 1)
        stopped.setattr(job_ending, "SMALL_JOB", 0)
        stopped.setattr(job_ending, "_record_ending", stop)
        Clock.day = 2
        with pytest.raises(UnreadableError):
            await record_nights(db, [[{"/d": OLD}]])
    Clock.day = 3
    (last,) = await record_nights(db, [[whole]])
    assert await load_seen(db, last) == dict.fromkeys(whole, (ONE, THREE))
