"""Registry of what commands print as JSON, by the names that ``sitemap schema`` takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, TypeVar

from sitemap_cli import plugins

Printed = TypeVar("Printed", bound=type)

LINE = "-line"
"""Ending of the name under which one line of JSON Lines is registered."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON document, or one line of JSON Lines: its name, its type, and the commands that print it."""

    name: str
    type_: Any
    commands: tuple[str, ...]


_documents: dict[str, JsonDocument] = {}


def list_json_documents() -> Iterator[JsonDocument]:
    """Yield every document and line by name; they are registered by the modules of ``sitemap_cli.model``."""
    for _ in plugins.load_modules("sitemap_cli.model"):
        pass
    for name in sorted(_documents):
        yield _documents[name]


def json_document(name: str, *commands: str, lines: str | None = None) -> Callable[[Printed], Printed]:
    """Return a class decorator that registers what ``commands`` print.

    Args:
        name: the name that ``sitemap schema`` takes.
        commands: the commands that print it.
        lines: the command that prints one on each line; ``commands`` then print a list of them.
    """

    def register(printed: Printed) -> Printed:
        register_document(name, printed if lines is None else GenericAlias(list, (printed,)), *commands)
        if lines is not None:
            register_document(f"{name}{LINE}", printed, lines)
        return printed

    return register


def register_document(name: str, type_: Any, *commands: str) -> None:
    """Register a type that is not a class, such as a union of the lines of one command.

    Raises:
        ValueError: the name is taken.
    """
    if name in _documents:
        raise ValueError(f"two JSON documents are named {name}")
    _documents[name] = JsonDocument(name, type_, commands)
