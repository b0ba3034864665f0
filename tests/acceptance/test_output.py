"""Pipes, full disks, closed streams, colours, errors: what a script gets to see."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded
from tests.web import Answer, Site, urlset

ESC = b"\x1b"
PLACES: list[dict[str, str]] = [
    {},
    {"NO_COLOR": "1"},
    {"TERM": "dumb"},
    {"COLUMNS": "1"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"FORCE_COLOR": "0", "GITHUB_ACTIONS": "true"},
    {"FORCE_COLOR": "1", "NO_COLOR": "1"},
]
READING: list[tuple[str, ...]] = [
    ("jobs", "list"),
    ("jobs", "show", "{complete}"),
    ("tree", "{domain}"),
    ("urls", "{domain}"),
    ("db", "info"),
    ("urls", "--help"),
    ("--help",),
    ("--version",),
]


def called(recorded: Recorded, arguments: tuple[str, ...]) -> list[str]:
    return [each.format(domain=recorded.domain, complete=recorded.complete) for each in arguments]


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_what_a_pipe_gets_has_no_colours_and_no_trailing_blanks(
    arguments: tuple[str, ...], recorded: Recorded
) -> None:
    done = recorded.program(*called(recorded, arguments))
    assert (done.code, done.stderr) == (0, b"")
    assert ESC not in done.stdout
    assert [line for line in done.lines if line != line.rstrip()] == []
    assert done.out.endswith("\n")
    assert not done.out.endswith("\n\n")


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_summary_can_be_printed_everywhere(place: dict[str, str], recorded: Recorded) -> None:
    usual = recorded.program("jobs", "show", recorded.complete)
    done = recorded.program.having(**place)("jobs", "show", recorded.complete)
    assert (done.code, done.stderr) == (0, b"")
    assert ESC not in done.stdout
    assert len(done.stdout.splitlines()) == len(usual.lines)


def test_the_summary_is_the_same_with_every_order_of_hashing(recorded: Recorded) -> None:
    seeds = [recorded.program.having(PYTHONHASHSEED=seed) for seed in ("0", "1")]
    first, second = (
        program("jobs", "show", recorded.complete, "--format", "json").stdout for program in seeds
    )
    assert first == second


@pytest.mark.parametrize("form", ["text", "jsonl", "csv", "xml"])
def test_a_reader_that_goes_away_ends_it_quietly(form: str, program: Program) -> None:
    many = urlset(*(f"https://a.example/{n}" for n in range(50_000)))
    (program.folder / "site.xml").write_bytes(many)
    assert program("analyze", "site.xml", "--base-url", "https://a.example", "--quiet").code == 0
    with program.start("urls", "--job", "last", "--format", form) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [*READING, ("jobs", "list", "--format", "jsonl")], ids=" ".join)
def test_a_full_disk_is_one_line(arguments: tuple[str, ...], recorded: Recorded) -> None:
    with Path("/dev/full").open("wb") as full:
        done = recorded.program(*called(recorded, arguments), stdout=full)
    assert done.code == 5
    assert done.err == "error: cannot write (stdout): No space left on device\n"


def test_a_run_whose_summary_cannot_be_printed_is_recorded(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"))
    with Path("/dev/full").open("wb") as full:
        assert program("analyze", f"{site.url}/sitemap.xml", stdout=full).code == 5
    assert [each["verdict"] for each in program("jobs", "list", "--format", "jsonl").records] == ["ok"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_streams_may_be_closed(closed: str, recorded: Recorded) -> None:
    command = f'exec "$0" -m sitemap_cli jobs list --format jsonl {closed}'
    program = recorded.program
    done = subprocess.run(
        ["sh", "-c", command, os.path.realpath("/proc/self/exe")],
        cwd=program.folder,
        env={**program.environment, "PYTHONPATH": os.pathsep.join(_search_path())},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def _search_path() -> list[str]:
    """Where this very interpreter finds the program, also when started without its virtual environment."""
    return [each for each in sys.path if each]


@pytest.mark.parametrize("target", ["missing/urls.txt", ".", "/dev/full"])
def test_a_file_that_cannot_be_written_is_one_line(target: str, recorded: Recorded) -> None:
    done = recorded.program("urls", recorded.domain, "-o", target)
    assert (done.code, done.stdout) == (5, b"")
    assert done.err.startswith(f"error: cannot write ({target}): ")
    assert done.err.count("\n") == 1


def test_a_file_is_replaced_only_by_a_whole_one(recorded: Recorded) -> None:
    kept = recorded.program.folder / "kept.txt"
    kept.write_text("as it was")
    done = recorded.program("urls", "unknown.example", "-o", kept)
    assert done.code == 2
    assert kept.read_text() == "as it was"
    assert list(recorded.program.folder.glob(".kept*")) == []


def test_an_error_can_be_json(program: Program) -> None:
    done = program("jobs", "show", "ffff", "--log-format", "json")
    found = json.loads(done.err)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "error",
        "event": "error",
        "message": "unknown job (ffff)",
        "hint": "sitemap jobs list shows them",
        "exit_code": 2,
    }


def test_an_error_of_usage_can_be_json(program: Program) -> None:
    done = program("--log-format", "json", "jobs", "list", "--limit", "0")
    assert json.loads(done.err)["exit_code"] == 2


def test_a_note_can_be_json(program: Program) -> None:
    note = json.loads(program("jobs", "list", "--log-format", "json").err)
    assert (note["level"], note["event"]) == ("info", "note")


def test_quiet_has_no_notes(program: Program) -> None:
    assert program("jobs", "list", "-q").stderr == b""
    assert program("db", "upgrade", "-q").stderr == b""


def test_verbose_adds_where_an_error_came_from(program: Program) -> None:
    plain, verbose = (program("jobs", "show", "ffff", *flag).err for flag in ([], ["-v"]))
    assert plain in verbose
    assert "Traceback" in verbose
    assert "Traceback" not in plain


def test_the_version_is_printed(program: Program) -> None:
    done = program("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("sitemap ")


def test_help_is_printed_when_nothing_is_asked(program: Program) -> None:
    for arguments in ([], ["jobs"]):
        done = program(*arguments)
        assert (done.code, done.err) == (2, "")
        assert done.out == program(*arguments, "--help").out


def list_imported(program: Program, *arguments: str) -> set[str]:
    """The modules that a run imports."""
    # Without what measures coverage, which imports a lot itself.
    bare = {name: value for name, value in program.environment.items() if not name.startswith("COVERAGE")}
    done = program.fresh(*arguments, env={**bare, "PYTHONPROFILEIMPORTTIME": "1"})
    return {line.rpartition("|")[2].strip() for line in done.err.splitlines()}


def test_help_comes_without_the_heavy_modules(program: Program) -> None:
    heavy = (
        "aiohttp",
        "sqlalchemy",
        "alembic",
        "asyncio",
        "rich",
        "ssl",
        "xml",
        "pyarrow",
        "psycopg",
        "pydantic",
    )
    for arguments in (["analyze", "--help"], ["--help"]):
        imported = list_imported(program, *arguments)
        assert "typer" in imported
        assert imported.isdisjoint(heavy)


def test_sqlite_needs_no_dialect_of_postgres(program: Program) -> None:
    assert program("db", "upgrade").code == 0
    imported = list_imported(program, "jobs", "list")
    assert "sqlalchemy.dialects.sqlite" in imported
    assert imported.isdisjoint({"sqlalchemy.dialects.postgresql", "alembic"})


def test_a_command_imports_neither_pydantic_nor_what_other_commands_need(program: Program) -> None:
    of_check = "sitemap_cli.cli.framework.check_subjects"
    assert of_check in list_imported(program, "check", "--help")
    assert list_imported(program, "db", "info").isdisjoint({of_check, "pydantic"})
