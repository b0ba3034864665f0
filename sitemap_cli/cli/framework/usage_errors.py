"""Translation of Typer's usage errors into one line and a hint."""

from typing import Any

from sitemap_cli.cli.framework.command import find_source
from sitemap_cli.errors import UsageError


def translate_usage_error(error: Any) -> UsageError:
    """Return the same error as a :class:`UsageError`."""
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
    """Return the help if a group was named without a command; Typer raises that help as an error message."""
    text = error.ctx.get_help() if error.ctx is not None else None
    return text if text == error.message else None


def _describe_origin(parameter: Any, context: Any) -> str:
    """Describe where the value came from: the option, its variable, or the configuration file."""
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
    """Return a message for the middle of a line: lower case, without full stop or pydantic's prefix."""
    text = " ".join(message.split()).removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]
