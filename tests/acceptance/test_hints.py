"""Hints that can be followed as printed."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from sitemap_cli.cli.command_hints import complete_commands, format_repeated_options
from tests.acceptance.command import Program
from tests.acceptance.conftest import LOOPBACK, furnish
from tests.web import Site

pytestmark = pytest.mark.usefixtures("schema")

ROOT = Path(__file__).parents[2]
# Commands whose hint names a command; each is called with the options below.
MISTAKES: list[tuple[str, ...]] = [
    ("urls", "unknown.example"),
    ("tree", "unknown.example"),
    ("jobs", "show", "ffff"),
    ("jobs", "list"),
    ("batch", "list"),
    ("batch", "show", "ffff"),
    ("domains", "list"),
    ("domains", "remove", "unknown.example"),
    ("probe", "unknown.example"),
]


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_hint_repeats_the_options_that_select_the_data(
    arguments: tuple[str, ...], place: str, program: Program
) -> None:
    (program.folder / "my config.toml").write_text("")
    flags = ("--database", "my data.db", "--tenant", "a'b", "--config", "my config.toml")
    done = program(*flags, *arguments) if place == "before" else program(*arguments, *flags)
    (command,) = re.findall(r"sitemap (--.*)", done.err)
    assert tuple(shlex.split(command)[:6]) == flags


def test_a_hint_keeps_the_user_of_a_database_and_of_an_example(shared: Program) -> None:
    url = shared.environment["SITEMAP_DATABASE"]
    shown = format_repeated_options({"database": url})
    done = shared("--database", url, "jobs", "show", "ffff")
    assert done.err.splitlines()[-1] == f"hint: sitemap {shown} jobs list shows them"
    done = shared("jobs", "list", "--database", "mysql://me:secret@host/x")
    assert done.err.splitlines()[-1] == "hint: use a file name or postgresql://USER@HOST/NAME"
    assert "secret" not in done.err


def test_a_hint_repeats_nothing_from_the_environment(program: Program) -> None:
    done = program.having(SITEMAP_TENANT="other")("jobs", "show", "ffff")
    assert done.err.endswith("hint: sitemap jobs list shows them\n")


def test_the_steps_after_an_analysis_can_be_followed(tmp_path: Path, site: Site) -> None:
    furnish(site)
    program = Program(tmp_path, LOOPBACK)
    done = program("analyze", f"{site.url}/", "--database", "own folder.db", "--tenant", "shop")
    commands = re.findall(r": (sitemap --.*)", done.out)
    assert len(commands) == 2
    for command in commands:
        assert program(*shlex.split(command)[1:]).code == 0


def test_a_batch_names_the_command_that_resumes_it_with_its_options(program: Program) -> None:
    (program.folder / "list.txt").write_text("")
    done = program("batch", "--resume", "--tenant", "other")
    assert "sitemap --tenant other batch list" in done.err


@pytest.mark.parametrize(
    ("database", "shown"),
    [
        ("postgresql://me:secret@host/db", "--database '…'"),
        ("postgresql://me:sec@ret@host/db", "--database '…'"),
        ("postgresql://me@host/db?password=secret", "--database '…'"),
        ("postgresql://me:se[cret@ho]st/db?PASSWORD=x", "--database '…'"),
        ("postgresql://me@host/db?sslmode=require", "--database 'postgresql://me@host/db?sslmode=require'"),
        ("a:b@c.db", "--database a:b@c.db"),
        ("with blank.db", "--database 'with blank.db'"),
    ],
)
def test_a_password_is_never_repeated(database: str, shown: str) -> None:
    assert format_repeated_options({"database": database, "tenant": None}) == shown


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("run: sitemap db upgrade", "run: sitemap -x db upgrade"),
        ("sitemap --help shows the commands", "sitemap --help shows the commands"),
        ("sitemap domains set --help", "sitemap domains set --help"),
        ("/usr/bin/sitemap urls", "/usr/bin/sitemap urls"),
        ("sitemap urls a, or: sitemap urls --job ID", "sitemap -x urls a, or: sitemap -x urls --job ID"),
    ],
)
def test_only_commands_are_completed(hint: str, expected: str) -> None:
    assert complete_commands(hint, "-x") == expected


def test_no_hint_installs_this_package_from_an_index() -> None:
    found = [
        (file.name, node.value)
        for file in (ROOT / "sitemap_cli").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "pip install" in node.value
    ]
    assert found
    assert [each for each in found if "sitemap-cli" in each[1]] == []
