"""The documentation is true: its commands, options, variables, paths and links exist."""

import ast
import itertools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from sitemap_cli.cli.framework.app import build_app
from sitemap_cli.cli.framework.command import list_variables
from tests.changelog import NEXT_VERSION
from tests.markdown import FENCED, Page

pytestmark = pytest.mark.usefixtures("no_settings_of_the_user")

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("examples/**/*.md")),
    *sorted(ROOT.glob("tests/**/*.md")),
]
DOCS = ROOT / "docs"
FOR_USERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md"]
OURS = re.compile(r"(?:sitemap_cli|tests|examples|\.ci|\.github)/[\w./-]*")
VARIABLE = re.compile(r"\bSITEMAP_[A-Z_]*[A-Z]\b")
OPTION = re.compile(r"--[a-z][a-z-]*")
ELSEWHERE = {"SITEMAP_CONFIG", "SITEMAP_TEST_BROWSER", "SITEMAP_TEST_CHROMIUM", "SITEMAP_TEST_POSTGRES"}
# Not "a page: sitemap is a file", which is English.
MENTIONED = re.compile(r"(?:^|`|: )sitemap (?!(?:is|has|was|lists|on|in) )([a-z]+(?: [a-z]+(?=[` \n]|$))?)")
# Groups with a command that needs no name: the second word is an argument.
WITHOUT_NAME = {("batch", "domains")}
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
STOPS = {"|", ">", ">>", "<", "&&", "||", ";", "&", "2>", "(", ")"}


def of_each_page(pages: list[Path] = PAGES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", pages, ids=lambda file: str(file.relative_to(ROOT)))


def calls(line: str) -> Iterator[list[str]]:
    """The arguments of every `sitemap` call in a shell command, also behind a pipe."""
    lexer = shlex.shlex(re.sub(r"\b2(?=>)", "", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = "#"
    for stop, words in itertools.groupby(lexer, key=lambda word: word in STOPS):
        program, *arguments = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*", word)] or [""]
        if not stop and program == "sitemap":
            yield arguments


def understand(command: Any, arguments: list[str]) -> None:
    """Parse a command line as the program would, and run nothing; raises for what it does not know."""
    name, parent = "sitemap", None
    while True:
        try:
            context = command.make_context(name, arguments, parent=parent)
        except typer.Exit:  # --help and --version are understood, too
            return
        with context:
            rest = [*getattr(context, "_protected_args", ()), *context.args]
            if not hasattr(command, "resolve_command") or not rest:
                return
            name, command, arguments = command.resolve_command(context, rest)
            parent = context


def options(command: Any) -> set[str]:
    """Every option of a command and of the commands below it."""
    own = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    context = typer.Context(command)
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    return own.union({"--help"}, *(options(command.get_command(context, name)) for name in names))


@pytest.fixture(scope="module")
def program() -> Any:
    """The whole command line."""
    return typer.main.get_command(build_app())


@of_each_page()
def test_commands_are_understood(file: Path, program: Any) -> None:
    for command in Page.of(file).commands():
        for arguments in calls(command.line):
            understand(program, arguments)


@of_each_page([file for file in PAGES if file.is_relative_to(DOCS) or file in FOR_USERS])
def test_options_that_are_named_exist(file: Path, program: Any) -> None:
    spans = [span for span in Page.of(file).spans() if span.startswith(("--", "sitemap "))]
    named = {option for span in spans for option in OPTION.findall(span)}
    assert named - options(program) == set()


def command_paths(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that name each command and each group, such as ``("jobs", "show")``."""
    if path:
        yield path
    context = typer.Context(command)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from command_paths(command.get_command(context, name), (*path, name))


def unknown_commands(text: str, program: Any) -> list[str]:
    """Calls in a text that name no command: behind a backtick, behind a colon, or at the start."""
    known = set(command_paths(program))
    groups = {path[0] for path in known if len(path) > 1}
    found = []
    for words in MENTIONED.findall(text):
        first, _, second = words.partition(" ")
        is_known = (first,) in known and (first not in groups or not second or (first, second) in known)
        if not is_known and (first, second) not in WITHOUT_NAME:
            found.append(f"sitemap {words}")
    return found


@of_each_page()
def test_commands_in_running_text_exist(file: Path, program: Any) -> None:
    spans = [f"`{span}`" for span in Page.of(file).spans()]
    assert [each for span in spans for each in unknown_commands(span, program)] == []


def test_commands_in_messages_hints_and_docstrings_exist(program: Any) -> None:
    unknown = {}
    for file in (ROOT / "sitemap_cli").rglob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text()))
        values = (node.value for node in nodes if isinstance(node, ast.Constant))
        texts = [value for value in values if isinstance(value, str)]
        if found := [each for text in texts for each in unknown_commands(text, program)]:
            unknown[file.name] = found
    assert unknown == {}


@pytest.mark.parametrize("text", ["run: sitemap dif example.com", "`sitemap jobs shw ID`", "sitemap diffs D"])
def test_a_command_in_a_text_that_does_not_exist_is_found(text: str, program: Any) -> None:
    assert unknown_commands(text, program)


@pytest.mark.parametrize(
    "text", ["run: sitemap db upgrade", "a sitemap lists URLs", "`sitemap batch --tag T`"]
)
def test_commands_that_exist_and_sentences_are_no_unknown_commands(text: str, program: Any) -> None:
    assert unknown_commands(text, program) == []


@of_each_page()
def test_environment_variables_that_are_named_exist(file: Path) -> None:
    assert set(VARIABLE.findall(Page.of(file).text)) - {*list_variables()} - ELSEWHERE == set()


@of_each_page()
def test_paths_that_are_named_exist(file: Path) -> None:
    named = {span for span in Page.of(file).spans() if OURS.fullmatch(span)}
    assert {path for path in named if not (ROOT / path).exists()} == set()


@of_each_page()
def test_links_inside_the_project_lead_somewhere(file: Path) -> None:
    for link in Page.of(file).links():
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (file.parent / parts.path).resolve() if parts.path else file
        assert target.exists(), link
        assert not parts.fragment or parts.fragment in Page.of(target).anchors(), link


def test_the_readme_has_one_command_that_installs_and_tests() -> None:
    _, heading, rest = Page.of(ROOT / "README.md").text.partition("\n## Install and run all tests\n")
    assert heading
    block = FENCED.search(rest)
    assert block
    (command,) = block[2].splitlines()
    assert ".venv/bin/pip install" in command
    assert ".venv/bin/pytest" in command


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    text = Page.of(ROOT / "CHANGELOG.md").text
    assert text.startswith("# Changelog\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[0] == "[Unreleased]"


def test_the_changelog_knows_only_the_usual_sections() -> None:
    sections = re.findall(r"^### (.*)$", Page.of(ROOT / "CHANGELOG.md").text, re.MULTILINE)
    assert sections
    assert set(sections) <= SECTIONS


def test_releases_in_the_changelog_have_dates_and_fall() -> None:
    headings = re.findall(r"^## (.*)$", Page.of(ROOT / "CHANGELOG.md").text, re.MULTILINE)[1:]
    releases = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d", heading) for heading in headings]
    versions = [tuple(map(int, release.groups())) for release in releases if release]
    assert len(versions) == len(headings)
    assert versions == sorted(versions, reverse=True)


def test_a_build_that_knows_no_tag_is_before_the_next_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["version"]["fallback-version"] == f"{NEXT_VERSION}.dev0"


@pytest.mark.parametrize(
    "wrong", ["sitemap analyse example.com", "sitemap analyze example.com --fromat json", "sitemap analyze"]
)
def test_a_wrong_command_would_be_noticed(wrong: str, program: Any) -> None:
    (arguments,) = calls(wrong)
    with pytest.raises(typer.BadParameter.__bases__[0]):
        understand(program, arguments)


def test_calls_are_found_between_pipes_and_variables() -> None:
    line = "cat list | SITEMAP_TENANT=me sitemap analyze a.com -o '-' | head  # all"
    assert list(calls(line)) == [["analyze", "a.com", "-o", "-"]]
