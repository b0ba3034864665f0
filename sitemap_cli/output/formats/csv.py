"""Comma-separated values (RFC 4180) with a heading, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.output.safe import safe
from sitemap_cli.output.times import utc

NAME = "csv"

# A cell that begins so is taken for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_BEFORE = " \"'"
_DOUBTFUL = {*_FORMULA, *_BEFORE}


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...], *, raw: bool = False) -> Iterator[Any]:
    """Write rows as CSV; ``raw`` leaves control characters and what looks like a formula as they are."""
    times = [at for at, name in enumerate(fields) if name == "lastmod_utc"]
    buffer = io.StringIO()
    encoder = csv.writer(buffer, lineterminator="\r\n")

    def flush() -> None:
        stream.write(buffer.getvalue().encode("utf-8", "backslashreplace"))
        buffer.seek(0)
        buffer.truncate()

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        columns = list(zip(*rows, strict=True))
        if columns:
            for at in times:
                columns[at] = tuple(map(utc, columns[at]))
            encoder.writerows(zip(*(columns if raw else map(_guarded, columns)), strict=True))
            flush()

    encoder.writerow(fields)
    flush()
    yield write


def _guarded(column: tuple[Any, ...]) -> Iterable[Any]:
    """The cells of a column made harmless; most columns are harmless as a whole, which is quick to see."""
    texts = [cell for cell in column if isinstance(cell, str)]
    if "".join(texts).isprintable() and _DOUBTFUL.isdisjoint({text[:1] for text in texts}):
        return column
    return [_harmless(cell) if isinstance(cell, str) else cell for cell in column]


def _harmless(cell: str) -> str:
    return f"'{safe(cell)}" if _is_formula(cell) else safe(cell)


def _is_formula(cell: str) -> bool:
    return cell.startswith(_FORMULA) or cell.lstrip(_BEFORE).startswith(_FORMULA)
