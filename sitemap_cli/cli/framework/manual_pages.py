"""Manual pages in the roff language, one for the program and one for each command or group.

The macros are those of man(7): https://man7.org/linux/man-pages/man7/groff_man.7.html
"""

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sitemap_cli import settings
from sitemap_cli.cli.framework.command_outline import CommandOutline, Example, ParameterOutline
from sitemap_cli.cli.framework.help_topics import EXIT_CODES, FILE, PLACES, SEVERAL_TARGETS, SEVERAL_VALUES
from sitemap_cli.cli.framework.option_types import DURATION, SIZE, UNITS
from sitemap_cli.settings import VERSION

SECTION = 1
FETCHING = "sitemap-fetching"
VARIABLES = (
    ("SITEMAP_DATABASE", "The database, as with --database."),
    ("SITEMAP_TENANT", "The tenant, as with --tenant."),
    ("SITEMAP_CONFIG", "The configuration file, as with --config."),
    ("SITEMAP_<OPTION>", "Any other option: SITEMAP_TIMEOUT is --timeout."),
    ("NO_COLOR, FORCE_COLOR", "No colours, or colours also in a pipe."),
)
FILES = (
    ("sitemap.toml, pyproject.toml", "The configuration: the nearest one from the working folder upwards."),
    ("~/.local/share/sitemap/sitemap.db", "The default database on Linux; sitemap db info prints its place."),
)
# In this order, because the others have backslashes.
ESCAPES = {
    "\\": r"\e",
    "-": r"\-",
    "…": "...",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
}
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


def list_manual_pages(outline: CommandOutline) -> Iterator[tuple[str, str]]:
    """Yield the name of each page, such as ``sitemap-jobs.1``, and its text."""
    yield f"sitemap.{SECTION}", format_program_page(outline)
    for each in outline.commands:
        yield f"sitemap-{each.path[0]}.{SECTION}", format_command_page(each)
    users = [each for each in outline.walk() if any(option.group for option in each.options)]
    yield f"{FETCHING}.{SECTION}", _format_fetching_page(users)


def format_program_page(outline: CommandOutline) -> str:
    """Return the page about the program as a whole."""
    lines = [*_begin("sitemap", outline.summary), *_list_usages([outline])]
    lines += [".SH DESCRIPTION", _escape(outline.summary)]
    for chapter, commands in groupby(outline.commands, key=lambda each: each.chapter):
        lines += [f".SS {_escape(chapter)}"]
        for each in commands:
            lines += [".TP", rf"\fB{_escape(f'sitemap-{each.path[0]}')}\fR(1)", _escape(each.summary)]
    lines += _list_options(outline.options)
    lines += _list_examples(outline.examples)
    lines += [".SH CONFIGURATION", "Every option can be set in four places; the first one wins."]
    lines += _list_terms(PLACES)
    lines += [_escape(SEVERAL_VALUES), ".PP", ".EX", *map(_escape, FILE.splitlines()), ".EE"]
    lines += [".SH ENVIRONMENT", *_list_terms(VARIABLES), ".SH FILES", *_list_terms(FILES)]
    lines += [".SH EXIT STATUS", *_list_terms(EXIT_CODES), ".PP", _escape(SEVERAL_TARGETS)]
    return _join([*lines, *_see_also([f"sitemap-{each.path[0]}" for each in outline.commands])])


def format_command_page(command: CommandOutline) -> str:
    """Return the page about a command, or about a group and its commands."""
    found = list(command.walk())
    lines = [
        *_begin("-".join(("sitemap", *command.path)), command.summary),
        *_list_usages(_choose_usages(found)),
    ]
    lines += [".SH DESCRIPTION", *_list_paragraphs(command)]
    if not command.is_group:
        lines += _list_arguments(command.arguments)
        lines += _list_options(command.options)
    else:
        lines += [".SH COMMANDS"]
        for each in command.commands:
            lines += [f".SS {_escape(each.name)}", *_list_paragraphs(each)]
            own = [option for option in each.options if option.panel != settings.GLOBAL]
            lines += [*_list_arguments(each.arguments, title=False), *_list_options(own, title=False)]
        lines += _list_options(command.options)
    if any(each.metavar in (DURATION, SIZE) for one in found for each in one.options):
        lines += [".PP", _escape(UNITS)]
    lines += _list_examples([example for each in found if not each.is_group for example in each.examples])
    fetches = any(option.group for each in found for option in each.options)
    return _join([*lines, *_see_also(["sitemap", *([FETCHING] if fetches else [])])])


def _format_fetching_page(users: Sequence[CommandOutline]) -> str:
    options = [each for each in users[0].options if each.panel == settings.FETCH]
    names = ", ".join(each.name for each in users)
    lines = [*_begin(FETCHING, "Options of all sitemap commands that send requests")]
    lines += [".SH DESCRIPTION", f"These are options of {_escape(names)}."]
    for group, members in groupby(options, key=lambda each: each.group):
        lines += [f".SH {_escape(group.upper())}", *_list_rows(members)]
    lines += [".SH UNITS", _escape(UNITS)]
    return _join(
        [*lines, *_see_also(["sitemap", *dict.fromkeys(f"sitemap-{each.path[0]}" for each in users)])]
    )


def _begin(name: str, summary: str) -> list[str]:
    what = _escape(summary.rstrip("."))
    title = f'.TH {_escape(name.upper())} {SECTION} "{_find_date()}" "sitemap {VERSION}" "Sitemap Manual"'
    return [title, ".SH NAME", rf"{_escape(name)} \- {what[:1].lower()}{what[1:]}"]


def _find_date() -> str:
    """Return the date of a build that can be repeated, which packagers set; else nothing."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return f"{dt.datetime.fromtimestamp(int(seconds), dt.UTC):%Y-%m-%d}" if seconds.isdecimal() else ""


def _choose_usages(found: Sequence[CommandOutline]) -> Sequence[CommandOutline]:
    """Return the command itself, or the commands of a group."""
    return [each for each in found if not each.is_group] or found


def _list_usages(commands: Iterable[CommandOutline]) -> list[str]:
    lines = [".SH SYNOPSIS"]
    for each in commands:
        for usage in each.usages:
            head, tail = usage[: len(each.name)], usage[len(each.name) :]
            lines += [rf"\fB{_escape(head)}\fR{_escape(tail)}", ".br"]
    return lines[:-1]


def _list_paragraphs(command: CommandOutline) -> list[str]:
    lines = [_escape(command.summary)]
    for each in command.description:
        text = [".EX", *map(_escape, each.splitlines()), ".EE"] if "\n" in each else [_mark(each)]
        lines += [".PP", *text]
    return lines


def _list_arguments(arguments: Sequence[ParameterOutline], *, title: bool = True) -> list[str]:
    lines = [".SH ARGUMENTS"] if title and arguments else []
    for each in arguments:
        lines += [".TP", rf"\fI{_escape(each.metavar)}\fR", _mark(each.help) or r"\&"]
    return lines


def _list_options(options: Sequence[ParameterOutline], *, title: bool = True) -> list[str]:
    lines = list[str]()
    for panel, members in groupby(options, key=lambda each: each.panel):
        if panel == settings.FETCH:
            lines += [".SH FETCHING"] if title else [".PP"]
            lines += [rf"The options that \fB{_escape(FETCHING)}\fR(1) describes."]
            continue
        lines += [f".SH {_escape(panel.upper())}"] if title else []
        lines += _list_rows(members)
    return lines


def _list_rows(options: Iterable[ParameterOutline]) -> list[str]:
    lines = list[str]()
    for each in options:
        flags = ", ".join(rf"\fB{_escape(flag)}\fR" for flag in each.flags)
        blank = "" if not each.metavar or each.metavar.startswith("[=") else " "
        value = rf"{blank}\fI{_escape(each.metavar)}\fR" if each.metavar else ""
        default = f" [default: {_escape(each.default)}]" if each.default else ""
        lines += [".TP", f"{flags}{value}", f"{_mark(each.help)}{default}"]
    return lines


def _list_examples(examples: Sequence[Example]) -> list[str]:
    lines = [".SH EXAMPLES", ".EX"]
    for each in examples:
        lines += [_escape(f"# {each.comment}")] if each.comment else []
        lines += [_escape(f"$ {each.call}")]
    return [*lines, ".EE"] if examples else []


def _list_terms(rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = list[str]()
    for name, text in rows:
        lines += [".TP", rf"\fB{_escape(name)}\fR", _mark(text)]
    return [*lines, ".PP"]


def _see_also(names: Sequence[str]) -> list[str]:
    lines = [".SH SEE ALSO"]
    for each in names:
        comma = "" if each == names[-1] else ","
        lines += [rf".BR {_escape(each)} (1){comma}"]
    return lines


def _mark(text: str) -> str:
    """Return a text with its options in bold."""
    parts = OPTION.split(text)
    marked = (rf"\fB{_escape(part)}\fR" if n % 2 else _escape(part) for n, part in enumerate(parts))
    return _protect("".join(marked))


def _escape(text: str) -> str:
    """Return a text as roff prints it: a hyphen stays a hyphen that can be copied, a first dot is a dot."""
    for character, escape in ESCAPES.items():
        text = text.replace(character, escape)
    return _protect(text)


def _protect(text: str) -> str:
    return rf"\&{text}" if text.startswith(".") else text


def _join(lines: Sequence[str]) -> str:
    """Return the page; a paragraph macro before a heading has no effect, and linters report it."""
    kept = [
        line
        for line, after in zip(lines, [*lines[1:], ".SH"], strict=True)
        if not (line == ".PP" and after.startswith((".SH", ".SS", ".PP", ".TP")))
    ]
    return "\n".join(kept) + "\n"
