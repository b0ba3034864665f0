"""The outline of the command line: what the help, the manual pages and the reference are made of."""

import pytest

from sitemap_cli import settings
from sitemap_cli.cli.framework.app import load_outline
from sitemap_cli.cli.framework.command_outline import (
    CommandOutline,
    Example,
    ParameterOutline,
    parse_help,
)

TEXT = """Do one thing.

    A paragraph in
    two lines.

    - a list
    - of two

    # What it is for
    $ sitemap thing a
    $ sitemap thing b
    """


@pytest.fixture(scope="module")
def outline() -> CommandOutline:
    return load_outline()


@pytest.fixture(scope="module")
def commands(outline: CommandOutline) -> dict[str, CommandOutline]:
    return {" ".join(each.path): each for each in outline.walk()}


def find(command: CommandOutline, flag: str) -> ParameterOutline:
    return next(each for each in command.options if flag in each.flags)


def test_a_docstring_has_a_summary_paragraphs_and_examples() -> None:
    assert parse_help(TEXT) == (
        "Do one thing.",
        ("A paragraph in two lines.", "- a list\n- of two"),
        (Example("sitemap thing a", "What it is for"), Example("sitemap thing b")),
    )


def test_all_commands_are_in_the_outline(commands: dict[str, CommandOutline]) -> None:
    assert {"", "analyze", "batch", "batch list", "jobs", "jobs prune", "rules show"} < set(commands)
    assert not commands["analyze"].is_group
    assert commands["jobs"].is_group
    assert all(each.summary and each.panels for each in commands.values())


@pytest.mark.parametrize(
    ("command", "usages"),
    [
        ("analyze", ("sitemap analyze [OPTIONS] TARGET...",)),
        ("jobs", ("sitemap jobs [OPTIONS] COMMAND ...",)),
        ("domains tag", ("sitemap domains tag [OPTIONS] [DOMAIN... TAG...]",)),
        ("diff", ("sitemap diff [OPTIONS] [DOMAIN|OLD] [NEW]",)),
    ],
)
def test_the_usage(command: str, usages: tuple[str, ...], commands: dict[str, CommandOutline]) -> None:
    assert commands[command].usages == usages


@pytest.mark.parametrize(
    ("command", "flag", "spelling", "default", "variable", "key"),
    [
        ("analyze", "-o", "-o, --output FILE", "", "SITEMAP_OUTPUT", "analyze.output"),
        ("analyze", "--timeout", "--timeout DURATION", "60s", "SITEMAP_TIMEOUT", "timeout"),
        ("analyze", "--deadline", "--deadline DURATION", "10m", "SITEMAP_DEADLINE", "deadline"),
        ("analyze", "--max-bytes", "--max-bytes SIZE", "100MiB", "SITEMAP_MAX_BYTES", "max-bytes"),
        ("analyze", "--verbose", "-v, --verbose", "", "SITEMAP_VERBOSE", "verbose"),
        ("check", "--probe", "--probe[=N|P%|all]", "", "SITEMAP_PROBE", "check.probe"),
        (
            "jobs show",
            "--format",
            "--format text|json",
            "text",
            "SITEMAP_FORMAT",
            "jobs.show.format",
        ),
        ("jobs show", "--config", "--config FILE", "", "SITEMAP_CONFIG", ""),
        ("jobs show", "--help", "-h, --help", "", "", ""),
    ],
)
def test_an_option(
    command: str,
    flag: str,
    spelling: str,
    default: str,
    variable: str,
    key: str,
    commands: dict[str, CommandOutline],
) -> None:
    found = find(commands[command], flag)
    assert (found.spelling, found.default, found.variable, found.key) == (spelling, default, variable, key)


def test_options_come_by_panel_with_the_global_ones_last(commands: dict[str, CommandOutline]) -> None:
    *own, fetching, keep, last = commands["check"].panels
    assert own
    assert (fetching, keep, last) == (settings.FETCH, settings.KEEP, settings.GLOBAL)
    groups = [each.group for each in commands["check"].options if each.panel == settings.FETCH]
    assert "" not in groups
    assert len(dict.fromkeys(groups)) == sum(a != b for a, b in zip(groups, [None, *groups], strict=False))


def test_no_name_of_a_type_is_shown_for_a_value(outline: CommandOutline) -> None:
    spelled = {each.spelling for command in outline.walk() for each in (*command.arguments, *command.options)}
    assert [each for each in spelled if "<" in each or "list[" in each] == []
