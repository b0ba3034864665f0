"""Resolves settings: flags > environment > configuration file > default.

The command line reads the flags and most environment variables; this module reads the file.
"""

import difflib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_args

from sitemap_cli.configuration_trust import check_secrets, find_distrust
from sitemap_cli.errors import ConfigurationError, UsageError
from sitemap_cli.quantities import parse_duration, parse_size
from sitemap_cli.settings import TYPES, Settings

SECTION = re.compile(rb"^\s*\[\s*tool\s*\.\s*sitemap\s*[].]", re.MULTILINE)
SETTING_NAMES = [each.name.replace("_", "-") for each in fields(Settings)]
UNKNOWN_HINT = (
    "settings of all commands are at the top, such as timeout; an option of one command is in its table, "
    "such as base-url in [analyze]"
)
TYPE_NAMES = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a string",
    tuple: "a list of strings",
}


def resolve_settings(given: Mapping[str, Any], config: Path | None) -> Settings:
    """Return settings from flags and environment (None: not given), else the file, else the defaults."""
    explicit = {name: value for name, value in given.items() if value is not None}
    path = config or find_file()[0]
    loaded = _load_settings(path) if path else {}
    if path and config is None:
        check_secrets(path, loaded, explicit)
    settings = Settings(**{**loaded, **explicit})
    if not settings.tenant.strip():
        raise UsageError("no tenant", where="--tenant", why="the name is empty")
    return settings


def read_list_variable(variable: str) -> list[str]:
    """Return the values of an environment variable that takes several, one per line."""
    return [each.strip() for each in os.environ.get(variable, "").splitlines() if each.strip()]


def read_variable(name: str) -> str | None:
    """Return the value of an environment variable that the user named."""
    return os.environ.get(name)


def load_command_tables(config: Path | None) -> tuple[Path, dict[str, Any]] | None:
    """Return the configuration file and its tables, one per command; None without a file."""
    path = config or find_file()[0]
    if path is None:
        return None
    return path, {key: value for key, value in _read_table(path).items() if isinstance(value, dict)}


def list_settings_in(path: Path) -> set[str]:
    """Return the names of the settings at the top of a configuration file."""
    return {key.replace("-", "_") for key, value in _read_table(path).items() if not isinstance(value, dict)}


def _load_settings(path: Path) -> dict[str, Any]:
    """Return the top-level values of the configuration file, with the types of :class:`Settings`."""
    top = {key: value for key, value in _read_table(path).items() if not isinstance(value, dict)}
    return {key.replace("-", "_"): _check_value(path, key, value) for key, value in top.items()}


def find_file() -> tuple[Path | None, list[str]]:
    """Return the nearest ``sitemap.toml`` or ``pyproject.toml`` with our table, from here upwards.

    Files that cannot be trusted are skipped; the second value has a sentence about each.
    """
    skipped: list[str] = []
    try:
        folder = Path.cwd()
    except OSError:  # it was removed
        return None, skipped
    for place in (folder, *folder.parents):
        # Folders without read permission are skipped.
        with suppress(OSError):
            if (found := _find_in(place)) is None:
                continue
            if (why := find_distrust(found)) is None:
                return found, skipped
            skipped.append(f"configuration file not read ({found}): {why}")
    return None, skipped


def _find_in(folder: Path) -> Path | None:
    if (own := folder / "sitemap.toml").is_file():
        return own
    shared = folder / "pyproject.toml"
    return shared if shared.is_file() and SECTION.search(shared.read_bytes()) else None


def _read_table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(
            "cannot read the configuration file", where=str(path), why=_format_cause(error)
        ) from error
    table = document.get("tool", {}).get("sitemap", {}) if path.name == "pyproject.toml" else document
    return dict(table)


def _format_cause(error: Exception) -> str:
    """Return the cause on one line, without the path, which the message of an OSError repeats."""
    return getattr(error, "strerror", None) or " ".join(str(error).split())


def _check_value(path: Path, key: str, value: Any) -> Any:
    """Return the value of one key, checked as strictly as a flag."""
    declared = next((each for each in fields(Settings) if each.name == key.replace("-", "_")), None)
    if declared is None:
        close = difflib.get_close_matches(key.replace("_", "-"), SETTING_NAMES, 1, 0.8)
        hint = f"did you mean {close[0]}?" if close else UNKNOWN_HINT
        raise ConfigurationError("unknown setting", where=f"{path}: {key}", hint=hint)
    wanted = _expected_type(declared)
    if wanted is tuple and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    value = _parse_quantity(path, key, declared, value)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted or value not in declared.metadata.get("choices", (value,)):
        raise ConfigurationError(
            "invalid value", where=f"{path}: {key}", why=_describe_expected(declared, wanted)
        )
    # Not `<`: NaN is not less than anything, and must be refused.
    if "min" in declared.metadata and not value >= declared.metadata["min"]:
        raise ConfigurationError(
            "invalid value", where=f"{path}: {key}", why=f"{value} is less than {declared.metadata['min']}"
        )
    return _resolve_path(path.parent, str(value)) if declared.metadata.get("path") else value


def _parse_quantity(path: Path, key: str, declared: Field[Any], value: Any) -> Any:
    """Return the number of a duration or size that is written with a unit; other values as they are."""
    if not isinstance(value, str):
        return value
    try:
        if _expected_type(declared) is float:
            return parse_duration(value)
        return parse_size(value) if declared.metadata.get("metavar") == "SIZE" else value
    except ValueError as error:
        raise ConfigurationError("invalid value", where=f"{path}: {key}", why=str(error)) from error


def _expected_type(declared: Field[Any]) -> type:
    """Return the type that a value must have; an optional setting is annotated with its type first."""
    annotation = TYPES[declared.name]
    if isinstance(declared.default, tuple):
        return tuple
    return annotation if isinstance(annotation, type) else next(iter(get_args(annotation)))


def _describe_expected(declared: Field[Any], wanted: type) -> str:
    if choices := declared.metadata.get("choices"):
        return f"it must be one of {', '.join(choices)}"
    return f"it must be {TYPE_NAMES[wanted]}"


def _resolve_path(folder: Path, name: str) -> str:
    """Resolve a path against the folder of the configuration file; leave a URL unchanged."""
    # Path.expanduser() raises without a home folder.
    return name if "://" in name else str(folder / os.path.expanduser(name))  # noqa: PTH111
