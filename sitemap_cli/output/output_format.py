"""What an output format is: a module in ``formats/`` with a ``FORMAT``, named as users name the format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sitemap_cli import plugins
from sitemap_cli.model.text_columns import TextColumn

if TYPE_CHECKING:
    from sitemap_cli.output.sitemap_folder import SitemapFolder

PACKAGE = "sitemap_cli.output.formats"
URL_FIELDS = ("loc", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions", "sitemap")

INTEGERS = frozenset({"lastmod_utc", "line"})

Row = tuple[Any, ...]
WriteRows = Callable[[Iterable[Row]], None]
WriteColumns = Callable[[Sequence[TextColumn]], None]


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """A format in which rows are written.

    ``open_writer(stream, fields)`` opens a context that gives a :data:`WriteRows`: it writes rows with one
    value for each of ``fields``. Header and footer of a file are written at the begin and end of the context.
    ``lastmod_utc`` is in seconds since 1970, ``extensions`` is JSON text.

    ``options`` are the keyword arguments that ``open_writer`` takes as well. A format that ``is_binary`` is
    not written to a terminal. ``open_folder`` is for a format that can write several files to a folder.
    ``open_column_writer`` is like ``open_writer``, for a format that writes whole columns of URLs faster than
    rows; it gives a :data:`WriteColumns`. ``fields`` are those of a URL that the format uses: ``loc`` and
    others.
    """

    open_writer: Callable[..., AbstractContextManager[WriteRows]]
    options: frozenset[str] = frozenset()
    is_binary: bool = False
    open_folder: Callable[["SitemapFolder", tuple[str, ...]], AbstractContextManager[WriteRows]] | None = None
    open_column_writer: Callable[..., AbstractContextManager[WriteColumns]] | None = None
    fields: tuple[str, ...] = URL_FIELDS


def make_rows(fields: Sequence[str], columns: Sequence[TextColumn]) -> Iterator[Row]:
    """Yield the rows of columns."""
    return zip(*map(_list_values, fields, columns), strict=True)


def _list_values(field: str, column: TextColumn) -> Sequence[str | int | None]:
    return column.split_numbers() if field in INTEGERS else column.split()


def list_output_formats() -> tuple[str, ...]:
    """Return the names of all output formats."""
    return plugins.list_names(PACKAGE)


def load_output_format(name: str) -> OutputFormat:
    """Return the format of a name that :func:`list_output_formats` returns."""
    found: OutputFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
