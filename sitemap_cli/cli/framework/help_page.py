"""The page that ``--help`` prints, as wide as the terminal allows, with colours only there."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sitemap_cli import settings
from sitemap_cli.cli.framework.command_outline import CommandOutline, Example, ParameterOutline
from sitemap_cli.cli.framework.command_table import Outline
from sitemap_cli.cli.framework.option_types import DURATION, SIZE, UNITS

PIPE_WIDTH = 80
# Longer lines are hard to read.
MOST_WIDTH = 110
LEAST_WIDTH = 40
# A wider option has its description below it.
MOST_COLUMN = 28
BOLD, CYAN, DIM, RESET = "\x1b[1m", "\x1b[36m", "\x1b[2m", "\x1b[0m"

NO_BREAK = "\N{NO-BREAK SPACE}"

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How to lay out a page."""

    width: int = PIPE_WIDTH
    has_colors: bool = False

    @classmethod
    def find(cls, *, no_color: bool) -> "PageStyle":
        """Return the style for stdout."""
        is_terminal = sys.stdout.isatty()
        columns = shutil.get_terminal_size().columns if is_terminal else PIPE_WIDTH
        is_forced = os.environ.get("FORCE_COLOR", "0") not in ("", "0")
        is_plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        width = max(LEAST_WIDTH, min(columns, MOST_WIDTH))
        return cls(width, (is_terminal or is_forced) and not is_plain)

    def paint(self, text: str, color: str) -> str:
        """Return a text in a colour."""
        return f"{color}{text}{RESET}" if self.has_colors and text else text


def format_help_page(
    outline: CommandOutline, commands: Sequence[Outline], style: PageStyle, *, is_full: bool = False
) -> str:
    """Return the help of a command, or of a group with these commands.

    Args:
        outline: the command.
        commands: the commands below it, which need not be built to be listed.
        style: how to lay it out.
        is_full: whether to describe the options of fetching, which are only named otherwise.
    """
    blocks = [
        wrap_text(outline.summary, style),
        *(wrap_text(each, style) for each in outline.description),
        _format_usages(outline, style),
        *_format_examples(outline.examples, style),
        *_format_commands(commands, style),
        *_format_options(outline, style, is_full=is_full),
    ]
    if not outline.path:
        blocks.append(wrap_text(format_root_notes(), style))
    return "\n\n".join(each for each in blocks if each)


def format_root_notes() -> str:
    """Return what the help of the program says at its end."""
    return (
        "sitemap COMMAND --help describes a command. sitemap help fetching describes the options of all "
        "commands that send requests; help configuration: where options can be set; help exit-codes: what "
        "a script can rely on."
    )


def wrap_text(text: str, style: PageStyle) -> str:
    """Return a paragraph in lines; lists and indented lines stay as they are."""
    if text.startswith(("- ", " ")) or "\n" in text:
        return text
    return textwrap.fill(text, style.width, break_long_words=False, break_on_hyphens=False)


def format_rows(rows: Rows, style: PageStyle, column: int | None = None) -> str:
    """Return lines with names, and descriptions beside or below them."""
    widths = [len(name) for name, _ in rows if len(name) <= MOST_COLUMN]
    column = column or max(widths, default=0)
    lines = list[str]()
    for name, text in rows:
        indent = " " * (column + 4)
        described = textwrap.wrap(
            text, style.width - len(indent), break_long_words=False, break_on_hyphens=False
        )
        first = style.paint(name, CYAN)
        if len(name) <= column and described:
            first += " " * (column + 2 - len(name)) + described.pop(0)
        lines += [f"  {first}", *(f"{indent}{each}" for each in described)]
    return "\n".join(lines).replace(NO_BREAK, " ")


def format_section(title: str, body: str, style: PageStyle) -> str:
    """Return a section of a page."""
    return f"{style.paint(f'{title}:', BOLD)}\n{body}"


def list_option_rows(options: Iterable[ParameterOutline]) -> Rows:
    """Return options with what the help says about them; long lists of values move into the description."""
    return [_make_row(each) for each in options]


def format_fetch_options(options: Iterable[ParameterOutline], style: PageStyle) -> Iterator[str]:
    """Yield a section for each group of the options of fetching."""
    found = [each for each in options if each.panel == settings.FETCH]
    column = _find_column(list_option_rows(found))
    for group, members in groupby(found, key=lambda each: each.group):
        title = f"{settings.FETCH}, {group.lower()}"
        yield format_section(title, format_rows(list_option_rows(members), style, column), style)


def _format_options(outline: CommandOutline, style: PageStyle, *, is_full: bool) -> Iterator[str]:
    arguments = [(each.metavar, each.help) for each in outline.arguments]
    rows = list_option_rows(outline.options)
    column = max(_find_column(rows), _find_column(arguments))
    if any(text for _, text in arguments):
        yield format_section("Arguments", format_rows(arguments, style, column), style)
    shown = list[ParameterOutline]()
    for panel, found in groupby(outline.options, key=lambda each: each.panel):
        options = list(found)
        if panel != settings.FETCH:
            shown += options
            yield format_section(panel, format_rows(list_option_rows(options), style, column), style)
        elif is_full:
            shown += options
            yield from format_fetch_options(options, style)
        else:
            yield _name_fetch_options(options, style)
    if any(each.metavar in (DURATION, SIZE) for each in shown):
        yield wrap_text(UNITS, style)


def _name_fetch_options(options: Sequence[ParameterOutline], style: PageStyle) -> str:
    groups = groupby(options, key=lambda each: each.group)
    rows = [(group, " ".join(each.flags[-1] for each in members)) for group, members in groups]
    title = f"{settings.FETCH}, described by --help-all"
    return format_section(title, format_rows(rows, style), style)


def _make_row(option: ParameterOutline) -> tuple[str, str]:
    notes = list[str]()
    spelling = _spell(option)
    if option.choices and len(spelling) > MOST_COLUMN and "|" in option.metavar:
        name = option.flags[-1].rpartition("-")[2].upper()
        spelling = _spell(replace(option, metavar=name))
    if option.choices and option.choices[0] not in spelling:
        notes.append(f"[values: {', '.join(option.choices)}]")
    if option.default:
        note = f"[default: {option.default}]"
        notes.append(note.replace(" ", NO_BREAK) if len(note) < LEAST_WIDTH / 2 else note)
    return spelling, " ".join([option.help, *notes])


def _spell(option: ParameterOutline) -> str:
    """Return the option with room for a short flag, so that the long ones stand below each other."""
    return option.spelling if len(option.flags[0]) == 2 else f"    {option.spelling}"


def _find_column(rows: Rows) -> int:
    return max((len(name) for name, _ in rows if len(name) <= MOST_COLUMN), default=0)


def _format_usages(outline: CommandOutline, style: PageStyle) -> str:
    first, *others = outline.usages
    lines = [f"{style.paint('Usage:', BOLD)} {first}", *(f"       {each}" for each in others)]
    return "\n".join(lines)


def _format_examples(examples: Sequence[Example], style: PageStyle) -> Iterator[str]:
    lines = list[str]()
    for each in examples:
        lines += [f"  {style.paint(f'# {each.comment}', DIM)}"] if each.comment else []
        lines += [f"  {style.paint('$', DIM)} {each.call}"]
    if lines:
        yield format_section("Examples", "\n".join(lines), style)


def _format_commands(commands: Sequence[Outline], style: PageStyle) -> Iterator[str]:
    column = max((len(each.name) for each in commands), default=0)
    for chapter, members in groupby(commands, key=lambda each: each.chapter):
        rows = [(each.name, each.summary) for each in members]
        yield format_section(chapter, format_rows(rows, style, column), style)
