"""Commands in hints, completed with the global options of this run."""

import functools
import re
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sitemap_cli import plugins

REPEATED = ("database", "tenant", "config")
"""Options that decide which data a command works on."""

# What stands for a database URL with a password, which must not be printed.
HIDDEN = "'…'"


def format_repeated_options(flags: Mapping[str, Any]) -> str:
    """Return the options that a command in a hint must repeat, quoted for a shell.

    Args:
        flags: the options of the command line itself; those of the environment need no repetition.
    """
    given = {name: str(flags[name]) for name in REPEATED if flags.get(name) is not None}
    words = (
        f"--{name} {HIDDEN if name == 'database' and has_password(value) else shlex.quote(value)}"
        for name, value in given.items()
    )
    return " ".join(words)


def complete_commands(text: str, repeated: str) -> str:
    """Return a hint in which every ``sitemap COMMAND`` repeats the options."""
    if not repeated or "sitemap " not in text:
        return text
    return _find_commands().sub(lambda match: f"sitemap {repeated} {match[1]}", text)


def has_password(database: str) -> bool:
    """Return whether a database URL contains a password, as user information or as a parameter."""
    if "://" not in database:
        return False
    # A password may contain any character, and make the URL invalid.
    authority = database.partition("://")[2].rpartition("@")[0]
    try:
        parameters = {name.lower() for name, _ in parse_qsl(urlsplit(database).query)}
    except ValueError:
        return True
    return ":" in authority or bool(parameters & {"password", "sslpassword", "passfile"})


@functools.cache
def _find_commands() -> re.Pattern[str]:
    names = "|".join(plugins.list_names("sitemap_cli.cli.commands"))
    return re.compile(rf"(?<![\w/.-])sitemap ((?:{names})\b)(?! --help)(?! [a-z]+ --help)")
