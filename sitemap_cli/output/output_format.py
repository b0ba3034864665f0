"""What an output format is: a module in ``formats/`` with a ``FORMAT``, named as users name the format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sitemap_cli import plugins
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.url_columns import EXTENSION_FIELDS, INTEGERS, URL_FIELDS

if TYPE_CHECKING:
    from sitemap_cli.output.sitemap_folder import SitemapFolder

PACKAGE = "sitemap_cli.output.formats"
NUMBERS = INTEGERS.union(EXTENSION_FIELDS)
"""Columns of numbers, where extensions are counted."""

_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode

Row = tuple[Any, ...]
WriteRows = Callable[[Iterable[Row]], None]
WriteColumns = Callable[[Sequence[TextColumn]], None]


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """A format in which rows are written.

    ``open_writer(stream, fields)`` opens a context that gives a :data:`WriteRows`: it writes rows with one
    value for each of ``fields``. Header and footer of a file are written at the begin and end of the context.
    ``lastmod_utc`` is in seconds since 1970, ``extensions`` is JSON text.

    ``options`` are the keyword arguments that ``open_writer`` takes as well; ``notes`` is a ``SitemapNotes``
    that counts what had to be changed. A format that ``is_binary`` is not written to a terminal.
    ``open_folder`` is for a format that can write several files to a folder; it gives a :data:`WriteColumns`.
    ``open_column_writer`` is like ``open_writer``, for a format that writes whole columns of URLs faster than
    rows; it gives a :data:`WriteColumns`. ``fields`` are those of a URL that the format uses: ``loc`` and
    others. A format that ``has_columns`` writes any fields in any order, such as users choose; one that
    ``has_values`` writes the JSON of the fields of extensions, others write the number of items.
    """

    open_writer: Callable[..., AbstractContextManager[WriteRows]]
    options: frozenset[str] = frozenset()
    is_binary: bool = False
    open_folder: Callable[["SitemapFolder", tuple[str, ...]], AbstractContextManager[WriteColumns]] | None = (
        None
    )
    open_column_writer: Callable[..., AbstractContextManager[WriteColumns]] | None = None
    fields: tuple[str, ...] = URL_FIELDS
    has_columns: bool = False
    has_values: bool = False


def make_rows(
    fields: Sequence[str], columns: Sequence[TextColumn], numbers: frozenset[str] = NUMBERS
) -> Iterator[Row]:
    """Yield the rows of columns; ``numbers`` are the fields that become integers."""
    lists = (
        column.split_numbers() if field in numbers else column.split()
        for field, column in zip(fields, columns, strict=True)
    )
    return zip(*lists, strict=True)


def count_items(fields: Sequence[str], columns: Sequence[TextColumn]) -> Sequence[TextColumn]:
    """Return columns with the number of items instead of the JSON of extensions."""
    return [
        _count_items_of_column(column) if field in EXTENSION_FIELDS else column
        for field, column in zip(fields, columns, strict=True)
    ]


def _count_items_of_column(column: TextColumn) -> TextColumn:
    if column.is_absent:
        return TextColumn.repeat("0", column.size)
    return TextColumn.join(["0" if each is None else str(_count(each)) for each in column.split()])


def _count(text: str) -> int:
    """Return the number of items of a JSON array; anything else is one."""
    return len(_decode_items(text)) if text.startswith("[") else 1


def list_output_formats() -> tuple[str, ...]:
    """Return the names of all output formats."""
    return plugins.list_names(PACKAGE)


def load_output_format(name: str) -> OutputFormat:
    """Return the format of a name that :func:`list_output_formats` returns."""
    found: OutputFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
