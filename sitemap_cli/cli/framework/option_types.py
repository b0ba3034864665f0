"""Parsers for the values of options, with messages that show the value."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from sitemap_cli.quantities import parse_duration, parse_size

UNITS = "SIZE is in bytes, or 50MB, 50MiB; DURATION is in seconds, or 500ms, 10m, 1h30m, 7d."
"""What the help says about options with a unit."""

# The ends of the name of a folder.
FOLDER_ENDS = ("/", os.sep)

DURATION = "DURATION"
SIZE = "SIZE"


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


def _make_number_parser(kind: Callable[[str], float]) -> Callable[[str], float]:
    name = "a whole number" if kind is int else "a number"

    def parse(text: str) -> float:
        try:
            return kind(text.strip())
        except ValueError:
            raise ValueError(f"{text!r} is not {name}") from None

    return parse
