"""Comma-separated values (RFC 4180) with a heading, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.output.safe import safe
from sitemap_cli.output.values import utc

NAME = "csv"

# A cell that begins so is taken for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...], *, raw: bool = False) -> Iterator[Any]:
    """Write rows as CSV; ``raw`` leaves control characters and what looks like a formula as they are."""
    at = fields.index("lastmod_utc")
    buffer = io.StringIO()
    encoder = csv.writer(buffer, lineterminator="\r\n")

    def flush() -> None:
        stream.write(buffer.getvalue().encode("utf-8", "backslashreplace"))
        buffer.seek(0)
        buffer.truncate()

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        dated = ((*row[:at], utc(row[at]), *row[at + 1 :]) for row in rows)
        encoder.writerows(dated if raw else map(_guarded, dated))
        flush()

    encoder.writerow(fields)
    flush()
    yield write


def _guarded(row: tuple[Any, ...]) -> list[Any]:
    return [_harmless(cell) if isinstance(cell, str) else cell for cell in row]


def _harmless(cell: str) -> str:
    return f"'{safe(cell)}" if _is_formula(cell) else safe(cell)


def _is_formula(cell: str) -> bool:
    return cell.startswith(_FORMULA) or cell.lstrip(" \"'").startswith(_FORMULA)
