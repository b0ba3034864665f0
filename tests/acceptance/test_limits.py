"""Limits of the system (``ulimit``), and permissions: one line, an exit code, and a whole database."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program
from tests.many import Many
from tests.patience import PATIENCE
from tests.web import urlset

ROOT = Path(__file__).parents[2]
FEW_FILES = (5, 8, 23)
ENOUGH_FILES = 24
COMMANDS = ("jobs list", "analyze SITE", "batch list.txt", "check SITE --fail-on never", "urls DOMAIN")
FILE_SIZES = (1_000, 10_000, 100_000)
MEMORY = (90_000_000, 100_000_000, 110_000_000, 120_000_000)


def run_limited(program: Program, many: Many, limits: str, words: str) -> Done:
    """Run the program with limits; SITE and DOMAIN are the first site.

    A forked run has open files of the server that forked it, so limits on their number need a fresh one.
    """
    given = fill_in(words, many).split()
    if "NOFILE" in limits:
        return run(program, [sys.executable, "-m", "tests.limited", limits, *given])
    return program.limited(limits)(*given)


def fill_in(words: str, many: Many) -> str:
    """Put the first site in the place of SITE and DOMAIN."""
    return words.replace("SITE", f"http://{many.host(0)}").replace("DOMAIN", many.host(0))


def run(program: Program, command: list[str]) -> Done:
    """Run a command in the place of the program."""
    variables = {**program.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=program.folder, env=variables, capture_output=True, timeout=PATIENCE, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


def is_one_line(done: Done) -> bool:
    """Whether there is one error, perhaps with a hint."""
    first, *rest = done.err.splitlines()
    return first.startswith("error: ") and all(each.startswith("hint: ") for each in rest) and len(rest) < 2


def is_whole(database: Path) -> bool:
    """Whether SQLite finds nothing wrong in a file."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


@pytest.fixture
def filled(program: Program, many: Many) -> Program:
    """The program with a recorded site, and a list of three."""
    (program.folder / "list.txt").write_text("".join(f"http://{many.host(n)}\n" for n in range(3)))
    assert program("analyze", f"http://{many.host(0)}").code == 0
    return program


@pytest.mark.parametrize("words", COMMANDS)
def test_too_few_open_files_are_one_line_about_the_limit(filled: Program, many: Many, words: str) -> None:
    for number in FEW_FILES:
        done = run_limited(filled, many, f"NOFILE={number}", words)
        assert done.code == 5, done.err
        assert done.err.startswith(
            f"error: too many open files: only {number} are allowed\nhint: raise the limit"
        )
        assert is_one_line(done)


@pytest.mark.parametrize("words", COMMANDS)
def test_the_fewest_open_files_that_are_accepted_suffice(filled: Program, many: Many, words: str) -> None:
    done = run_limited(filled, many, f"NOFILE={ENOUGH_FILES}", words)
    assert done.code == 0, done.err


@pytest.mark.parametrize("words", ["analyze SITE", "batch list.txt", "domains add a.example"])
def test_a_limit_on_the_size_of_files_is_one_line_and_leaves_the_database_whole(
    filled: Program, many: Many, words: str
) -> None:
    for size in FILE_SIZES:
        done = run_limited(filled, many, f"FSIZE={size}", words)
        if done.code:
            assert done.code == 5, done.err
            assert is_one_line(done), done.err
        assert is_whole(filled.database)
    assert filled(*fill_in(words, many).split()).code == 0


def test_an_output_that_reaches_the_limit_on_the_size_of_files_is_named(filled: Program, many: Many) -> None:
    site = f"http://{many.host(0)}"
    many.changed[f"{site}/a.xml"] = urlset(*(f"{site}/{n:0100}" for n in range(1_000)))
    assert filled("analyze", site).code == 0
    done = run_limited(filled, many, "FSIZE=40000", "urls DOMAIN -o urls.txt")
    assert done.code == 5
    assert done.err == "error: cannot write (urls.txt): File too large\n"
    assert not (filled.folder / "urls.txt").exists()


@pytest.mark.parametrize("words", COMMANDS)
def test_too_little_memory_is_one_line(filled: Program, many: Many, words: str) -> None:
    done = run_limited(filled, many, "MORE_MEMORY=1000000", words)
    assert done.code == 5, done.err
    assert done.err.startswith("error: out of memory"), done.err
    assert is_one_line(done)
    assert is_whole(filled.database)
    assert filled(*fill_in(words, many).split()).code == 0


@pytest.mark.parametrize("words", [*COMMANDS, "db upgrade", "domains add a.example"])
def test_a_folder_without_search_permission_is_one_line(filled: Program, many: Many, words: str) -> None:
    folder = filled.folder / "closed"
    folder.mkdir()
    filled.database.rename(folder / "sitemap.db")
    folder.chmod(0)
    try:
        elsewhere = filled.having(SITEMAP_DATABASE=str(folder / "sitemap.db"))
        done = run_limited(elsewhere, many, "unprivileged", words)
    finally:
        folder.chmod(0o700)
    assert done.code == 5
    assert done.err.startswith(f"error: cannot use the database ({folder}/sitemap.db): Permission denied\n")
    assert is_one_line(done)


@pytest.mark.parametrize("words", [*COMMANDS, "db upgrade", "domains add a.example"])
def test_a_database_file_that_may_not_be_read_is_one_line(filled: Program, many: Many, words: str) -> None:
    filled.database.chmod(0)
    done = run_limited(filled, many, "unprivileged", words)
    assert done.code == 5
    assert done.err.startswith(
        f"error: cannot use the database ({filled.database}): the file cannot be opened\n"
    )
    assert is_one_line(done)


@pytest.mark.parametrize("words", [*COMMANDS, "db upgrade", "domains add a.example"])
def test_a_working_folder_that_was_removed_is_one_line(filled: Program, many: Many, words: str) -> None:
    gone = filled.folder / "gone"
    gone.mkdir()
    program = filled.having(SITEMAP_DATABASE="relative.db")
    command = (
        f'cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" -m sitemap_cli {fill_in(words, many)}'
    )
    done = run(program, ["/bin/sh", "-c", command])
    assert done.code in (2, 5)
    assert is_one_line(done), done.err
