"""What a format of lists is: a module in ``tables/`` with a ``FORMAT``, named as users name the format."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import msgspec

from sitemap_cli import plugins

PACKAGE = "sitemap_cli.output.tables"

WriteStructs = Callable[[Iterable[msgspec.Struct]], None]


@dataclass(frozen=True, slots=True)
class TableFormat:
    """A format in which a list of structs is written, some of them at a time.

    ``open_writer(stream, type_)`` opens a context that gives a :data:`WriteStructs`; ``type_`` is the class
    of the structs, whose fields are the columns. ``options`` are the keyword arguments that it takes as well.
    """

    open_writer: Callable[..., AbstractContextManager[WriteStructs]]
    options: frozenset[str] = frozenset()


def list_table_formats() -> tuple[str, ...]:
    """Return the names of all formats of lists."""
    return plugins.list_names(PACKAGE)


def load_table_format(name: str) -> TableFormat:
    """Return the format of a name that :func:`list_table_formats` returns."""
    found: TableFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
