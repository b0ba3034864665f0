"""Mistakes in the command line, the environment and the configuration file: what, where, why, and a hint."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.errors import UsageError
from sitemap_cli.services.catalog.schedules import compute_next_time
from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded, furnish
from tests.web import Answer, Site, robots, urlset

# Reports whose lines are not commands on purpose.
REPORTS = ("text", "json", "jsonl", "junit", "markdown", "sarif", "gitlab")

MISTAKES = yaml.safe_load((Path(__file__).parents[1] / "data" / "mistakes.yaml").read_text())

FILES: list[tuple[str, str, str]] = [
    ("useragent = 'x'", "unknown setting (F: useragent)", "did you mean user-agent?"),
    ("[analyse]\nformat = 'json'", "unknown setting (F: analyse)", "did you mean analyze?"),
    ("[jobs.list]\nlimt = 3", "unknown setting (F: jobs.list.limt)", "did you mean jobs.list.limit?"),
    (
        "base-url = 'https://a.example'",
        "unknown setting (F: base-url)",
        "settings of all commands are",
    ),
    ("[tool.sitemap]\ntimeout = 3", "unknown setting (F: tool)", "[tool.sitemap] is for pyproject.toml"),
    ("header = 'X: 1'", "invalid value (F: header): it must be a list of strings", ""),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: " ".join(each["typed"])[:50])
def test_a_mistake_is_one_line_and_a_hint(mistake: dict[str, Any], program: Program) -> None:
    done = program(*mistake["typed"])
    first, *rest = done.err.splitlines()
    code = 5 if "--database" in mistake["typed"] else 2
    assert (done.code, first) == (code, f"error: {mistake['error']}")
    assert "hint" not in mistake or rest == [f"hint: {mistake['hint']}"]


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("99 2 * * *", "'99' is not a valid minute (0-59)"),
        ("1 2 * 13 *", "'13' is not a valid month (1-12)"),
        ("@daily", "expected the five cron fields: minute, hour, day of month, month, day of week"),
        ("1 2 *", "expected the five cron fields: minute, hour, day of month, month, day of week"),
    ],
)
def test_a_mistake_in_a_schedule_names_the_field(schedule: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        compute_next_time(schedule, dt.datetime.now(dt.UTC))
    assert str(caught.value) == f"invalid schedule ({schedule}): {why}"


@pytest.mark.parametrize(("text", "error", "hint"), FILES)
def test_a_mistake_in_the_file_is_named(text: str, error: str, hint: str, program: Program) -> None:
    file = program.folder / "sitemap.toml"
    file.write_text(text)
    done = program("jobs", "list")
    assert done.code == 2
    first, *rest = done.err.splitlines()
    assert first == f"error: {error.replace('F', str(file), 1)}"
    assert not hint or rest[0].startswith(f"hint: {hint}")


# What a file has, where the error locates it, and what the error is; a variable has the same value.
BAD_VALUES: list[tuple[str, tuple[str, ...], str, str]] = [
    ("include = ['(']", ("analyze", "a.example"), "include (", "not a regular expression"),
    ("contact = '('", ("batch", "list.txt"), "contact", "invalid value"),
    ("resolve = ['a:b']", ("check", "a.example"), "resolve a:b", "invalid value"),
    ("[check]\nmax-drop = '7'", ("check", "a.example"), "check.max-drop 7", "not a percentage"),
    ("[check]\nselect = 'SM999'", ("check", "a.example"), "check.select SM999", "no such rule"),
    ("[analyze]\nformat = 'yaml'", ("analyze", "a.example"), "analyze.format", "invalid value"),
    ("[jobs.list]\nlimit = 'x'", ("jobs", "list"), "jobs.list.limit", "invalid value"),
    ("[batch.run]\nmax-failed = 'x'", ("batch", "list.txt"), "batch.run.max-failed x", "not a number"),
]


@pytest.mark.parametrize(("text", "arguments", "key", "what"), BAD_VALUES, ids=lambda each: str(each)[:30])
def test_a_bad_value_is_located_where_it_was_set(
    text: str, arguments: tuple[str, ...], key: str, what: str, program: Program
) -> None:
    """In the file with its key, or in the variable; nothing is recorded."""
    (program.folder / "list.txt").write_text("a.example")
    file = program.folder / "own.toml"
    file.write_text(text)
    name, blank, value = key.rpartition(".")[2].partition(" ")
    variable = f"SITEMAP_{name.replace('-', '_').upper()}"
    given = text.partition("= ")[2].strip("[']")
    for done, place in (
        (program(*arguments, "--config", file), f"{file}: {key}"),
        (program.having(**{variable: given})(*arguments), f"{variable}{blank}{value}"),
    ):
        first = done.err.splitlines()[0]
        assert done.code == 2
        assert first.startswith(f"error: {what}")
        assert f"({place})" in first
    assert program.jobs() == []


@pytest.mark.parametrize("port", ["99999", "{taken}"])
def test_a_port_that_cannot_be_opened_leaves_no_batch(port: str, program: Program, site: Site) -> None:
    (program.folder / "list.txt").write_text("a.example")
    done = program("batch", "list.txt", "--metrics", f"{site.address}:{port.format(taken=site.port)}")
    assert (done.code, program.jobs()) == (2, [])
    assert done.err.startswith(f"error: cannot publish metrics ({site.address}:")


@pytest.mark.parametrize(
    ("typed", "stored"), [(("--delay", "1m"), "delay 60 s"), (("--delay", "500ms"), "delay 0.5 s")]
)
def test_the_delay_of_a_domain_may_have_a_unit(typed: tuple[str, ...], stored: str, program: Program) -> None:
    assert program("domains", "add", "a.example").code == 0
    assert program("domains", "set", "a.example", *typed).code == 0
    assert stored in " ".join(program("domains", "show", "a.example").out.split())
    for idle in ("0", "7", "7d", "12h", "2w"):
        assert program("domains", "list", "--idle", idle, "--format", "csv").code == 0


@pytest.mark.parametrize(
    ("arguments", "same"),
    [
        (("help",), ("--help",)),
        (("help", "analyze"), ("analyze", "--help")),
        (("help", "jobs", "list"), ("jobs", "list", "--help")),
        (("version",), ("--version",)),
        (("-V",), ("--version",)),
        (("analyze", "--version"), ("--version",)),
        (("jobs", "list", "--version"), ("--version",)),
    ],
)
def test_other_ways_to_ask_for_help_and_version(
    arguments: tuple[str, ...], same: tuple[str, ...], program: Program
) -> None:
    first, second = program(*arguments), program(*same)
    assert (first.code, first.out, first.err) == (second.code, second.out, "") == (0, second.out, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("before", [(), ("jobs",)])
def test_completion_for_a_shell_that_is_named(shell: str, before: tuple[str, ...], program: Program) -> None:
    done = program.fresh(*before, "--show-completion", shell)
    assert done.code == 0, done.err
    assert {"bash": "complete -o", "zsh": "#compdef sitemap", "fish": "complete --command"}[shell] in done.out


@pytest.mark.parametrize(
    ("variables", "note"),
    [
        (
            {"SITEMAP_TIMOUT": "3"},
            "unknown variable, ignored (SITEMAP_TIMOUT); did you mean SITEMAP_TIMEOUT?\n",
        ),
        ({"SITEMAP_NONSENSE": "3"}, "unknown variable, ignored (SITEMAP_NONSENSE)\n"),
        ({"SITEMAP_TIMEOUT": "3", "SITEMAP_FAIL_ON": "error", "SITEMAP_SELECT": "SM1"}, ""),
        ({"SITEMAP_SERVICE_HOST": "10.0.0.1", "SITEMAP_PORT_80_TCP": "tcp://10.0.0.1:80"}, ""),
    ],
)
def test_a_variable_of_no_option_is_noted(variables: dict[str, str], note: str, program: Program) -> None:
    assert program.having(**variables)("db", "info").err == note
    assert program.having(**variables)("db", "info", "-q").err == ""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "arguments", [(), ("jobs",), ("analyze",), ("nothing",), ("jobs", "list", "--limit", "0")]
)
def test_a_full_device_does_not_change_the_code_of_a_mistake(
    arguments: tuple[str, ...], stream: str, program: Program
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program.fresh(*arguments, **{stream: full})
    prints_help = arguments in ((), ("jobs",))
    assert done.code == (5 if prints_help and stream == "stdout" else 2)
    assert "Exception ignored" not in done.err


def test_colours_can_be_forced(recorded: Recorded) -> None:
    listed = ("jobs", "show", recorded.partial)
    forced = recorded.program.having(FORCE_COLOR="1")
    assert b"\x1b[" in forced(*listed).stdout
    assert b"\x1b[" not in forced(*listed, "--no-color").stdout
    assert b"\x1b[" not in forced.having(NO_COLOR="1")(*listed).stdout


COMMANDS = ("::error::x", "##[error]x", "a ##[group]x")


def test_no_line_is_a_command_for_a_pipeline(program: Program, site: Site) -> None:
    furnish(site)
    text = COMMANDS[1]
    locs = [loc for each in COMMANDS for loc in (each, f"{site.url}/ {each}", f"{each}\n{each}")]
    site.routes["/a.xml"] = Answer(urlset(*locs))
    lines = [f"{field}: {each}" for each in COMMANDS for field in ("User-agent", "Disallow", "Sitemap")]
    robots(site, *lines, f"Sitemap: {site.url}/index.xml")
    (program.folder / "list.txt").write_text("\n".join(locs))
    program("domains", "add", *(f"{n}.example" for n in range(len(COMMANDS))))
    for n, each in enumerate(COMMANDS):
        program("domains", "note", f"{n}.example", each)
    url, formats = f"{site.url}/", ("text", "csv", "jsonl", "xml")
    for arguments in (
        ("analyze", url),
        ("analyze", url, "--format", "json"),
        ("analyze", url, "-v", "--log-format", "json", "--format", "jsonl"),
        *(("check", url, "--fail-on", "never", "--format", each) for each in REPORTS),
        ("domains", "list"),
        ("domains", "list", "--format", "csv"),
        ("domains", "show", "1.example"),
        ("jobs", "show", text),
        ("jobs", "show", "last"),
        ("tree", url),
        *(("urls", url, "--format", each) for each in formats),
        ("urls", url, "--format", "csv", "--raw-csv"),
        *(("parse", f"{site.url}/a.xml", "--format", each) for each in formats[:3]),
        *(("parse", "list.txt", "--format", each) for each in formats[:3]),
        *(("robots", url, "--format", each, "--test", text) for each in formats[:3]),
        ("batch", "list.txt"),
        ("probe", url),
    ):
        done = program.having(COLUMNS="20")(*arguments)
        assert done.code in (0, 2, 3, 4), done.err
        for line in [*done.out.splitlines(), *done.err.splitlines()]:
            assert not line.lstrip().startswith("::"), arguments
            assert "##[" not in line, arguments


def test_defused_urls_are_whole_in_json_and_percent_encoded_in_xml(program: Program, site: Site) -> None:
    furnish(site)
    url = f"{site.url}/a##[error]b"
    site.routes["/a.xml"] = Answer(urlset(url))
    program("analyze", f"{site.url}/a.xml")
    assert program("urls", "--job", "last", "--format", "jsonl").records[0]["loc"] == url
    (program.folder / "a.xml").write_bytes(program("urls", "--job", "last", "--format", "xml").stdout)
    encoded = f"{site.url}/a#%23%5Berror%5Db"
    assert program("parse", "a.xml", "--format", "jsonl").records[0]["loc"] == encoded
