"""Comma-separated values (RFC 4180) with a heading, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.iso_times import format_utc

NAME = "csv"
END = "\r\n"

_SIMPLE = {str, int, type(None)}
_QUOTED = ('"', ",")

# A cell that begins so is taken for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_BEFORE = " \"'"
_DOUBTFUL = {*_FORMULA, *_BEFORE}


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...], *, raw: bool = False) -> Iterator[Any]:
    """Write rows as CSV; ``raw`` leaves control characters and what looks like a formula as they are."""
    times = [at for at, name in enumerate(fields) if name == "lastmod_utc"]
    buffer = io.StringIO()
    encoder = csv.writer(buffer, lineterminator=END)

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        columns = list(zip(*rows, strict=True))
        for at in times if columns else ():
            columns[at] = tuple(map(format_utc, columns[at]))
        put(columns)

    def put(columns: list[tuple[Any, ...]]) -> None:
        stream.write((_quick(columns) or encoded(columns)).encode("utf-8", "backslashreplace"))

    def encoded(columns: list[tuple[Any, ...]]) -> str:
        encoder.writerows(zip(*(columns if raw else map(_guarded, columns)), strict=True))
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    put([(name,) for name in fields])
    yield write


def _quick(columns: list[tuple[Any, ...]]) -> str:
    """The rows, several times faster than an encoder, if no cell needs quotes or a guard; else nothing."""
    texts = []
    for column in columns:
        if (plain := _plain(column)) is None:
            return ""
        texts.append(plain)
    # Alone on its line, an empty cell would need quotes.
    return END.join([*map(",".join, zip(*texts, strict=True)), ""]) if len(texts) > 1 else ""


def _plain(column: tuple[Any, ...]) -> Sequence[str] | None:
    """The cells as they are written, if each of them can stand as it is."""
    distinct = set(column)
    kinds = set(map(type, distinct))
    texts = [cell for cell in distinct if isinstance(cell, str)]
    if not kinds <= _SIMPLE or not _is_harmless(texts) or any(each in "".join(texts) for each in _QUOTED):
        return None
    if kinds == {str}:
        return column
    return ["" if cell is None else str(cell) for cell in column]


def _guarded(column: tuple[Any, ...]) -> Iterable[Any]:
    """The cells of a column made harmless; most columns are harmless as a whole, which is quick to see."""
    if _is_harmless([cell for cell in column if isinstance(cell, str)]):
        return column
    return [_harmless(cell) if isinstance(cell, str) else cell for cell in column]


def _is_harmless(texts: Collection[str]) -> bool:
    return "".join(texts).isprintable() and _DOUBTFUL.isdisjoint({text[:1] for text in texts})


def _harmless(cell: str) -> str:
    return f"'{escape_text(cell)}" if _is_formula(cell) else escape_text(cell)


def _is_formula(cell: str) -> bool:
    return cell.startswith(_FORMULA) or cell.lstrip(_BEFORE).startswith(_FORMULA)
