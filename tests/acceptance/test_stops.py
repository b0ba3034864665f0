"""Signals at every kind of moment of a run over a folder: it ends in time and leaves nothing half-done."""

import random
import signal
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.stops import SIGNALS, Stoppable, ended_well, endings, soundness, stoppable
from tests.patience import stretched
from tests.web import index, urlset

BASE = ("--base-url", "https://a.example/")
MANY = 60_000
# SQL statements of a whole run, roughly; a seed of its own each day would be a test that nobody can repeat.
STATEMENTS = 1_780
RANDOM = random.Random(4)


@pytest.fixture
def stopping(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Stoppable:
    return stoppable(program, tmp_path_factory.mktemp("stops"))


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local build: an index of many sitemaps, one of which is long."""
    folder = tmp_path_factory.mktemp("build")
    names = [f"s{n}.xml" for n in range(150)]
    for name in names:
        (folder / name).write_bytes(urlset(*(f"https://a.example/{name}/{n}" for n in range(10))))
    long = "".join(f"<url><loc>https://a.example/long/{n}</loc></url>" for n in range(MANY))
    (folder / "long.xml").write_text(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{long}</urlset>'
    )
    listed = (f"https://a.example/{name}" for name in ("long.xml", *names))
    (folder / "sitemap.xml").write_bytes(index(*listed))
    return folder


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happens, the N-th time, and how the jobs of the run end; None where it is not certain."""

    event: str
    nth: int = 1
    jobs: tuple[str, ...] | None = ("interrupted",)


LOCAL = {
    "the command is about to begin": Moment("^import asyncio$", jobs=None),
    "storage is being loaded": Moment("^import sitemap_cli.storage.database$", jobs=None),
    "the database is being opened": Moment("^sqlite3.connect", jobs=None),
    "the file is being set up": Moment("^sql PRAGMA journal_mode", jobs=None),
    "the schema is being made": Moment(r"^sql\s+CREATE TABLE", 3, jobs=None),
    "the schema is being committed": Moment("^sql COMMIT", 1, jobs=None),
    "the domain is being recorded": Moment("^sql INSERT INTO domains", jobs=None),
    "the job is being recorded": Moment("^sql INSERT INTO jobs", jobs=None),
    "the job is being committed": Moment("^sql COMMIT", 2, jobs=None),
    "the first document begins": Moment("^sql BEGIN IMMEDIATE", 3),
    "the index is being recorded": Moment("^sql INSERT INTO children"),
    "a long document is being recorded": Moment("^sql INSERT INTO entries", MANY // 100 // 2),
    "a long document is complete": Moment("^sql UPDATE documents"),
    "a document is being committed": Moment("^sql COMMIT", 5),
    "a sitemap is being recorded": Moment("^sql INSERT INTO sitemaps", 75),
    "the last sitemap is being recorded": Moment("^sql INSERT INTO sitemaps", 152),
    "all is being summed up": Moment("^sql SELECT sitemaps.id, sitemaps.job_id, sitemaps.problems"),
    "the ending is being written": Moment("^sql UPDATE jobs SET status"),
    "the result is being read": Moment("^sql SELECT jobs", 1, jobs=None),
}


@pytest.mark.parametrize(("moment", "number"), list(zip(LOCAL, cycle(SIGNALS), strict=False)))
def test_a_run_over_a_folder_can_be_stopped_when(
    moment: str, number: int, stopping: Stoppable, build: Path
) -> None:
    planned = LOCAL[moment]
    stop = stopping.at(planned.event, "analyze", build, *BASE, nth=planned.nth, signals=(number,))
    ended_well(stop, number, stopping)
    if planned.jobs is not None:
        assert [status for status, _ in endings(stopping.program.database)] == list(planned.jobs)
        assert stop.done.err.startswith("stopped; what was read so far is recorded: sitemap jobs show ")


@pytest.mark.parametrize("nth", sorted(RANDOM.sample(range(1, STATEMENTS), 20)))
def test_a_run_over_a_folder_can_be_stopped_at_any_statement(
    nth: int, stopping: Stoppable, build: Path
) -> None:
    number = list(SIGNALS)[nth % len(SIGNALS)]
    stop = stopping.at("^sql", "analyze", build, *BASE, nth=nth, signals=(number,))
    ended_well(stop, number, stopping)


def test_a_second_signal_leaves_at_once(stopping: Stoppable, build: Path) -> None:
    stop = stopping.at(
        "^sql INSERT INTO entries", "analyze", build, *BASE, nth=300, signals=(signal.SIGINT, signal.SIGINT)
    )
    assert stop.done.code in (-signal.SIGINT, 130)
    assert stop.seconds < stretched(1)
    assert soundness(stopping.program.database)["integrity"] == "ok"
    assert stopping.program("jobs", "list").code == 0
