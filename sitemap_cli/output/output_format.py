"""Finds the writer of a format; a writer turns rows into bytes as they come."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli import plugins

Row = tuple[Any, ...]
WriteRows = Callable[[Iterable[Row]], None]

URL_FIELDS = ("loc", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions", "sitemap")


@contextmanager
def open_writer(
    format_: str, stream: BinaryIO, fields: tuple[str, ...], **options: Any
) -> Iterator[WriteRows]:
    """A function that writes rows of ``fields`` to a stream; what a format ends with is written at the end.

    Each module of :mod:`sitemap_cli.output.formats` has a ``NAME`` and an ``opened`` like this one.
    """
    module = next(each for each in plugins.load_modules("sitemap_cli.output.formats") if format_ == each.NAME)
    with module.opened(stream, fields, **options) as write:
        yield write
