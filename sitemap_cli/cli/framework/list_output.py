"""Write long lists: some rows at a time, in a format of lists, or rendered as a whole."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sitemap_cli.cli.console import Console, Render
from sitemap_cli.cli.output_file import open_output
from sitemap_cli.errors import UsageError
from sitemap_cli.output.table_format import load_table_format

if TYPE_CHECKING:
    from msgspec import Struct

    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.session import Session

RowT = TypeVar("RowT")

ROWS_PER_PAGE = 1_000
"""Rows that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class ListOutput:
    """How a list is written, and where: ``path`` is None for stdout."""

    format: str
    path: Path | None
    raw_csv: bool = False
    for_excel: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the list is rendered, which needs all rows."""
        return self.format == "text"


def parse_list_output(format_: str, output: Path | None, *, raw_csv: bool, for_excel: bool) -> ListOutput:
    """Return how to write a list, as the options of these names say.

    Raises:
        UsageError: one of them needs CSV.
    """
    options = frozenset() if format_ == "text" else load_table_format(format_).options
    if raw_csv and "raw" not in options:
        raise UsageError("--raw-csv needs --format csv")
    if for_excel and "excel" not in options:
        raise UsageError("--excel needs --format csv")
    return ListOutput(format_, output, raw_csv, for_excel)


async def load_pages(
    db: "Database",
    load: "Callable[[Session, RowT | None, int], Awaitable[Sequence[RowT]]]",
    limit: int | None = None,
) -> AsyncGenerator[Sequence[RowT]]:
    """Yield the rows of a list, each page from a transaction of its own.

    No transaction is open while a page is written: the reader of the output may be slow.

    Args:
        db: the database.
        load: returns the rows after one row, or the first ones for None; at most this many.
        limit: the number of rows after which to stop.
    """
    last, left = None, limit
    while left is None or left > 0:
        wanted = ROWS_PER_PAGE if left is None else min(left, ROWS_PER_PAGE)
        async with db.reading() as session:
            page = await load(session, last, wanted)
        if page:
            yield page
        if len(page) < wanted:
            return
        last, left = page[-1], None if left is None else left - len(page)


async def iter_page(rows: Sequence[RowT]) -> AsyncGenerator[Sequence[RowT]]:
    """Yield rows that are loaded already, as one page."""
    yield rows


async def write_list(
    console: Console,
    output: ListOutput,
    pages: "AsyncGenerator[Sequence[Struct]]",
    render: Render,
    none: str,
    *,
    type_: "type[Struct]",
    shown: int | None = None,
) -> int:
    """Write a list, page by page unless it is rendered; if that is empty, print the note ``none``.

    ``type_`` is that of the rows: its fields are the columns of CSV. ``shown`` is the largest number of rows
    that are rendered.

    Returns:
        The number of rows that were there.
    """
    async with aclosing(pages):
        with open_output(output.path) as stream:
            if output.is_text:
                rows = list[Any]()
                async for page in pages:
                    rows += page
                if rows:
                    console.print_rendered(render(rows[:shown]), stream)
                else:
                    console.print_note(none)
                return len(rows)
            given = (("raw", output.raw_csv), ("excel", output.for_excel))
            options = {name: True for name, is_given in given if is_given}
            count = 0
            with load_table_format(output.format).open_writer(stream, type_, **options) as write:
                async for page in pages:
                    count += len(page)
                    write(page)
            return count
