"""Makes a Typer command out of an async function: its own parameters, plus the settings it asks for."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import Field
from pathlib import Path
from typing import Any, Literal, get_type_hints

import typer
from typer.models import OptionInfo

from sitemap_cli import settings
from sitemap_cli.cli.runtime import execute

CommandFunction = Callable[..., Awaitable[int | None]]

CONFIG = typer.Option(
    None,
    "--config",
    metavar="FILE",
    help="Configuration file; by default the nearest sitemap.toml or pyproject.toml.",
    envvar="SITEMAP_CONFIG",
    show_envvar=False,
    rich_help_panel=settings.GLOBAL,
)


def command(*panels: str) -> Callable[[CommandFunction], Callable[..., None]]:
    """Turn ``async def name(run, ...) -> exit code`` into a Typer command with these panels of settings."""

    def decorate(function: CommandFunction) -> Callable[..., None]:
        _, *rest = inspect.signature(function).parameters.values()
        names = {each.name for each in rest}
        declared = tuple(each for name in (settings.GLOBAL, *panels) for each in settings.panel(name))

        @functools.wraps(function)
        def entry(**values: Any) -> None:
            config = values.pop("config", None)
            given = taken(declared, values)
            own = {name: value for name, value in values.items() if name in names}
            execute(functools.partial(function, **own), given, config)

        hints = get_type_hints(function, include_extras=True)
        parameters = [_with_variable(each, hints[each.name]) for each in rest]
        _sign(entry, [*parameters, *options(declared)])
        entry.is_command = True  # type: ignore[attr-defined]
        return entry

    return decorate


def options(declared: Iterable[Field[Any]]) -> list[inspect.Parameter]:
    """Typer parameters for settings, and for the configuration file; None means "not given"."""
    parameters = [_parameter(each.name, _annotation(each), _option(each)) for each in declared]
    return [*parameters, _parameter("config", Path | None, CONFIG)]


def taken(declared: Iterable[Field[Any]], values: dict[str, Any]) -> dict[str, Any]:
    """The settings that somebody gave; Typer says None, an empty list or a count of zero for the others."""
    given = {}
    for each in declared:
        value = values.get(each.name)
        if value is None or value == [] or (each.metadata.get("count") and value == 0):
            continue
        given[each.name] = tuple(value) if isinstance(value, list) else value
    return given


def sign_callback(callback: Callable[..., None], parameters: list[inspect.Parameter]) -> Callable[..., None]:
    """Give the root callback its global options beside its own parameters."""
    own = [
        each for each in inspect.signature(callback).parameters.values() if each.kind is not each.VAR_KEYWORD
    ]
    hints = get_type_hints(callback, include_extras=True)
    _sign(callback, [*(each.replace(annotation=hints[each.name]) for each in own), *parameters])
    return callback


def _with_variable(parameter: inspect.Parameter, annotation: Any) -> inspect.Parameter:
    """A command's own parameter; an option can be set by its environment variable, too."""
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, OptionInfo):
            each.envvar = f"SITEMAP_{parameter.name.strip('_').upper()}"
            each.show_envvar = False
    return parameter.replace(annotation=annotation)


def _sign(function: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    """Typer reads the signature and the annotations; both must tell the same."""
    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    function.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in keyword}
    vars(function).pop("__wrapped__", None)


def _parameter(name: str, annotation: Any, option: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)


def _annotation(declared: Field[Any]) -> Any:
    if "choices" in declared.metadata:
        return Literal[declared.metadata["choices"]] | None
    if isinstance(declared.default, tuple):
        return list[str] | None
    return settings.TYPES[declared.name] | None


def _option(declared: Field[Any]) -> Any:
    data = declared.metadata
    counted = data.get("count", False)
    return typer.Option(
        0 if counted else None,
        *data["flags"],
        help=f"{data['help']} {_shown(None if counted else data['shown'] or declared.default)}".rstrip(),
        metavar=data.get("metavar"),
        min=data.get("min"),
        count=counted,
        envvar=f"SITEMAP_{declared.name.upper()}",
        show_envvar=False,
        show_default=False,
        rich_help_panel=data["panel"],
    )


def _shown(default: Any) -> str:
    """A default worth showing; a flag that is off and an empty list are not."""
    if default is None or default is False or default == ():
        return ""
    return f"Default: {default:g}." if isinstance(default, float) else f"Default: {default}."
