"""``sitemap db vacuum``: space that is given back, and what it waits for."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests import care_kills
from tests.acceptance.command import Program, ends
from tests.acceptance.test_read_only import held, readable_only
from tests.web import Answer, Site, urlset

QUICK = {
    "sitemap_cli.storage.engines.BUSY_MS": 100,
    "sitemap_cli.storage.vacuum.BUSY_SECONDS": 1,
    "sitemap_cli.tasks.vacuuming.POLL_SECONDS": 0.05,
}


@pytest.fixture
def emptied(program: Program, schema: None) -> Program:
    """A program with a database of some MB, nearly all of which is free."""
    care_kills.fill(program.database, 10_000)
    with closing(sqlite3.connect(program.database)) as connection, connection:
        connection.execute("DELETE FROM entries")
    return program.waiting(QUICK)


def find_size(program: Program) -> int:
    return sum(each.stat().st_size for each in program.folder.glob("sitemap.db*"))


def test_vacuum_gives_the_space_of_removed_rows_back(emptied: Program) -> None:
    before = find_size(emptied)
    done = emptied("db", "vacuum")
    assert (done.code, done.stdout) == (0, b"")
    assert done.err.startswith(f"{emptied.database} was vacuumed: ")
    assert find_size(emptied) * 5 < before
    assert not care_kills.list_unsound(emptied.database)


def test_a_killed_vacuum_leaves_the_database_as_it_was(program: Program, schema: None) -> None:
    tally = care_kills.Tally()
    care_kills.kill_vacuums(program, 2, 5_000, random.Random(3), tally)
    assert tally.faults == []


def test_vacuum_says_if_a_reader_keeps_the_space_from_being_given_back(emptied: Program) -> None:
    with closing(sqlite3.connect(emptied.database)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM jobs").fetchone()
        done = emptied("db", "vacuum")
    assert done.code == 0
    assert done.err.startswith("warning: another process reads the database; the space is given back when it")
    assert emptied("db", "vacuum").err.startswith(f"{emptied.database} was vacuumed: ")


def test_vacuum_does_not_disturb_a_process_that_writes(emptied: Program) -> None:
    with closing(sqlite3.connect(emptied.database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        refused = emptied("db", "vacuum")
        with emptied.start("db", "vacuum", "--wait") as process:
            connection.execute("COMMIT")
            waited = ends(process)
    assert (refused.code, waited.code) == (75, 0)
    assert refused.err.startswith("error: the database is locked by another process")


def test_vacuum_does_not_disturb_jobs_of_any_tenant(emptied: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(hang=True)
    with emptied.start("analyze", f"{site.url}/sitemap.xml", "--tenant", "other") as job:
        while "/sitemap.xml" not in site.paths:
            assert job.poll() is None
        refused = emptied("db", "vacuum")
        with emptied.start("db", "vacuum", "--wait") as process:
            assert process.stderr is not None
            assert process.stderr.readline().startswith(b"waiting: jobs are running (127.0.0.1:")
            job.kill()
            assert ends(process).code == 0
    assert refused.code == 75
    assert "they could not write meanwhile\nhint: --wait waits until they have ended\n" in refused.err


def test_vacuum_needs_the_right_to_write_and_a_database(emptied: Program) -> None:
    folder = emptied.folder / "data"
    folder.mkdir()
    moved = emptied.database.rename(folder / "sitemap.db")
    program = emptied.having(SITEMAP_DATABASE=str(moved))
    with held(moved), readable_only(moved):
        done = program.limited("unprivileged")("db", "vacuum")
    assert done.code == 5
    assert done.err.startswith(f"error: cannot vacuum the database ({moved}): this user may only read it")
    assert program("db", "vacuum", "--database", "missing.db").code == 2
    assert not Path(emptied.folder / "missing.db").exists()


def test_vacuum_of_postgres_removes_dead_rows_and_says_what_it_keeps(
    upgraded_postgres_url: str, program: Program, site: Site
) -> None:
    program = program.having(SITEMAP_DATABASE=upgraded_postgres_url).waiting(QUICK)
    site.routes["/sitemap.xml"] = Answer(urlset(*(f"{site.url}/{n}" for n in range(500))))
    assert program("analyze", f"{site.url}/sitemap.xml").code == 0
    assert program("domains", "remove", site.netloc, "--yes").code == 0
    with psycopg.connect(upgraded_postgres_url) as connection:
        connection.execute("LOCK TABLE documents IN SHARE UPDATE EXCLUSIVE MODE")
        refused = program("db", "vacuum")
        with program.start("db", "vacuum", "--wait") as process:
            assert process.stderr is not None
            assert b"waiting: another process has a table locked (documents)" in process.stderr.readline()
            connection.commit()
            done = ends(process)
        query = "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NULL OR last_analyze IS NULL"
        left = connection.execute(query).fetchall()
    assert (refused.code, done.code, left) == (75, 0, [])
    assert "MB before, " in done.err
    assert "Postgres reuses the space of removed rows" in done.err
