"""Translation of Typer's usage errors into one line and a hint."""

import difflib
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from sitemap_cli import plugins
from sitemap_cli.cli.framework.value_origins import describe_origin
from sitemap_cli.configuration import read_variable
from sitemap_cli.errors import UsageError

# Messages of Click, whose parts are put into the order WHAT (WHERE): WHY.
NO_COMMAND = re.compile(r"No such command '(.*?)'\.")
NO_VALUE = re.compile(r"Option '(.*?)' requires (?:an|\d+) arguments?")
UNWANTED_VALUE = re.compile(r"Option '(.*?)' does not take a value")
UNEXPECTED = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")
CHOICE = re.compile(r"'(.*?)' is not one of (.*)")
EXCEL = ("xlsx", "xls", "excel")
# What other programs call a command.
OTHER_NAMES = {
    **dict.fromkeys(("crawl", "discover", "fetch", "find", "run", "scan"), "analyze"),
    **dict.fromkeys(("audit", "lint", "test", "validate", "verify"), "check"),
    **dict.fromkeys(("history", "list", "log", "status"), "jobs list"),
    **dict.fromkeys(("compare", "changes"), "diff"),
    **dict.fromkeys(("export", "ls"), "urls"),
    "rule": "rules",
    "job": "jobs",
    "completions": "completion",
}
NO_BOOLEAN = "Input should be a valid boolean"


def translate_usage_error(error: Any, arguments: Sequence[str] = ()) -> UsageError:
    """Return the same error as a :class:`UsageError`; ``arguments`` are the whole command line."""
    context, parameter = error.ctx, getattr(error, "param", None)
    path = context.command_path if context is not None else _find_command_path(arguments)
    hint = f"{path} --help"
    message = " ".join(str(error.message).split()).removeprefix("Value error, ")
    if hasattr(error, "possibilities"):
        return _build_unknown_option(str(error.option_name), context, hint)
    if found := NO_COMMAND.match(message):
        return _build_unknown_command(found[1], context, path)
    if found := NO_VALUE.match(message):
        return UsageError("missing value", where=found[1], why="the option needs one", hint=hint)
    if found := UNWANTED_VALUE.match(message):
        return UsageError("unexpected value", where=found[1], why="the option takes none", hint=hint)
    if found := UNEXPECTED.match(message):
        return UsageError("unexpected argument", where=found[1], why="the command takes no more", hint=hint)
    if parameter is None:
        return UsageError(_lower_first(error.format_message()), hint=hint)
    if hasattr(error, "param_type"):
        return UsageError(f"missing {parameter.param_type_name}", where=_name_parameter(parameter), hint=hint)
    return _build_invalid_value(message, parameter, context, hint)


def _build_invalid_value(message: str, parameter: Any, context: Any, hint: str) -> UsageError:
    if found := CHOICE.match(message):
        choices = re.findall(r"'([^']*)'", found[2])
        hint = _suggest(found[1], choices) or hint
        if found[1].lower() in EXCEL and "csv" in choices:
            takes_excel = context is not None and any(
                "--excel" in each.opts for each in context.command.params
            )
            hint = f"for Excel: --format csv{' --excel' if takes_excel else ''}"
        message = f"'{found[1]}' is not one of {', '.join(choices)}"
    elif message.startswith(NO_BOOLEAN):
        value = read_variable(str(parameter.envvar))
        message = f"{value!r} is not true or false" if value else "it must be true or false"
    is_option = parameter.param_type_name == "option" and context is not None
    where = describe_origin(context, parameter) if is_option else _name_parameter(parameter)
    return UsageError("invalid value", where=where, why=_lower_first(message), hint=hint)


def _build_unknown_option(name: str, context: Any, hint: str) -> UsageError:
    options = [each for each in context.command.params if each.param_type_name == "option"] if context else []
    formats = [each.type_descriptor.choices or () for each in options if "--format" in each.opts]
    if formats and name.lstrip("-") in formats[0]:
        hint = f"did you mean --format {name.lstrip('-')}?"
    else:
        hint = _suggest(name, [flag for each in options for flag in each.opts]) or hint
    return UsageError("no such option", where=name, hint=hint)


def _build_unknown_command(name: str, context: Any, path: str) -> UsageError:
    commands = list(getattr(context.command, "commands", ())) if context is not None else []
    hint = _suggest(name, commands, f"{path} ") or f"{path} --help"
    if path == "sitemap" and name in OTHER_NAMES:
        hint = f"did you mean sitemap {OTHER_NAMES[name]}?"
    if path == "sitemap" and (any(each in name for each in ".:/") or os.path.exists(name)):  # noqa: PTH110
        hint = f"did you mean sitemap analyze {shlex.quote(name)}?"
    return UsageError("no such command", where=name, hint=hint)


def _suggest(name: str, known: Iterable[str], prefix: str = "") -> str | None:
    """Return a hint with the names that are spelled alike, if there are any."""
    known = sorted(known)
    words = {*name.lower().lstrip("-").split("-")}
    contained = [each for each in known if each.startswith("--") and {*each[2:].split("-")} < words]
    close = contained or difflib.get_close_matches(name.lower(), known, 3, 0.7)
    return f"did you mean {' or '.join(f'{prefix}{each}' for each in close)}?" if close else None


def _find_command_path(arguments: Sequence[str]) -> str:
    """Return the command that the arguments begin with."""
    names = plugins.list_names("sitemap_cli.cli.commands")
    return f"sitemap {arguments[0]}" if arguments and arguments[0] in names else "sitemap"


def find_requested_help(error: Any) -> str | None:
    """Return the help if a group was named without a command; Typer raises that help as an error message."""
    text = error.ctx.get_help() if error.ctx is not None else None
    return text if text == error.message else None


def _name_parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return str(max(parameter.opts, key=len))


def _lower_first(message: str) -> str:
    """Return a message for the middle of a line: lower case, without full stop or pydantic's prefix."""
    text = " ".join(message.split()).removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]
