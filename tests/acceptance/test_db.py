"""``sitemap db`` on both kinds of database, and what happens to files that are none of ours."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import LOOPBACK, Recorded
from tests.web import Answer, Site, urlset

SITE = ("analyze", "site", "--base-url", "https://a.example")


def noise(file: Path) -> None:
    file.write_bytes(b"This is a letter, not a database.\n" * 400)


def foreign(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '29991231_9'")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def damaged(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[4096 : 4096 * 8] = os.urandom(4096 * 7)
    file.write_bytes(whole)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


@pytest.fixture
def kept(recorded: Recorded, program: Program) -> Program:
    """A program with a database of its own in which jobs were recorded."""
    shutil.copy(recorded.program.database, program.database)
    return program


def test_a_database_is_created_filled_and_described(database_url: str, tmp_path: Path, site: Site) -> None:
    program = Program(tmp_path, {**LOOPBACK, "SITEMAP_DATABASE": database_url})
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a", f"{site.url}/b"))

    first, second = (program("db", "upgrade") for _ in range(2))
    assert program("analyze", f"{site.url}/sitemap.xml").code == 0
    info = program("db", "info", "--format", "json")

    assert (first.code, second.code, info.code) == (0, 0, 0)
    assert "was created" in first.err
    assert "is up to date" in second.err
    assert {name: info.json[name] for name in ("domains", "jobs", "sitemaps", "documents", "urls")} == {
        "domains": 1,
        "jobs": 1,
        "sitemaps": 1,
        "documents": 1,
        "urls": 2,
    }
    assert info.json["bytes"] > 0
    assert str(info.json["revision"]) in program("db", "info").out


def test_a_fresh_postgres_database_wants_an_upgrade_first(postgres_url: str, program: Program) -> None:
    done = program("jobs", "list", "--database", postgres_url)
    assert done.code == 5
    assert done.err.endswith("hint: run: sitemap --database '…' db upgrade\n")


def test_a_database_that_is_not_there_yet_has_no_revision(program: Program) -> None:
    done = program("db", "info", "--format", "json")
    assert done.json == {
        "schema": "sitemap/database/1",
        "database": str(program.database),
        "revision": None,
    }
    assert not program.database.exists()
    assert "sitemap db upgrade" in program("db", "info").out


@pytest.mark.parametrize("spoil", [noise, foreign, newer, damaged, cut])
@pytest.mark.parametrize("arguments", [("jobs", "list"), ("db", "upgrade"), SITE])
def test_a_file_that_is_no_database_of_ours_is_left_as_it_is(
    spoil: Callable[[Path], None], arguments: tuple[str, ...], kept: Program
) -> None:
    if spoil is foreign:
        kept.database.unlink()
    spoil(kept.database)
    (kept.folder / "site").mkdir()
    before = hashlib.sha256(kept.database.read_bytes()).hexdigest()

    done = kept(*arguments)

    assert (done.code, done.stdout) == (5, b"")
    assert done.err.startswith("error: ")
    assert f"({kept.database})" in done.err.splitlines()[0]
    assert len(done.err.splitlines()) <= 2
    assert hashlib.sha256(kept.database.read_bytes()).hexdigest() == before


def test_a_database_in_a_folder_that_cannot_be_made_is_an_error(program: Program) -> None:
    (program.folder / "file").write_text("in the way")
    done = program("--database", "file/deeper/sitemap.db", *SITE[:1], "127.0.0.1:9")
    assert done.code == 5
    assert done.err.startswith(
        f"error: cannot use the database ({program.folder}/file/deeper/sitemap.db): Not a directory"
    )


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ("mysql://root@localhost/x", "error: unknown kind of database (mysql://…)\n"),
        ("postgresql://me:secret@a.example:port/x", "error: not a database URL (postgresql://…)"),
        ("postgresql://me:secret@127.0.0.1:1/x", "error: "),
    ],
)
def test_an_address_that_leads_nowhere_is_an_error_without_the_password(
    database: str, message: str, program: Program
) -> None:
    done = program("jobs", "list", "-v", "--database", database)
    assert done.code == 5
    assert any(line.startswith(message.rstrip()) for line in done.err.splitlines())
    assert "secret" not in done.err


def test_a_killed_run_leaves_a_database_that_opens_again(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(hang=True)
    with program.start("analyze", f"{site.url}/sitemap.xml") as process:
        while "/sitemap.xml" not in site.paths:
            assert process.poll() is None
        process.kill()
        process.communicate()
    with sqlite3.connect(program.database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"))
    assert program("analyze", f"{site.url}/sitemap.xml").code == 0
    assert len(program("jobs", "list", "--format", "jsonl").records) == 2
