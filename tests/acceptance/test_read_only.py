"""SQLite files that may only be read, and paths that are none."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.test_limits import is_one_line, run_limited
from tests.many import Many

FILES = ("", "-wal", "-shm", "-lock")


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Keep a database open, so that what the program writes stays in the log."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT count(*) FROM jobs").fetchone()
        yield


@contextmanager
def readable_only(database: Path, *hidden: str) -> Iterator[None]:
    """Take away the right to write the files and their folder, and the right to read some of them."""
    found = [path for each in FILES if (path := Path(f"{database}{each}")).exists()]
    for path in found:
        path.chmod(0 if path.name.removeprefix(database.name) in hidden else 0o444)
    database.parent.chmod(0o555)
    try:
        yield
    finally:
        database.parent.chmod(0o755)
        for path in found:
            if path.exists():
                path.chmod(0o644)


@pytest.fixture
def filled(program: Program, many: Many) -> Program:
    """The program with one recorded site, in a folder of the database's own."""
    folder = program.folder / "data"
    folder.mkdir()
    elsewhere = program.having(SITEMAP_DATABASE=str(folder / "sitemap.db"))
    assert elsewhere("analyze", f"http://{many.host(0)}").code == 0
    return elsewhere


def find_database(program: Program) -> Path:
    return Path(program.environment["SITEMAP_DATABASE"])


def test_no_url_is_submitted_whose_response_could_not_be_recorded(filled: Program, many: Many) -> None:
    host = many.host(0)
    words = ("indexnow", host, "--all", "--key", "many-sites", "--endpoint", f"http://{host}/indexnow")
    with readable_only(find_database(filled)):
        refused = filled.limited("unprivileged")(*words)
        shown = filled.limited("unprivileged")(*words, "--dry-run")
    assert (refused.code, shown.code) == (5, 0)
    assert is_one_line(refused)
    assert [hit for hit in many.server.hits if hit.method == "POST"] == []


@pytest.mark.parametrize(
    "words", ["jobs list", "domains list", "db info", "urls DOMAIN", "tree DOMAIN", "jobs show last"]
)
def test_a_user_who_may_only_read_sees_a_database_at_rest(filled: Program, many: Many, words: str) -> None:
    with readable_only(find_database(filled)):
        done = run_limited(filled, many, "unprivileged", words)
    assert (done.code, done.err) == (0, "")


def test_a_user_who_may_only_read_sees_what_stands_in_the_log(filled: Program, many: Many) -> None:
    database = find_database(filled)
    with held(database):
        assert filled("analyze", f"http://{many.host(1)}").code == 0
        assert Path(f"{database}-wal").stat().st_size
        with readable_only(database):
            listed = run_limited(filled, many, "unprivileged", "domains list --format jsonl")
            urls = run_limited(filled, many, "unprivileged", f"urls {many.host(1)}")
    assert {each["domain"] for each in listed.records} == {many.host(0), many.host(1)}
    assert (urls.code, len(urls.lines), urls.err) == (0, 5, "")


@pytest.mark.parametrize("hidden", ["-wal", "-shm"])
def test_a_user_who_may_not_read_the_log_is_warned(filled: Program, many: Many, hidden: str) -> None:
    database = find_database(filled)
    with held(database):
        assert filled("analyze", f"http://{many.host(1)}").code == 0
        with readable_only(database, hidden):
            done = run_limited(filled, many, "unprivileged", "domains list --format jsonl")
    assert done.code == 0
    assert [each["domain"] for each in done.records] == [many.host(0)]
    assert done.err == f"warning: {database} may be behind: this user may not read its write-ahead log\n"


@pytest.mark.parametrize("words", ["jobs list", "domains list", "urls DOMAIN"])
def test_a_database_whose_first_run_is_in_the_hidden_log_is_empty_so_far(
    program: Program, many: Many, words: str
) -> None:
    folder = program.folder / "data"
    folder.mkdir()
    database = folder / "sitemap.db"
    elsewhere = program.having(SITEMAP_DATABASE=str(database))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        assert elsewhere("db", "upgrade").code == 0
        with readable_only(database, "-wal"):
            done = run_limited(elsewhere, many, "unprivileged", words)
        with readable_only(database):
            seen = run_limited(elsewhere, many, "unprivileged", "jobs list")
    assert done.code == 5
    assert f"error: the database is empty so far ({database}): this user may only read it\n" in done.err
    assert (seen.code, seen.out) == (0, "")


@pytest.mark.parametrize("words", ["analyze SITE", "domains add a.example", "batch --tag shop"])
def test_a_command_that_writes_is_refused_where_only_reading_is_allowed(
    filled: Program, many: Many, words: str
) -> None:
    assert filled("domains", "tag", many.host(0), "shop").code == 0
    with readable_only(find_database(filled)):
        done = run_limited(filled, many, "unprivileged", words)
    assert done.code == 5
    assert is_one_line(done), done.err


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_link_to_nowhere(path: Path) -> None:
    path.symlink_to("/proc/nowhere/sitemap.db")


def make_nothing(path: Path) -> None:
    pass


PATHS = {
    "folder": (make_folder, "sitemap.db"),
    "pipe": (make_pipe, "sitemap.db"),
    "link to itself": (make_loop, "sitemap.db"),
    "below a link to itself": (make_loop, "sitemap.db/deeper.db"),
    "link to nowhere": (make_link_to_nowhere, "sitemap.db"),
    "long name": (make_nothing, "n" * 300),
    "below a long name": (make_nothing, "n" * 300 + "/sitemap.db"),
    "empty": (make_nothing, ""),
    "blank": (make_nothing, "  "),
    "device": (make_nothing, "/dev/null"),
    "full device": (make_nothing, "/dev/full"),
    "memory of the process": (make_nothing, "/proc/self/mem"),
    "no such user": (make_nothing, "~nobody-of-this-name/sitemap.db"),
    "below a file": (make_nothing, "/etc/passwd/sitemap.db"),
}
# These look like a database that is still to be created.
EMPTY = {"link to nowhere", "memory of the process"}
WRITING = ("analyze http://127.0.0.1:1", "domains add a.example", "batch list.txt", "db upgrade")
READING = ("jobs list", "db info")


@pytest.mark.parametrize("words", [*WRITING, *READING])
def test_a_path_that_is_no_file_is_one_line(program: Program, words: str) -> None:
    (program.folder / "list.txt").write_text("a.example\n")
    for name, (make, database) in PATHS.items():
        path = program.folder / "sitemap.db"
        make(path)
        done = program("--database", database, *words.split())
        if make is make_folder:
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        if words in READING and name in EMPTY and done.code == 0:
            continue
        assert done.code == 5, (name, done)
        assert is_one_line(done), (name, done.err)
