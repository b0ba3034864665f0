"""What a format of differences is: a module in ``differences/`` with a ``FORMAT``, named as users name it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from sitemap_cli import plugins

if TYPE_CHECKING:
    from sitemap_cli.model.difference import ChangePage, ComparedSide
    from sitemap_cli.model.difference_results import DifferenceSummary, DiffHead

PACKAGE = "sitemap_cli.output.differences"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as formats write it.

    ``name`` is what the user calls the site; None if the two sides are all that there is to say. ``feed_id``
    identifies the site and the part of it, and is the same for every comparison of it.
    """

    head: "DiffHead"
    old: "ComparedSide"
    new: "ComparedSide"
    name: str | None
    feed_id: str


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """How to write: with colours, CSV without a guard or for Excel, or nothing if nothing differs."""

    color: bool = False
    raw: bool = False
    excel: bool = False
    quiet: bool = False


class DifferenceWriter(Protocol):
    """Writes differences to the stream that it was opened with."""

    def write_page(self, page: "ChangePage") -> None:
        """Write some of the URLs that differ, or keep them on disk until all are counted."""
        ...

    def write_summary(self, summary: "DifferenceSummary") -> None:
        """Write the numbers, and what was kept for the end."""
        ...


@dataclass(frozen=True, slots=True)
class DifferenceFormat:
    """A format in which differences are written.

    ``open_writer(stream, comparison, options)`` opens a context that gives a :class:`DifferenceWriter`. It
    gets pages with at most ``limit`` URLs of each kind unless the user wants another number; None for all.
    """

    open_writer: Callable[[BinaryIO, Comparison, WritingOptions], AbstractContextManager[DifferenceWriter]]
    limit: int | None = None
    is_csv: bool = False


def list_difference_formats() -> tuple[str, ...]:
    """Return the names of all formats of differences."""
    return plugins.list_names(PACKAGE)


def load_difference_format(name: str) -> DifferenceFormat:
    """Return the format of a name that :func:`list_difference_formats` returns."""
    found: DifferenceFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
