"""Signals while Postgres is at work: the same promises on a database that is somebody else's process."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.command import Program
from tests.acceptance.stops import PROMISED_SECONDS, SIGNALS, Stoppable, stoppable
from tests.patience import stretched
from tests.web import Answer, Site, index, urlset

MANY = 200_000
# Other tests use the same server, with databases of their own.
OURS = "application_name = 'sitemap' AND datname = current_database()"
HALF = """
    SELECT id FROM documents
    WHERE CASE WHEN is_packed THEN 1 ELSE urls END <> CASE WHEN is_packed
        THEN (SELECT count(*) FROM packed_entries WHERE document_id = documents.id)
        ELSE (SELECT count(*) FROM entries WHERE document_id = documents.id) END
"""


@pytest.fixture
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local build of a long sitemap and another one, which may have URLs in common."""
    folder = tmp_path_factory.mktemp("build")
    (folder / "long.xml").write_bytes(urlset(*(f"https://a.example/{n}" for n in range(MANY))))
    (folder / "other.xml").write_bytes(urlset("https://a.example/5"))
    names = ("long.xml", "other.xml")
    (folder / "sitemap.xml").write_bytes(index(*(f"https://a.example/{name}" for name in names)))
    return folder


@pytest.fixture
def stopping(program: Program, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Stoppable:
    own = program.having(SITEMAP_DATABASE=postgres_url)
    assert own("db", "upgrade").code == 0
    return stoppable(own, tmp_path_factory.mktemp("stops"))


@pytest.fixture
def other(postgres_url: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A look at the database from beside it."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def runs(
    other: "psycopg.Connection[tuple[object, ...]]", statement: str
) -> Callable[[subprocess.Popen[bytes]], bool]:
    """Until the program's connection carries out such a statement."""
    query = f"SELECT 1 FROM pg_stat_activity WHERE {OURS} AND query LIKE %s"
    return lambda _: other.execute(query, (statement,)).fetchone() is not None


# The lock of another transaction makes COPY last until the signal; the query lasts for its many rows.
@pytest.mark.parametrize(
    ("statement", "number", "lock"),
    [
        ("COPY entries%", signal.SIGINT, "LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE"),
        ("SELECT count(*)%GROUP BY%", signal.SIGHUP, "SELECT"),
    ],
)
def test_a_run_can_be_stopped_while_postgres_works(
    statement: str,
    number: int,
    lock: str,
    stopping: Stoppable,
    build: Path,
    other: "psycopg.Connection[tuple[object, ...]]",
    postgres_url: str,
) -> None:
    ready = runs(other, statement)
    with psycopg.connect(postgres_url) as holder:
        holder.execute(lock)
        stop = stopping.when(ready, number, "analyze", build, "--base-url", "https://a.example/")
    assert (stop.done.code, len(stop.done.err.splitlines())) == (SIGNALS[signal.Signals(number)], 1), stop
    assert stop.seconds < stretched(PROMISED_SECONDS)
    assert other.execute("SELECT status, verdict FROM jobs").fetchall() == [("interrupted", None)]
    assert other.execute("SELECT count(*) FROM jobs WHERE finished_at IS NULL").fetchone() == (0,)
    assert other.execute(HALF).fetchall() == []
    query = f"SELECT count(*) FROM pg_stat_activity WHERE {OURS}"
    assert other.execute(query).fetchone() == (0,)


def test_a_run_can_be_stopped_while_it_waits(
    stopping: Stoppable, site: Site, other: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    site.routes["/a.xml"] = Answer(hang=True)
    stop = stopping.when(lambda _: site.active == 1, signal.SIGTERM, "analyze", f"{site.url}/a.xml")
    assert (stop.done.code, stop.seconds < stretched(PROMISED_SECONDS)) == (143, True), stop
    assert other.execute("SELECT status, verdict FROM jobs").fetchall() == [("interrupted", None)]
