"""The pages of commands: one for each, and an index."""

from collections.abc import Iterable, Mapping

from sitemap_cli.cli.framework.command_outline import CommandOutline, ParameterOutline
from tests.documentation.reference.markdown_parts import format_code, format_head, format_table, format_text
from tests.documentation.reference.settings_page import format_option

FOLDER = "commands"
INTRODUCTION = """`sitemap COMMAND --help` prints the same in the terminal. A TARGET is a bare domain (`example.com`), the URL of a site,
of a part of it (`example.com/blog/`), of a sitemap or of a robots.txt, or a local folder or file. `-` is standard input wherever a
file is read, and standard output wherever one is written.

All commands share [exit codes](../exit-codes.md) and [settings](../settings.md)."""


def build_commands(outline: CommandOutline) -> Mapping[str, str]:
    """Return the pages by file name."""
    pages = {f"{FOLDER}/{name_page(each)}": _build_page(each, outline) for each in list_leaves(outline)}
    return {f"{FOLDER}/index.md": _build_index(outline), **pages}


def list_leaves(outline: CommandOutline) -> list[CommandOutline]:
    """Return the commands that do something, in the order of the help."""
    return [each for each in outline.walk() if not each.commands]


def name_page(command: CommandOutline) -> str:
    """Return the name of the page of a command, such as ``jobs-list.md``."""
    return f"{'-'.join(command.path)}.md"


def _build_index(outline: CommandOutline) -> str:
    chapters: dict[str, list[CommandOutline]] = {}
    for each in outline.commands:
        chapters.setdefault(each.chapter, []).append(each)
    parts = [format_head("Commands", INTRODUCTION)]
    for chapter, commands in chapters.items():
        leaves = [leaf for each in commands for leaf in list_leaves(each)]
        rows = [
            (f"[{_title(each, outline)}]({name_page(each)})", format_text(each.summary)) for each in leaves
        ]
        parts.extend([f"## {chapter}"] if chapter else [])
        parts.append(format_table(("command", "what it does"), rows))
    return "\n\n".join(parts)


def _title(command: CommandOutline, outline: CommandOutline) -> str:
    """Return the name of a command; of one that runs when none is named, that of its group."""
    return _find_caller(command, outline).name


def _find_caller(command: CommandOutline, outline: CommandOutline) -> CommandOutline:
    """Return the group that runs this command when none is named, or the command itself."""
    group = next((each for each in outline.walk() if each.path == command.path[:-1]), command)
    return group if group.default == command.path[-1] else command


def _list_usages(command: CommandOutline, outline: CommandOutline) -> list[str]:
    return [each.replace(command.name, _title(command, outline), 1) for each in command.usages]


def _build_page(command: CommandOutline, outline: CommandOutline) -> str:
    parts = [
        format_head(_title(command, outline), format_text(command.summary)),
        "\n".join(("```text", *_list_usages(command, outline), "```")),
        *map(_format_paragraph, command.description),
    ]
    if command.examples:
        parts += ["## Examples", _format_examples(command)]
    if command.arguments:
        rows = [(format_code(each.metavar), _describe_argument(each)) for each in command.arguments]
        parts += ["## Arguments", format_table(("argument", "meaning"), rows)]
    parts += _format_options(command)
    return "\n\n".join([*parts, "[All commands](index.md)"])


def _format_paragraph(text: str) -> str:
    lines = text.split("\n")
    if all(line.startswith(("- ", " ")) for line in lines):
        return "\n".join(
            f"- {format_text(line.removeprefix('- '))}" for line in lines if line.startswith("- ")
        ) or (f"```text\n{text}\n```")
    return "\n\n".join(format_text(line) for line in lines)


def _format_examples(command: CommandOutline) -> str:
    lines: list[str] = []
    for each in command.examples:
        lines += [f"# {each.comment}"] if each.comment else []
        lines.append(f"$ {each.call}")
    return "```console\n" + "\n".join(lines) + "\n```"


def _describe_argument(argument: ParameterOutline) -> str:
    parts = [format_text(argument.help)]
    parts += ["Required."] if argument.is_required else []
    parts += ["Several are possible."] if argument.is_repeatable else []
    return " ".join(parts).strip()


def _format_options(command: CommandOutline) -> Iterable[str]:
    from sitemap_cli import settings

    own = [each for each in command.options if each.panel not in settings.PANELS]
    for panel in dict.fromkeys(each.panel for each in own):
        yield f"## {panel}"
        rows = [format_option(each) for each in own if each.panel == panel]
        yield format_table(("flag", "meaning", "default", "variable", "key"), rows)
    shared = [each for each in command.options if each.panel in settings.PANELS and each.variable]
    yield "## Settings"
    yield "Settings that other commands share, with their variables and keys: [Settings](../settings.md)."
    rows = [
        (
            each.panel,
            ", ".join(
                format_code(max(option.flags, key=len)) for option in shared if option.panel == each.panel
            ),
        )
        for each in {each.panel: each for each in shared}.values()
    ]
    links = [(f"[{panel}](../settings.md#{panel.lower().replace(' ', '-')})", flags) for panel, flags in rows]
    yield format_table(("section", "flags"), links)
