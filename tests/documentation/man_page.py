"""The manual page, ``share/man/man1/sitemap.1``: made from the outlines of the commands, as their help is."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sitemap_cli import settings
from sitemap_cli.cli.framework.app import load_outline
from sitemap_cli.cli.framework.command_outline import CommandOutline, ParameterOutline
from tests.documentation.reference.commands_pages import list_leaves
from tests.documentation.reference.exit_codes_page import MEANINGS
from tests.documentation.reference.settings_page import hide_version

MAN_PAGE = Path(__file__).parents[2] / "share" / "man" / "man1" / "sitemap.1"
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def build_man_page() -> str:
    """Return the page in the macros of man(7)."""
    outline = load_outline()
    lines = [
        '.\\" Written by "make pages" from the help of the commands.',
        '.TH SITEMAP 1 "" sitemap "User Commands"',
        ".SH NAME",
        f"sitemap \\- {escape(outline.summary.rstrip('.')).replace('Find', 'find', 1)}",
        ".SH SYNOPSIS",
        ".B sitemap",
        r"\fICOMMAND\fR [\fIARGUMENT\fR...] [\fIOPTION\fR...]",
        *_format_paragraphs(outline.description, ".SH DESCRIPTION"),
    ]
    for chapter, commands in _group_by_chapter(outline).items():
        lines += [f'.SH "{escape(chapter.upper() or "COMMANDS")}"']
        for command in commands:
            lines += _format_command(command)
    for panel in settings.PANELS:
        shared = {
            each.spelling: each
            for leaf in list_leaves(outline)
            for each in leaf.options
            if each.panel == panel
        }
        if shared:
            lines += [f'.SH "{escape(panel.upper())}"', *_format_options(shared.values())]
    lines += [".SH EXIT STATUS", *_format_exit_codes(), *END]
    return "\n".join(lines) + "\n"


END = (
    ".SH ENVIRONMENT",
    r"Every option can be set as \fBSITEMAP_\fR\fIOPTION\fR, such as \fBSITEMAP_DATABASE\fR. \fBNO_COLOR\fR is obeyed.",
    ".SH FILES",
    ".TP",
    r"\fIsitemap.toml\fR, \fIpyproject.toml\fR",
    "Options, found from the working folder upwards.",
    ".PP",
    r"\fBsitemap db info\fR prints where the database is, and its size.",
    ".SH SEE ALSO",
    r"\fBsitemap\fR \fICOMMAND\fR \fB\-\-help\fR prints examples, and \fBsitemap rules show\fR \fIRULE\fR the page of a rule.",
)


def write_man_page() -> None:
    """Write the page."""
    MAN_PAGE.parent.mkdir(parents=True, exist_ok=True)
    MAN_PAGE.write_text(build_man_page(), encoding="utf-8")


def escape(text: str) -> str:
    """Return text as roff prints it: hyphens stay hyphens, and no line is taken for a request."""
    plain = LINK.sub(r"\1", text).replace("\\", r"\e").replace("-", r"\-").replace("`", "")
    return "\n".join(rf"\&{line}" if line.startswith((".", "'")) else line for line in plain.split("\n"))


def _group_by_chapter(outline: CommandOutline) -> dict[str, list[CommandOutline]]:
    chapters: dict[str, list[CommandOutline]] = {}
    for each in outline.commands:
        chapters.setdefault(each.chapter, []).extend(list_leaves(each))
    return chapters


def _format_command(command: CommandOutline) -> Iterator[str]:
    yield f'.SS "{escape(command.name)}"'
    yield from (f".nf\n{escape(each)}\n.fi" for each in command.usages)
    yield from (".PP", escape(command.summary))
    yield from _format_paragraphs(command.description)
    own = [
        each
        for each in command.options
        if each.panel not in settings.PANELS and each.name not in {"help", "help_all"}
    ]
    yield from _format_options([*command.arguments, *own])


def _format_paragraphs(paragraphs: Iterable[str], heading: str = ".PP") -> Iterator[str]:
    for each in paragraphs:
        is_plain = not re.search(r"^( |- )", each, re.MULTILINE)
        yield heading
        yield escape(each) if is_plain else f".nf\n{escape(each)}\n.fi"
        heading = ".PP"


def _format_options(options: Iterable[ParameterOutline]) -> Iterator[str]:
    for each in options:
        default = f" Default: {hide_version(each.default)}." if each.default else ""
        yield ".TP"
        yield rf"\fB{escape(each.spelling)}\fR"
        yield escape(f"{each.help}{default}") or r"\&"


def _format_exit_codes() -> Iterator[str]:
    for code in sorted(MEANINGS):
        yield from (".TP", rf"\fB{code}\fR", escape(MEANINGS[code]))


if __name__ == "__main__":
    write_man_page()
