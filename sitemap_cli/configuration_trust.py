"""Limits for a configuration file that was found, not named: it may come with a checkout."""

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitemap_cli.errors import ConfigurationError

HTTP_SECRETS = ("user", "header", "cookie", "cert", "key")
REDIRECTIONS = ("proxy", "resolve", "insecure", "cacert", "trust_env")
"""Settings that decide who receives a request, or who can read it."""

SUPERUSER = 0

OUTPUTS = ("output", "write-baseline", "metrics")
"""Options of commands that name a file to write."""


def find_distrust(path: Path) -> str | None:
    """Return why a configuration file that was found is not read; None if it is read.

    Raises:
        OSError: it cannot be looked at.
    """
    if not hasattr(os, "geteuid"):
        return None
    # Of a link, both the link and its target: another user may have made either.
    found = (path.lstat(), path.stat())
    if any(each.st_uid not in (os.geteuid(), SUPERUSER) for each in found):
        return "it belongs to another user"
    if found[1].st_mode & stat.S_IWOTH:
        return "every user may write to it"
    if path.parent.stat().st_mode & stat.S_IWOTH:
        return "every user may write to its folder"
    return None


def check_secrets(path: Path, settings: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Check that a file which was found does not send the secrets of the user elsewhere.

    Args:
        path: the file.
        settings: what the file sets.
        given: what flags and environment set.

    Raises:
        ConfigurationError: it could.
    """
    secret = next((name for name in HTTP_SECRETS if given.get(name)), None)
    in_force = {name: value for name, value in settings.items() if value and given.get(name) is None}
    redirection = next((name for name in REDIRECTIONS if name in in_force), None)
    if secret and redirection:
        _refuse(path, redirection, f"--{secret}")
    database = str(in_force.get("database", ""))
    if "://" in database and not database.lower().startswith("sqlite"):
        password = None if _has_password(database) else _find_database_password()
        if source := (f"--{secret}" if secret else password):
            _refuse(path, "database", source)


def check_outputs(path: Path, trail: str, options: Mapping[str, Any]) -> None:
    """Check that a file which was found names no output file outside its own folder.

    Args:
        path: the configuration file.
        trail: the name of its table, such as ``jobs.retry``.
        options: the options in this table, by their names on the command line.

    Raises:
        ConfigurationError: it does.
    """
    folder = path.parent.resolve()
    for key, name in _list_outputs(options):
        if name != "-" and not Path(name).resolve().is_relative_to(folder):
            raise ConfigurationError(
                "output outside the folder of the configuration file",
                where=f"{path}: {trail}.{key}",
                why=f"{name} is not below {folder}",
                hint=f"to use it, name the file: --config {shlex.quote(str(path))}",
            )


def _list_outputs(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(key, str(options[key])) for key in OUTPUTS if key in options]
    formats = options.get("format", ())
    texts = formats if isinstance(formats, list) else [formats]
    files = (str(each).partition(":")[2] for each in texts)
    return [*found, *(("format", file) for file in files if file)]


def _has_password(database: str) -> bool:
    authority = database.partition("://")[2].rpartition("@")[0]
    return ":" in authority or "password=" in database.lower()


def _find_database_password() -> str | None:
    """Return where the driver would find a password that the user did not put into this file."""
    found = next((name for name in ("PGPASSWORD", "PGPASSFILE") if os.environ.get(name)), None)
    file = os.path.expanduser("~/.pgpass")  # noqa: PTH111 - Path.expanduser() raises without a home folder
    return found or ("~/.pgpass" if os.path.exists(file) else None)  # noqa: PTH110


def _refuse(path: Path, key: str, secret: str) -> None:
    raise ConfigurationError(
        "the configuration file may send a secret elsewhere",
        where=f"{path}: {key.replace('_', '-')}",
        why=f"{secret} does not come from this file, which was found and not named",
        hint=f"if you trust it, name it: --config {shlex.quote(str(path))}",
    )
