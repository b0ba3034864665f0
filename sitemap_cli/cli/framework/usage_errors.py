"""Turns what Typer raises for a wrong command line into one line and a hint."""

from typing import Any

from sitemap_cli.cli.framework.command import find_source
from sitemap_cli.errors import UsageError


def translate_usage_error(error: Any) -> UsageError:
    """The same as an error of ours."""
    context = error.ctx
    path = context.command_path if context is not None else "sitemap"
    parameter = getattr(error, "param", None)
    if possible := getattr(error, "possibilities", None):
        hint = f"did you mean {' or '.join(sorted(possible))}?"
        return UsageError("no such option", where=error.option_name, hint=hint)
    hint = f"{path} --help"
    if hasattr(error, "possibilities"):
        return UsageError("no such option", where=error.option_name, hint=hint)
    if parameter is None:
        return UsageError(_lower_first(error.format_message()), hint=hint)
    if hasattr(error, "param_type"):
        return UsageError(f"missing {parameter.param_type_name}", where=_name_parameter(parameter), hint=hint)
    return UsageError(
        "invalid value",
        where=_describe_origin(parameter, context),
        why=_lower_first(error.message),
        hint=hint,
    )


def find_requested_help(error: Any) -> str | None:
    """The help, where the error is that a group was named without a command; Typer raises it as a message."""
    text = error.ctx.get_help() if error.ctx is not None else None
    return text if text == error.message else None


def _describe_origin(parameter: Any, context: Any) -> str:
    """Where the value came from: the option, its environment variable, or the configuration file."""
    name = _name_parameter(parameter)
    match find_source(context, parameter.name) if context is not None else None:
        case "ENVIRONMENT":
            return str(parameter.envvar)
        case "DEFAULT_MAP":
            return f"configuration file: {name.lstrip('-')}"
        case _:
            return name


def _name_parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return str(max(parameter.opts, key=len))


def _lower_first(message: str) -> str:
    """A message as the middle of a line; pydantic's own prefix says nothing."""
    text = " ".join(message.split()).removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]
