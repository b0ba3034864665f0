"""Tables of the configuration file that are named after commands, such as ``[jobs.list]``.

Their values become the defaults of the command's own options. Settings of all commands are at the top of the
file; :mod:`sitemap_cli.configuration` reads them.
"""

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from sitemap_cli import configuration, settings
from sitemap_cli.configuration_trust import check_outputs
from sitemap_cli.errors import ConfigurationError

SHARED: Mapping[str, tuple[str, frozenset[str]]] = {
    "report": (
        "check",
        frozenset(
            {
                "select",
                "ignore",
                "extend-ignore",
                "severity",
                "ignore-at",
                "engine",
                "xsd",
                "max-drop",
                "probe-age",
                "slow",
            }
            | {"docs-url"}
        ),
    )
}
"""Commands that take defaults of some options from the table of another one."""

FILE = "sitemap_cli.configuration_file"
"""Where a Typer context has the path of the configuration file that sets defaults."""

HINT = "sitemap --help shows the commands, sitemap COMMAND --help their options"


def apply_defaults(context: typer.Context, config: Path | None) -> None:
    """Set the defaults of the options of a command from its table and its environment variables.

    Raises:
        ConfigurationError: a table or a key is unknown.
    """
    found = configuration.load_command_tables(config)
    tables = _read_tables(context, *found, is_named=config is not None) if found else {}
    context.meta[FILE] = found[0] if found else None
    context.default_map = {**tables, **_read_environment(context)}


def name_variable(name: str) -> str:
    """Return the environment variable of a command's own option."""
    return f"SITEMAP_{name.strip('_').upper()}"


def _read_environment(context: typer.Context) -> Mapping[str, Any]:
    """Read the options that take several values, one on each line of their variable."""
    several = (str(each.name) for each in context.command.params if _is_own_option(each) and each.multiple)
    return {
        name: values for name in several if (values := configuration.read_list_variable(name_variable(name)))
    }


def _read_tables(
    context: typer.Context, path: Path, table: Mapping[str, Any], *, is_named: bool
) -> Mapping[str, Any]:
    trail: list[str] = []
    root = table
    for each in list_ancestors(context):
        _check_keys(path, trail, table, _list_commands(each.parent))
        trail.append(str(each.info_name))
        table = table.get(trail[-1], {})
        if not isinstance(table, Mapping):
            raise ConfigurationError("invalid value", where=f"{path}: {'.'.join(trail)}", why="not a table")
    options = {name_key(each): str(each.name) for each in context.command.params if _is_own_option(each)}
    _check_keys(path, trail, table, options)
    table = {**_find_shared(trail, root), **table}
    if not is_named:
        check_outputs(path, ".".join(trail), {_normalize_key(key): value for key, value in table.items()})
    several = {
        name_key(each): each.callback is not None
        for each in context.command.params
        if _is_own_option(each) and each.multiple
    }
    found = dict(table)
    for key, value in table.items():
        if not several.get(_normalize_key(key), True) and not isinstance(value, list):
            where = f"{path}: {'.'.join([*trail, key])}"
            raise ConfigurationError("invalid value", where=where, why="it must be a list of strings")
        if several.get(_normalize_key(key)) and isinstance(value, str):
            found[key] = [value]  # its callback splits it at commas
    return {options[_normalize_key(key)]: _to_text(value) for key, value in found.items()}


def _find_shared(trail: Sequence[str], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the defaults that a command takes from the table of another one."""
    other, names = SHARED.get(".".join(trail), ("", frozenset()))
    table: Mapping[str, Any] = root.get(other, {})
    return {_normalize_key(key): value for key, value in table.items() if _normalize_key(key) in names}


def list_ancestors(context: Any) -> list[Any]:
    """Return the contexts of the groups and the command, outermost first, without the root."""
    lineage: list[Any] = []
    current: Any = context
    while current.parent is not None:
        lineage.insert(0, current)
        current = current.parent
    return lineage


def _check_keys(path: Path, trail: list[str], table: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for key in table:
        if _normalize_key(key) not in known:
            close = difflib.get_close_matches(_normalize_key(key), list(known), 1, 0.7)
            hint = f"did you mean {'.'.join([*trail, close[0]])}?" if close else HINT
            if not trail and key == "tool":
                hint = "[tool.sitemap] is for pyproject.toml; in this file, leave out tool.sitemap"
            raise ConfigurationError("unknown setting", where=f"{path}: {'.'.join([*trail, key])}", hint=hint)


def _list_commands(context: Any) -> Mapping[str, Any]:
    commands: Mapping[str, Any] = context.command.commands
    return commands


def _is_own_option(parameter: Any) -> bool:
    """Return whether this is an option of the command itself, not a setting or an argument."""
    return parameter.param_type_name == "option" and parameter.rich_help_panel not in settings.PANELS


def name_key(parameter: Any) -> str:
    """Return the key of an option in the file: its name in the help, without leading dashes."""
    return str(max(parameter.opts, key=len)).lstrip("-")


def _normalize_key(key: str) -> str:
    return key.replace("_", "-")


def _to_text(value: Any) -> Any:
    """Convert a TOML date to text, which is what options take."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
