"""The command line as plain values: what the help, the manual pages and the reference say about a command."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import typer

from sitemap_cli import settings
from sitemap_cli.cli.framework import config_defaults
from sitemap_cli.cli.framework.option_types import DURATION, format_seconds

if TYPE_CHECKING:
    from sitemap_cli.cli.framework.command_table import CommandTable

OPTIONS = "Options"
GROUPS = {each.name: each.metadata.get("group", "") for each in fields(settings.Settings)}
# Their values come from the command line alone.
WITHOUT_VARIABLE = {"help", "help_all", "_version", "_install_completion", "_show_completion"}


@dataclass(frozen=True, slots=True)
class Example:
    """A call of the program, and what it is for."""

    call: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ParameterOutline:
    """An argument or an option.

    ``flags`` has the short one first, and is empty for an argument. ``metavar`` is the value as the usage
    shows it, empty for a flag; one that is optional begins with ``[=``. ``panel`` is the section of the help,
    ``group`` a part of it. ``default`` is empty if there is nothing to say. ``variable`` and ``key`` are
    where else an option can be set: ``key`` is a dotted path in ``sitemap.toml``.
    """

    name: str
    flags: tuple[str, ...]
    metavar: str
    help: str
    panel: str = ""
    group: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    variable: str = ""
    key: str = ""
    is_required: bool = False
    is_repeatable: bool = False

    @property
    def spelling(self) -> str:
        """The flags and the value, as the help shows them: ``-o, --output FILE``."""
        blank = "" if not self.metavar or self.metavar.startswith("[=") else " "
        return f"{', '.join(self.flags)}{blank}{self.metavar}" if self.flags else self.metavar


@dataclass(frozen=True, slots=True)
class CommandOutline:
    """A command or a group of commands.

    ``path`` is its name after ``sitemap``, empty for the program itself. ``default`` is the command of a
    group that runs when none is named: the group then has its arguments and options. ``description`` has a
    paragraph in each item, or lines that stay as they are.
    """

    path: tuple[str, ...]
    summary: str
    description: tuple[str, ...]
    chapter: str
    examples: tuple[Example, ...]
    arguments: tuple[ParameterOutline, ...]
    options: tuple[ParameterOutline, ...]
    commands: "tuple[CommandOutline, ...]" = ()
    default: str = ""
    is_group: bool = False

    @property
    def name(self) -> str:
        """The full name, such as ``sitemap jobs list``."""
        return " ".join(("sitemap", *self.path))

    @property
    def panels(self) -> tuple[str, ...]:
        """The sections of its options, in their order in the help."""
        return tuple(dict.fromkeys(each.panel for each in self.options))

    @property
    def usages(self) -> tuple[str, ...]:
        """The usage lines; a group with a default command can be called in two ways."""
        usual = [] if self.is_group and not self.default else [_format_usage(self.name, self.arguments)]
        blank = " " if usual else " [OPTIONS] "
        return (*usual, *([f"{self.name}{blank}COMMAND ..."] if self.is_group else []))

    def walk(self) -> "Iterator[CommandOutline]":
        """Yield this command and all commands below it."""
        yield self
        for each in self.commands:
            yield from each.walk()


def outline_command(command: Any, context: Any, chapter: str = "") -> CommandOutline:
    """Return the outline of a Typer command in its context, and of the commands below it."""
    outline = replace(outline_one(command, context), chapter=chapter, commands=tuple(_outline_below(context)))
    return replace(
        outline, examples=outline.examples or pick_examples(each.examples for each in outline.commands)
    )


def outline_one(command: Any, context: Any) -> CommandOutline:
    """Return the outline of a command, without what is below it."""
    path = [str(each.info_name) for each in config_defaults.list_ancestors(context)]
    summary, description, examples = parse_help(command.help or "")
    parameters = [_outline_parameter(each, path) for each in command.get_params(context) if not each.hidden]
    return CommandOutline(
        path=tuple(path),
        summary=summary,
        description=description,
        chapter="",
        examples=examples,
        arguments=tuple(each for each in parameters if not each.flags),
        options=tuple(_sort_by_panel(each for each in parameters if each.flags)),
        default=getattr(context.command, "default", None) or "",
        is_group=hasattr(context.command, "table"),
    )


def parse_help(text: str) -> tuple[str, tuple[str, ...], tuple[Example, ...]]:
    """Split a docstring into its first paragraph, the other paragraphs, and the examples.

    Examples are lines that begin with ``$``; a line above that begins with ``#`` is the comment of one. Lines
    of a paragraph are joined, unless they begin with a dash or blanks.
    """
    paragraphs, examples, comment = [""], list[Example](), ""
    for line in inspect.cleandoc(text).splitlines():
        if line.startswith("$ "):
            examples.append(Example(line.removeprefix("$ "), comment))
            comment = ""
        elif line.startswith("# "):
            comment = line.removeprefix("# ")
        elif not line:
            paragraphs.append("")
        elif line.startswith(("- ", " ")):
            paragraphs[-1] = f"{paragraphs[-1]}\n{line}".strip("\n")
        else:
            paragraphs[-1] = f"{paragraphs[-1]} {line}".strip()
    summary, *others = paragraphs
    return summary, tuple(each for each in others if each), tuple(examples)


def pick_examples(found: Iterable[Sequence[Example]]) -> tuple[Example, ...]:
    """Return the first example of each command of a group."""
    return tuple(each[0] for each in found if each)


def _outline_below(context: Any) -> Iterator[CommandOutline]:
    table: CommandTable | None = getattr(context.command, "table", None)
    for each in table.outlines if table is not None else ():
        command = context.command.table[each.name]
        below = typer.Context(command, parent=context, info_name=each.name, **command.context_settings)
        yield outline_command(command, below, each.chapter)


def _sort_by_panel(options: Iterable[ParameterOutline]) -> list[ParameterOutline]:
    """Return options with those of the command first, the global ones last, and each panel together."""
    found = list(options)
    panels = list(dict.fromkeys(each.panel for each in found if each.panel not in settings.PANELS))
    order = [*panels, settings.FETCH, settings.KEEP, settings.GLOBAL]
    groups = list(dict.fromkeys(GROUPS.values()))
    return sorted(
        found, key=lambda each: (order.index(each.panel), groups.index(each.group) if each.group else 0)
    )


def _outline_parameter(parameter: Any, path: Sequence[str]) -> ParameterOutline:
    is_option = parameter.param_type_name == "option"
    name, panel = str(parameter.name), _find_panel(parameter) if is_option else ""
    can_be_set = is_option and name not in WITHOUT_VARIABLE
    key = config_defaults.name_key(parameter) if can_be_set and name != "config" else ""
    return ParameterOutline(
        name=name,
        flags=tuple(sorted((*parameter.opts, *parameter.secondary_opts), key=len)) if is_option else (),
        metavar=find_metavar(parameter),
        help=" ".join((parameter.help or "").split()),
        panel=panel,
        group=GROUPS.get(name, "") if panel == settings.FETCH else "",
        default=_format_default(parameter),
        choices=tuple(map(str, parameter.type_descriptor.choices or ())),
        minimum=parameter.min,
        variable=config_defaults.name_variable(name) if can_be_set else "",
        key=key if panel in settings.PANELS or not key else ".".join((*path, key)),
        is_required=parameter.required,
        is_repeatable=getattr(parameter, "multiple", False) or parameter.nargs != 1,
    )


def _find_panel(parameter: Any) -> str:
    if parameter.name in WITHOUT_VARIABLE:
        return settings.GLOBAL
    return str(parameter.rich_help_panel or OPTIONS)


def find_metavar(parameter: Any) -> str:
    """Return what the help calls the value of a parameter; empty for a flag."""
    if getattr(parameter, "is_flag", False) or getattr(parameter, "count", False):
        return ""
    if parameter.metavar is not None:
        return str(parameter.metavar)
    if choices := parameter.type_descriptor.choices:
        return "|".join(map(str, choices))
    return str(parameter.name).strip("_").upper().replace("_", "-")


def _format_default(parameter: Any) -> str:
    if isinstance(shown := parameter.show_default, str):
        return shown
    value = parameter.default
    if not shown or value is None or isinstance(value, bool) or callable(value) or value in ((), []):
        return ""
    if isinstance(value, float):
        return format_seconds(value) if parameter.metavar == DURATION else f"{value:g}"
    return str(value)


def _format_usage(name: str, arguments: Iterable[ParameterOutline]) -> str:
    words = [name, "[OPTIONS]"]
    for each in arguments:
        word = each.metavar if each.is_required else f"[{each.metavar}]"
        dots = "..." if each.is_repeatable and "..." not in word else ""
        words.append(word + dots)
    return " ".join(words)
