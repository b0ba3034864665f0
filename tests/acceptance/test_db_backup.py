"""``sitemap db backup``: a copy of a database that others write to, and names and disks that do not do."""

import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import care_kills
from tests.acceptance.command import Program, ends
from tests.acceptance.conftest import Recorded
from tests.acceptance.test_read_only import held, readable_only


@pytest.fixture
def kept(recorded: Recorded, program: Program) -> Program:
    """A program with a database of its own in which jobs were recorded, in a folder of its own."""
    folder = program.folder / "data"
    folder.mkdir()
    shutil.copy(recorded.program.database, folder / "sitemap.db")
    return program.having(SITEMAP_DATABASE=str(folder / "sitemap.db"))


def find_database(program: Program) -> Path:
    return Path(program.environment["SITEMAP_DATABASE"])


def test_the_copy_is_a_database_with_everything_and_the_permissions_of_the_other(kept: Program) -> None:
    find_database(kept).chmod(0o640)
    done = kept("db", "backup", "copy.db")
    copy = kept.folder / "copy.db"
    assert (done.code, done.stdout) == (0, b"")
    assert done.err.startswith(f"{find_database(kept)} was copied to copy.db (")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640
    assert [kept("jobs", "list", *more).out for more in ((), ("--database", copy))] == [
        kept("jobs", "list").out
    ] * 2
    assert not care_kills.list_unsound(copy)


def test_a_copy_is_consistent_and_made_while_another_process_writes(program: Program, schema: None) -> None:
    care_kills.fill(program.database, 20_000)
    with care_kills.writing(program.database) as writer:
        before = care_kills.count_written(writer, 1)
        done = program("db", "backup", "copy.db")
        after = care_kills.count_written(writer, before)
    assert (done.code, care_kills.list_unsound(program.folder / "copy.db")) == (0, [])
    with closing(sqlite3.connect(program.folder / "copy.db")) as copy:
        copied = copy.execute("SELECT count(*) FROM domains").fetchone()[0]
    assert before <= copied <= after


def test_a_killed_backup_leaves_nothing_broken_and_the_next_one_removes_the_rest(
    program: Program, schema: None
) -> None:
    tally = care_kills.Tally()
    care_kills.kill_backups(program, 2, 5_000, random.Random(7), tally)
    assert tally.faults == []


def stop(program: Program) -> str:
    """Stop a backup that has begun to copy."""
    care_kills.fill(program.database, 100_000)
    with program.start("db", "backup", "copy.db") as process:
        while not list(program.folder.glob("*.incomplete")) and process.poll() is None:
            pass
        process.terminate()
        done = ends(process)
    assert done.code in (143, 0)
    return done.err


def test_a_stopped_backup_removes_what_it_wrote(program: Program, schema: None) -> None:
    err = stop(program)
    assert "error" not in err
    assert not list(program.folder.glob("*.incomplete"))


def make_nothing(_folder: Path) -> None: ...


def make_file(folder: Path) -> None:
    (folder / "copy.db").write_text("keep me")


def make_dangling_link(folder: Path) -> None:
    (folder / "copy.db").symlink_to("nowhere")


def make_link_to_database(folder: Path) -> None:
    (folder / "copy.db").symlink_to("data/sitemap.db")


def make_journal(folder: Path) -> None:
    (folder / "copy.db-journal").write_text("of a removed database")


REFUSED: dict[str, tuple[Callable[[Path], None], str, int, str]] = {
    "existing file": (make_file, "copy.db", 2, "the file exists"),
    "link that leads nowhere": (make_dangling_link, "copy.db", 2, "the file exists"),
    "link to the database": (make_link_to_database, "copy.db", 2, "it is the database itself"),
    "the database": (make_nothing, "data/sitemap.db", 2, "it is the database itself"),
    "its log": (make_nothing, "data/sitemap.db-wal", 2, "a file of that name is a part of the database"),
    "journal of another database": (make_journal, "copy.db", 2, "would be taken for a part of it"),
    "folder": (make_nothing, "data", 2, "it is a folder"),
    "missing folder": (make_nothing, "missing/copy.db", 5, "No such file or directory"),
    "below a file": (make_file, "copy.db/copy.db", 5, "Not a directory"),
    "device": (make_nothing, "/dev/null", 2, "the file exists"),
    "too long": (make_nothing, "x" * 300, 5, "File name too long"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_name_that_does_not_do_is_refused_in_one_line_and_nothing_is_changed(
    kept: Program, case: str
) -> None:
    make, name, code, why = REFUSED[case]
    make(kept.folder)
    before = sorted(kept.folder.rglob("*"))
    content = find_database(kept).read_bytes()
    done = kept("db", "backup", name)
    first, *more = done.err.splitlines()
    assert (done.code, len(more) <= 1) == (code, True)
    assert first.startswith(f"error: cannot write ({kept.folder / name}): ")
    assert why in first
    assert sorted(kept.folder.rglob("*")) == before
    assert find_database(kept).read_bytes() == content


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-",), "error: a database cannot be copied to stdout\nhint: sitemap db backup FILE\n"),
        (("copies/",), "'copies/' is a folder; name a file in it"),
        (("copy.db", "--database", "missing.db"), "error: there is no database ("),
    ],
)
def test_a_backup_needs_a_file_and_a_database(kept: Program, words: tuple[str, ...], message: str) -> None:
    done = kept("db", "backup", *words)
    assert (done.code, done.stdout) == (2, b"")
    assert message in done.err
    assert not (kept.folder / "missing.db").exists()


def test_a_backup_of_postgres_is_refused_with_the_command_to_use(
    upgraded_postgres_url: str, program: Program
) -> None:
    done = program("db", "backup", "copy.db", "--database", upgraded_postgres_url)
    assert done.code == 2
    assert done.err.startswith("error: only SQLite databases can be copied (postgresql://")
    assert "hint: pg_dump " in done.err
    assert not list(program.folder.iterdir())


def test_one_of_two_backups_to_the_same_name_wins(kept: Program) -> None:
    processes = [kept.start("db", "backup", "copy.db") for _ in range(2)]
    first, second = (ends(each) for each in processes)
    assert sorted([first.code, second.code]) == [0, 2]
    loser = max(first, second, key=lambda each: each.code)
    assert loser.err.startswith(f"error: cannot write ({kept.folder}/copy.db): the file exists\n")
    assert not care_kills.list_unsound(kept.folder / "copy.db")
    assert not list(kept.folder.glob("*.incomplete"))


def test_a_full_disk_leaves_no_file(kept: Program) -> None:
    size = find_database(kept).stat().st_size
    done = kept.limited(f"FSIZE={size // 2}")("db", "backup", "copy.db")
    assert done.code == 5
    assert done.err.startswith(f"error: cannot write ({kept.folder}/copy.db): writing failed")
    assert [each.name for each in kept.folder.iterdir()] == ["data"]


def test_a_folder_that_may_not_be_written_is_an_error(kept: Program) -> None:
    (kept.folder / "copies").mkdir(mode=0o555)
    done = kept.limited("unprivileged")("db", "backup", "copies/copy.db")
    assert (done.code, done.err) == (
        5,
        f"error: cannot write ({kept.folder}/copies/copy.db): Permission denied\n",
    )


@pytest.mark.parametrize("has_log", [False, True])
def test_a_user_who_may_only_read_copies_all_of_the_database(kept: Program, *, has_log: bool) -> None:
    database = find_database(kept)
    with held(database):
        if has_log:
            assert kept("domains", "add", "new.example").code == 0
        else:
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with readable_only(database):
            done = kept.limited("unprivileged")("db", "backup", "copy.db")
    assert (done.code, care_kills.list_unsound(kept.folder / "copy.db")) == (0, [])
    copied = kept("domains", "list", "--format", "jsonl", "--database", "copy.db").records
    assert ("new.example" in [each["domain"] for each in copied]) == has_log


def test_a_user_who_may_not_read_the_log_gets_no_copy_without_it(kept: Program) -> None:
    database = find_database(kept)
    with held(database):
        assert kept("domains", "add", "new.example").code == 0
        with readable_only(database, "-wal"):
            done = kept.limited("unprivileged")("db", "backup", "copy.db")
    assert done.code == 5
    assert "this user may not read its write-ahead log" in done.err
    assert not (kept.folder / "copy.db").exists()


def test_a_damaged_database_is_not_copied(kept: Program) -> None:
    database = find_database(kept)
    content = bytearray(database.read_bytes())
    middle = len(content) // 2 // 8192 * 8192
    content[middle : middle + 8192 * 8] = os.urandom(8192 * 8)
    database.write_bytes(content)
    done = kept("db", "backup", "copy.db")
    assert done.code == 5
    assert "is damaged" in done.err
    assert [each.name for each in kept.folder.iterdir()] == ["data"]


def test_a_database_of_an_older_version_is_copied_as_it_is(kept: Program) -> None:
    with closing(sqlite3.connect(find_database(kept))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '20261129_7'")
    assert kept("db", "backup", "copy.db").code == 0
    with closing(sqlite3.connect(kept.folder / "copy.db")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("20261129_7",)
