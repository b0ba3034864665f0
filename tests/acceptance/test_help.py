"""The help at a terminal and in a pipe, topics, suggestions, and the note about a new database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def run_at_terminal(program: Program, *arguments: str, columns: int = 80) -> tuple[str, str]:
    """What a command prints on stdout and stderr, which are terminals."""
    import fcntl
    import pty
    import struct
    import termios

    printed = []
    ends = [pty.openpty() for _ in range(2)]
    for _, inner in ends:
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = program.start(*arguments, stdin=subprocess.DEVNULL, stdout=ends[0][1], stderr=ends[1][1])
    for outer, inner in ends:
        os.close(inner)
        parts = []
        try:
            while part := os.read(outer, 65536):
                parts.append(part)
        except OSError:  # the other end was closed
            pass
        os.close(outer)
        printed.append(b"".join(parts).decode().replace("\r\n", "\n"))
    process.wait()
    return printed[0], printed[1]


@pytest.mark.parametrize(("columns", "most"), [(60, 60), (80, 80), (100, 100), (200, 110)])
def test_the_help_uses_the_width_of_the_terminal(columns: int, most: int, program: Program) -> None:
    out, _ = run_at_terminal(program, "jobs", "--help", "--no-color", columns=columns)
    widths = [len(line) for line in out.splitlines() if not line.startswith(("  $ ", "  # "))]
    assert most - 15 < max(widths) <= most


def test_the_help_has_colours_at_a_terminal_only(program: Program) -> None:
    coloured, _ = run_at_terminal(program, "analyze", "--help")
    plain, _ = run_at_terminal(program, "analyze", "--no-color", "--help")
    assert "\x1b[1mUsage:\x1b[0m" in coloured
    assert plain == program("analyze", "--help").out
    assert "\x1b" not in plain
    assert "\x1b[1m" in program.having(FORCE_COLOR="1")("analyze", "--help").out


def test_the_help_of_the_program_has_chapters_and_whole_sentences(program: Program) -> None:
    out = program("--help").out
    titles = ["Core commands:", "History:", "Management:", "Single documents:", "Other commands:"]
    assert sorted(titles, key=out.index) == titles
    assert "..." not in out.replace("COMMAND ...", "")


@pytest.mark.parametrize("command", ["analyze", "batch", "check", "probe", "worker", "parse", "robots"])
def test_options_of_fetching_are_named_and_described_on_demand(command: str, program: Program) -> None:
    short, full = program(command, "--help").out, program(command, "--help-all").out
    named = {word for word in short.split() if word.startswith("--")}
    assert {"--max-wire-bytes", "--trust-index-lastmod", "--help-all"} <= named
    assert "Maximum size of a document, compressed" not in short
    assert "Maximum size of a document, compressed" in " ".join(full.split())
    assert len(short.splitlines()) < len(full.splitlines()) - 40


@pytest.mark.parametrize(
    ("topic", "text"),
    [("fetching", "--max-bytes SIZE"), ("configuration", "[jobs.list]"), ("exit-codes", "75 ")],
)
def test_a_topic(topic: str, text: str, program: Program) -> None:
    done = program("help", topic)
    assert (done.code, done.err) == (0, "")
    assert text in done.out
    assert max(map(len, done.lines)) <= 80


def test_the_help_of_a_group_with_a_default_command_shows_both(program: Program) -> None:
    out = program("batch", "--help").out
    assert "Usage: sitemap batch [OPTIONS] [FILE|-]\n       sitemap batch COMMAND ..." in out
    assert "\nCommands:\n  run " in out
    assert out == program("help", "batch").out == program("--no-color", "help", "batch").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("audit", "x"), "did you mean sitemap check?"),
        (("batch", "lits"), "did you mean sitemap batch list?"),
        (("analyze", "x", "--json"), "did you mean --format json?"),
        (("urls", "x", "--domain", "y"), "did you mean --all-domains?"),
        (("rules", "show", "SM30"), "did you mean SM301 or SM302 or SM303?"),
        (("rules", "show", "SM-303"), "did you mean SM303?"),
        (("check", "x", "--select", "SM3030"), "did you mean SM303?"),
        (("--no-color", "help", "analyse"), "did you mean sitemap analyze?"),
    ],
)
def test_a_mistyped_word_has_a_suggestion(arguments: tuple[str, ...], hint: str, program: Program) -> None:
    done = program(*arguments)
    assert done.code in (2, 4)
    assert done.err.splitlines()[1] == f"hint: {hint}"


def test_a_user_sees_once_where_the_default_database_is(program: Program, tmp_path: Path) -> None:
    home = tmp_path / "data"
    at_home = program.lacking("SITEMAP_DATABASE").having(XDG_DATA_HOME=str(home), HOME=str(tmp_path))
    out, first = run_at_terminal(at_home, "jobs", "list")
    note = f"created the database {home}/sitemap/sitemap.db; --database PATH or SITEMAP_DATABASE"
    assert (out, first.startswith(note)) == ("", True)
    assert str(home) in at_home("db", "info").out
    assert "created the database" not in run_at_terminal(at_home, "jobs", "list")[1]


@pytest.mark.parametrize("case", ["pipe", "quiet", "named"])
def test_there_is_no_note_about_the_database_where_it_would_disturb(
    case: str, program: Program, tmp_path: Path
) -> None:
    at_home = program.lacking("SITEMAP_DATABASE").having(
        XDG_DATA_HOME=str(tmp_path / "data"), HOME=str(tmp_path)
    )
    words = ["jobs", "list", *{"quiet": ["-q"], "named": ["--database", "x.db"]}.get(case, [])]
    err = at_home(*words).err if case == "pipe" else run_at_terminal(at_home, *words)[1]
    assert "created the database" not in err
