"""Parsers for the values of options, with messages that show the value."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from sitemap_cli.errors import UsageError
from sitemap_cli.quantities import parse_duration, parse_size

UNITS = "SIZE is in bytes, or 50MB, 50MiB; DURATION is in seconds, or 500ms, 10m, 1h30m, 7d."
"""What the help says about options with a unit."""

# The ends of the name of a folder.
FOLDER_ENDS = ("/", os.sep)

DURATION = "DURATION"
SIZE = "SIZE"

PAGES = re.compile(r"[0-9]{1,9}")
SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*%")
WEB_URL = re.compile(r"https?://[!#-;=?-_a-~]+")
OPTIONAL_SAMPLE = "[=N|P%|all]"
OPTIONAL_VALUES: Mapping[str, re.Pattern[str]] = {
    OPTIONAL_SAMPLE: re.compile(f"{PAGES.pattern}|{SHARE.pattern}|all", re.IGNORECASE)
}
"""The values of options that can also be given without one, by what the help calls them."""
GIVEN = "true"
"""The value of such an option if it is given without one, as in the configuration file."""


def make_parser(kind: Any, metavar: str | None, minimum: float | None) -> Callable[[Any], Any] | None:
    """Return what parses the value of an option; None for types that are not numbers.

    Args:
        kind: ``int`` or ``float``; other types have no parser.
        metavar: what the help calls the value; ``DURATION`` and ``SIZE`` may have a unit.
        minimum: the smallest value that is allowed.
    """
    if kind not in (int, float):
        return None
    parse = {DURATION: parse_duration, SIZE: parse_size}.get(metavar or "") or _make_number_parser(kind)

    def parse_option(value: Any) -> Any:
        try:
            number = parse(str(value))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        # Not `<`: NaN is not less than anything, and must be refused.
        if minimum is not None and not number >= minimum:
            raise typer.BadParameter(f"{value} is less than {minimum:g}")
        return number

    return parse_option


def parse_file_name(text: str) -> Path:
    """Return the path of a file to write; one that ends with a slash is that of a folder."""
    if str(text).endswith(FOLDER_ENDS):
        raise typer.BadParameter(f"'{text}' is a folder; name a file in it")
    return Path(text)


def parse_age(option: str, text: str, hint: str = "7d, or 12h") -> float:
    """Return an age or a time in seconds; ``hint`` is an example of one.

    Raises:
        UsageError: it is not a duration.
    """
    try:
        age = parse_duration(text)
    except ValueError:
        age = -1.0
    if age < 0:
        raise UsageError("not a duration", where=f"{option} {text}", hint=f"{option} {hint}")
    return age


def format_seconds(seconds: float) -> str:
    """Return a duration as an option takes it: ``20s``, ``10m``."""
    if seconds >= 120 and seconds % 60 == 0:
        return f"{seconds / 60:g}m"
    return f"{seconds:g}s" if seconds else "0"


def parse_page_url(option: str, text: str | None) -> str | None:
    """Return the http or https URL of an option, which reports print in links.

    Raises:
        UsageError: it is no URL, has characters that end a link, or credentials, which reports would spread.
    """
    if text is None or (WEB_URL.fullmatch(text) and _names_host(text)):
        return text
    if "@" in text.split("://")[-1].split("/")[0]:
        raise UsageError("must not contain credentials", where=option)
    raise UsageError("not an http or https URL", where=f"{option} {text}")


def _names_host(url: str) -> bool:
    """Return whether a URL has a host, and no credentials before it."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def parse_percentage(option: str, text: str) -> float:
    """Return a percentage as a share of 1.

    Raises:
        UsageError: it is not a percentage from 0 to 100.
    """
    found = SHARE.fullmatch(text.strip())
    if not found or float(found[1]) > 100:
        raise UsageError("not a percentage", where=f"{option} {text}", hint=f"{option} 10%")
    return float(found[1]) / 100


def _make_number_parser(kind: Callable[[str], float]) -> Callable[[str], float]:
    name = "a whole number" if kind is int else "a number"

    def parse(text: str) -> float:
        try:
            return kind(text.strip())
        except ValueError:
            raise ValueError(f"{text!r} is not {name}") from None

    return parse


def fill_optional_values(arguments: Sequence[str], parameters: Iterable[Any]) -> list[str]:
    """Return the arguments with a value for each option that is given without its optional one.

    The next argument is the value only if it looks like one: in ``check --probe example.com`` it is the
    target.
    """
    optional = {
        name: OPTIONAL_VALUES[each.metavar]
        for each in parameters
        if getattr(each, "metavar", None) in OPTIONAL_VALUES
        for name in each.opts
    }
    words, filled = list(arguments), list[str]()
    while words:
        word = words.pop(0)
        if word == "--":
            return [*filled, word, *words]
        if word in optional:
            has_value = bool(words) and optional[word].fullmatch(words[0]) is not None
            word = f"{word}={words.pop(0) if has_value else GIVEN}"
        filled.append(word)
    return filled
