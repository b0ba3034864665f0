"""Comma-separated values (RFC 4180) with a header row, safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.model.text_columns import MISSING, SEPARATOR, TextColumn
from sitemap_cli.output.escaping import COMMAND, PRINTABLE, consists_of, escape_line
from sitemap_cli.output.iso_times import format_utc, format_utc_column
from sitemap_cli.output.output_format import OutputFormat, Row, WriteColumns, WriteRows, make_rows

END = "\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TIMES = "lastmod_utc"

Column = tuple[Any, ...]

_SIMPLE = {str, int, type(None)}
_QUOTED = ('"', ",")

# Spreadsheets evaluate a cell that begins so: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_BEFORE = " \"'"
_DOUBTFUL = {*_FORMULA, *_BEFORE, ":"}
_DOUBTFUL_CELL = re.compile(f"{SEPARATOR}[{re.escape(''.join(_DOUBTFUL))}]")
_PLAIN = (PRINTABLE + f"{SEPARATOR}{MISSING}".encode()).translate(None, "".join(_QUOTED).encode())


@contextmanager
def open_writer(
    stream: BinaryIO, fields: tuple[str, ...], *, raw: bool = False, excel: bool = False
) -> Iterator[WriteRows]:
    """Write rows as CSV; ``raw`` keeps cells that look like formulas unchanged.

    ``excel`` writes a byte order mark first: without it, Excel takes a file that it opens for the code page
    of the system.
    """
    if excel:
        stream.write(BYTE_ORDER_MARK)
    times = [at for at, name in enumerate(fields) if name == TIMES]
    buffer = io.StringIO()
    encoder = csv.writer(buffer, lineterminator=END)

    def write_rows(rows: Iterable[Row]) -> None:
        columns = list(zip(*rows, strict=True))
        for at in times if columns else ():
            columns[at] = tuple(map(format_utc, columns[at]))
        write_columns(columns)

    def write_columns(columns: list[Column]) -> None:
        text = _join_plain_columns(columns) or encode_columns(columns)
        stream.write(text.encode("utf-8", "backslashreplace"))

    def encode_columns(columns: list[Column]) -> str:
        encoder.writerows(zip(*map(_escape_column if raw else _guard_column, columns), strict=True))
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    write_columns([(name,) for name in fields])
    yield write_rows


@contextmanager
def open_column_writer(
    stream: BinaryIO, fields: tuple[str, ...], *, raw: bool = False, excel: bool = False
) -> Iterator[WriteColumns]:
    """Write columns as CSV, as :func:`open_writer` does; fast if no cell needs quotes or a guard."""
    with open_writer(stream, fields, raw=raw, excel=excel) as write_rows:

        def write_columns(columns: Sequence[TextColumn]) -> None:
            head, varying, tail = _split_constants(list(zip(fields, columns, strict=True)))
            cells = [
                _format_times(column) if name == TIMES else _list_plain_cells(column)
                for name, column in varying
            ]
            plain = [each for each in cells if each is not None]
            # An empty cell that is alone on its line would need quotes.
            if (
                head is not None
                and tail is not None
                and plain
                and len(plain) == len(cells)
                and len(fields) > 1
            ):
                stream.write(_join_cells(plain, head, tail).encode())
            else:
                write_rows(make_rows(fields, columns))

        yield write_columns


_Named = tuple[str, TextColumn]


def _split_constants(columns: list[_Named]) -> tuple[str | None, list[_Named], str | None]:
    """Split off the first and last columns with the same cell in every row, as text.

    Returns:
        What each row begins with, the columns between, and what each row ends with; None if one of those
        cells is special.
    """
    tail, head = list[str](), list[str]()
    while columns and _is_constant(columns[-1][1]):
        tail.append(columns.pop()[1].constant or "")
    while columns and _is_constant(columns[0][1]):
        head.append(columns.pop(0)[1].constant or "")
    first = "".join(f"{each}," for each in head) if _are_plain(head) else None
    return first, columns, "".join(f",{each}" for each in reversed(tail)) if _are_plain(tail) else None


def _is_constant(column: TextColumn) -> bool:
    return column.is_absent or column.constant is not None


def _are_plain(cells: Iterable[str]) -> bool:
    return all(_list_plain_cells(TextColumn(each, 1)) for each in cells)


def _format_times(column: TextColumn) -> Sequence[str]:
    """Return a column of seconds as times, in which nothing is special."""
    seconds = column.split_numbers()
    if column.has_gaps:
        return [format_utc(each) or "" for each in seconds]
    return [each or "" for each in format_utc_column(seconds)]


def _list_plain_cells(column: TextColumn) -> Sequence[str] | None:
    """Return the cells of a column; None if one of them may need quotes or a guard."""
    text = column.text
    if column.is_absent:
        return [""] * column.size
    if text.isascii():
        is_doubtful = COMMAND in text or _DOUBTFUL_CELL.search(SEPARATOR + text)
        is_plain = consists_of(text, _PLAIN) and not is_doubtful
        return column.split_filled() if is_plain else None
    cells = column.split_filled()
    return cells if _are_harmless(cells) and not any(each in text for each in _QUOTED) else None


def _join_cells(columns: Iterable[Sequence[str]], head: str = "", tail: str = "") -> str:
    """Return the rows as text, each with this head and tail; no cell needs quotes."""
    rows = f"{tail}{END}{head}".join(map(",".join, zip(*columns, strict=True)))
    return f"{head}{rows}{tail}{END}"


def _join_plain_columns(columns: list[Column]) -> str:
    """Return the rows as text, several times faster than an encoder; "" if a cell needs quotes or a guard."""
    texts = []
    for column in columns:
        if (plain := _format_plain_column(column)) is None:
            return ""
        texts.append(plain)
    # An empty cell that is alone on its line would need quotes.
    return _join_cells(texts) if len(texts) > 1 else ""


def _format_plain_column(column: Column) -> Sequence[str] | None:
    """Return the cells as text; None if one of them needs quotes or a guard."""
    distinct = set(column)
    kinds = set(map(type, distinct))
    texts = [cell for cell in distinct if isinstance(cell, str)]
    if not kinds <= _SIMPLE or not _are_harmless(texts) or any(each in "".join(texts) for each in _QUOTED):
        return None
    if kinds == {str}:
        return column
    return ["" if cell is None else str(cell) for cell in column]


def _escape_column(column: Column) -> Iterable[Any]:
    """Escape the control characters of a column, and what a pipeline reads as a command."""
    return [escape_line(cell) if isinstance(cell, str) else cell for cell in column]


def _guard_column(column: Column) -> Iterable[Any]:
    """Guard the cells of a column. Most need no guard, which one check of all cells together shows."""
    if _are_harmless([cell for cell in column if isinstance(cell, str)]):
        return column
    return [_guard_cell(cell) if isinstance(cell, str) else cell for cell in column]


def _are_harmless(texts: Collection[str]) -> bool:
    joined = "".join(texts)
    return (
        joined.isprintable() and COMMAND not in joined and _DOUBTFUL.isdisjoint({text[:1] for text in texts})
    )


def _guard_cell(cell: str) -> str:
    return f"'{escape_line(cell)}" if _is_formula(cell) else escape_line(cell)


def _is_formula(cell: str) -> bool:
    return cell.startswith(_FORMULA) or cell.lstrip(_BEFORE).startswith(_FORMULA)


FORMAT = OutputFormat(
    open_writer, options=frozenset({"raw", "excel"}), open_column_writer=open_column_writer, has_columns=True
)
