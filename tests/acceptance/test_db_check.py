"""``sitemap db check``: rows that contradict one another, on both databases, and damaged SQLite files."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded, furnish
from tests.acceptance.test_read_only import readable_only
from tests.web import Answer, Site

NAMES = ["file", "schema", "lost-entries", "lost-children", "lost-url-times", "documents", "sitemaps", "jobs"]
NAMES += ["url-times", "unused-documents", "removal", "running-jobs"]


@pytest.fixture
def filled(shared: Program, site: Site) -> Program:
    """The program with either kind of database, in which a site was recorded."""
    furnish(site)
    assert shared("db", "upgrade").code == 0
    assert shared("analyze", f"{site.url}/").code == 0
    return shared


@pytest.fixture
def kept(recorded: Recorded, program: Program) -> Program:
    """A program with a SQLite file of its own in which jobs were recorded."""
    shutil.copy(recorded.program.database, program.database)
    return program


def change(program: Program, *statements: str) -> None:
    """Execute statements without the checks of foreign keys."""
    database = program.environment["SITEMAP_DATABASE"]
    if database.startswith("postgresql"):
        with psycopg.connect(database) as server:
            server.execute("SET session_replication_role = replica")
            for each in statements:
                server.execute(each.encode())
        return
    with closing(sqlite3.connect(database)) as connection, connection:
        for each in statements:
            connection.execute(each)


def check(program: Program, *words: str) -> tuple[int, dict[str, Any], dict[str, dict[str, Any]]]:
    done = program("db", "check", *words, "--format", "json")
    assert done.err == ""
    return done.code, done.json, {each["check"]: each for each in done.json["checks"]}


def test_a_sound_database_passes_all_checks(filled: Program) -> None:
    code, found, lines = check(filled)
    text = filled("db", "check")
    assert (code, found["is_sound"], text.code) == (0, True, 0)
    assert [each for each in lines if each != "foreign-keys"] == NAMES
    assert {each["result"] for each in lines.values()} <= {"ok", "skipped"}
    assert text.lines[-1].endswith(" is sound")
    assert set(check(filled, "--quick")[2]) < set(lines)


ENTRY = "INSERT INTO entries (document_id, position, loc) VALUES (999, {}, 'https://a.example/')"
CHILD = "INSERT INTO children (document_id, position, loc) VALUES (999, 1, 'https://a.example/')"
HISTORY = """
    INSERT INTO histories (id, tenant, domain_id, history, is_local, since)
    SELECT 7, tenant, id, '/', false, created_at FROM domains
"""
CHILDLESS = "DELETE FROM children WHERE document_id < 999"
# Statements, and what is reported then: the check, its result, the number of places, and one of them.
FAULTS: dict[str, tuple[tuple[str, ...], list[tuple[str, str, int, str]]]] = {
    "rows": (
        (
            ENTRY.format(1),
            ENTRY.format(2),
            CHILD,
            CHILDLESS,
            "UPDATE sitemaps SET urls = 77 WHERE url LIKE '%/a.xml'",
            "INSERT INTO url_times VALUES (5, 1, 2, 3)",
            HISTORY,
            "INSERT INTO url_times VALUES (7, -3, 2, 1), (7, 4, NULL, 1), (7, 5, 1, NULL)",
        ),
        [
            ("lost-entries", "damaged", 1, "document 999"),
            ("lost-children", "damaged", 1, "document 999"),
            ("documents", "damaged", 1, "0 children instead of 2"),
            ("sitemaps", "damaged", 1, "3 URLs instead of 77"),
            ("jobs", "damaged", 1, "79 URLs instead of 5"),
            ("lost-url-times", "damaged", 1, "history 5"),
            ("url-times", "damaged", 1, "history 7, URL -3"),
        ],
    ),
    "a lost entry": (
        ("DELETE FROM entries WHERE position = 2 AND document_id = (SELECT min(document_id) FROM entries)",),
        [("documents", "damaged", 1, " entries instead of ")],
    ),
    "notes": (
        (
            "UPDATE sitemaps SET document_id = NULL",
            "UPDATE jobs SET status = 'running'",
            "UPDATE documents SET tenant = '' WHERE id = (SELECT max(id) FROM documents)",
            "DROP INDEX ix_sitemaps_job_id_url",
        ),
        [
            ("schema", "note", 1, "index ix_sitemaps_job_id_url"),
            ("unused-documents", "note", 2, "document "),
            ("removal", "note", 1, "document "),
            ("running-jobs", "note", 1, "job "),
        ],
    ),
    "schema": (
        ("ALTER TABLE documents DROP COLUMN strict", "DROP TABLE url_times"),
        [("schema", "damaged", 2, "column documents.strict"), ("schema", "damaged", 2, "table url_times")],
    ),
    "an older schema": (
        ("UPDATE alembic_version SET version_num = '20261129_7'",),
        [("schema", "note", 1, "")],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_rows_that_contradict_one_another_are_named(filled: Program, case: str) -> None:
    statements, expected = FAULTS[case]
    change(filled, *statements)
    code, found, lines = check(filled)
    for name, result, count, example in expected:
        line = lines[name]
        assert (line["result"], line["count"]) == (result, count)
        assert example in " ".join(line.get("examples", [""]))
        assert line["fix"]
    is_sound = expected[0][1] == "note"
    assert (code, found["is_sound"]) == ((0, True) if is_sound else (5, False))


def test_the_trigger_that_replaces_a_foreign_key_is_checked(
    upgraded_postgres_url: str, program: Program
) -> None:
    program = program.having(SITEMAP_DATABASE=upgraded_postgres_url)
    change(program, "ALTER TABLE documents DISABLE TRIGGER delete_entries")
    code, _, lines = check(program)
    assert (code, lines["schema"]["examples"]) == (5, ["trigger delete_entries"])


def test_a_lost_row_is_found_by_its_foreign_key_and_not_all_are_printed(kept: Program) -> None:
    change(kept, *(ENTRY.format(n) for n in range(20)))
    code, _, lines = check(kept)
    assert (code, lines["foreign-keys"]["count"]) == (5, 20)
    assert lines["foreign-keys"]["examples"] == ["20 of entries without documents"]


def test_a_job_whose_process_is_alive_is_no_fault(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(hang=True)
    with program.start("analyze", f"{site.url}/sitemap.xml", "--tenant", "other") as job:
        while "/sitemap.xml" not in site.paths:
            assert job.poll() is None
        code, _, lines = check(program)
        job.kill()
    assert (code, lines["running-jobs"]["result"]) == (0, "ok")


def overwrite(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as stream:
        stream.seek(at)
        stream.write(data)


def noise(file: Path) -> None:
    file.write_bytes(b"This is a letter, not a database.\n" * 400)


def magic(file: Path) -> None:
    overwrite(file, 3, b"X")


def page_size(file: Path) -> None:
    overwrite(file, 16, b"\x00\x03")


def middle(file: Path) -> None:
    overwrite(file, file.stat().st_size // 2 // 8192 * 8192, random.Random(1).randbytes(8192 * 4))


def schema_page(file: Path) -> None:
    overwrite(file, 100, bytes(8000))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def cut_in_first_page(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:3000])


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "another file": (noise, "the file does not begin like a SQLite database"),
    "first bytes": (magic, "the file does not begin like a SQLite database"),
    "size of pages": (page_size, "file is not a database"),
    "pages in the middle": (middle, "malformed"),
    "schema": (schema_page, "malformed"),
    "second half missing": (cut, "the file is cut: it has "),
    "all but the beginning missing": (cut_in_first_page, "the file is cut: it has 3,000 of "),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_file_is_described_and_left_as_it_is(kept: Program, case: str) -> None:
    spoil, said = DAMAGES[case]
    spoil(kept.database)
    before = kept.database.read_bytes()
    code, found, lines = check(kept)
    text = kept("db", "check")
    assert (code, text.code, found["is_sound"]) == (5, 5, False)
    assert lines["file"]["result"] == "damaged"
    assert said in text.out
    assert "fix: restore a backup" in text.out
    assert text.err == ""
    assert text.lines[-1] == f"{kept.database} is damaged"
    assert kept.database.read_bytes() == before


def test_bytes_that_changed_at_random_never_end_in_a_traceback(kept: Program) -> None:
    chance, content = random.Random(19), kept.database.read_bytes()
    codes = set()
    for _ in range(15):
        spoiled = bytearray(content)
        for _ in range(chance.choice((1, 20, 2_000))):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        kept.database.write_bytes(spoiled)
        done = kept("db", "check")
        assert "Traceback" not in done.err
        codes.add(done.code)
    assert codes <= {0, 5}


def test_a_user_who_may_only_read_checks_the_database(kept: Program) -> None:
    folder = kept.folder / "data"
    folder.mkdir()
    moved = kept.database.rename(folder / "sitemap.db")
    program = kept.having(SITEMAP_DATABASE=str(moved)).limited("unprivileged")
    with readable_only(moved):
        code, _, lines = check(program)
    assert code == 0
    assert {each["result"] for each in lines.values()} == {"ok"}


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_no_sound_database(program: Program, content: bytes | None) -> None:
    if content is not None:
        program.database.write_bytes(content)
    done = program("db", "check")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(f"error: there is no database ({program.database})")
