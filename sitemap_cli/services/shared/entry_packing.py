"""The entries of a document in a few bytes: as differences from those of another document.

Two versions of a sitemap have most entries in common, so all but the newest are kept in this form. Entries
that are the same but for their line are referred to; the others are there in full.
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from sitemap_cli.storage.models import entries

COLUMNS = tuple(each.name for each in entries.c if each.name not in ("document_id", "position"))
NUMBERS = frozenset({"lastmod_utc", "line"})
LOC, LINE, LASTMOD = (COLUMNS.index(name) for name in ("loc", "line", "lastmod"))

Columns = Sequence[Sequence[Any]]
"""The values of :data:`COLUMNS` of all entries of a document, in their order."""


class _Run(Struct, array_like=True, frozen=True):
    """Consecutive entries: of the base from ``first`` on with their lines shifted, or of the literal rows.

    ``first`` is a place in the base, beginning with 0; None means the next literal rows.
    """

    count: int
    first: int | None = None
    shift: int = 0


class _Packed(Struct, array_like=True, frozen=True):
    runs: list[_Run]
    columns: list[list[Any]]


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(_Packed).decode


def pack_entries(columns: Columns, base: Columns | None) -> bytes:
    """Return entries in a form that :func:`unpack_entries` reads, given the same base."""
    places = _match_base(columns, base) if base is not None else [None] * len(columns[LOC])
    runs, literal = list[_Run](), list[int]()
    lines, base_lines = columns[LINE], base[LINE] if base is not None else ()
    at, count = 0, len(places)
    while at < count:
        first, start = places[at], at
        if first is None:
            while at < count and places[at] is None:
                literal.append(at)
                at += 1
            runs.append(_Run(at - start))
            continue
        shift = _find_shift(lines[at], base_lines[first])
        while (
            at < count
            and places[at] == first + at - start
            and _find_shift(lines[at], base_lines[first + at - start]) == shift
        ):
            at += 1
        runs.append(_Run(at - start, first, shift))
    rows = [[column[each] for each in literal] for column in columns]
    return zlib.compress(_encode(_Packed(runs, rows)), 6)


def unpack_entries(packed: bytes, base: Columns | None) -> list[list[Any]]:
    """Return the columns of the entries that were packed with this base.

    Raises:
        ValueError: the bytes are damaged, or the base is another one.
    """
    try:
        found = _decode(zlib.decompress(packed))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError("packed entries are damaged") from error
    columns: list[list[Any]] = [[] for _ in COLUMNS]
    literal = 0
    for run in found.runs:
        if run.first is None:
            _append(columns, found.columns, literal, run.count)
            literal += run.count
        elif base is not None:
            _append(columns, base, run.first, run.count, run.shift)
        else:
            raise ValueError("packed entries need their base")
    return columns


def _append(columns: list[list[Any]], source: Columns, first: int, count: int, shift: int = 0) -> None:
    """Append consecutive entries of a source, with their lines shifted."""
    for number, values in enumerate(source):
        part = values[first : first + count]
        if len(part) != count:
            raise ValueError("packed entries do not fit their base")
        if number == LINE and shift:
            part = [each if each is None else each + shift for each in part]
        columns[number].extend(part)


def _match_base(columns: Columns, base: Columns) -> list[int | None]:
    """Return for each entry the place in the base of one that is the same but for its line."""
    known = {row: at for at, row in enumerate(_iterate_rows(base))}
    return [known.get(row) for row in _iterate_rows(columns)]


def _iterate_rows(columns: Columns) -> Iterable[tuple[Any, ...]]:
    """Return the entries, of their lines only whether they have one."""
    has_line = [each is None for each in columns[LINE]]
    return zip(*(has_line if number == LINE else each for number, each in enumerate(columns)), strict=True)


def _find_shift(line: int | None, base_line: int | None) -> int:
    """Return what to add to a line of the base."""
    return 0 if line is None or base_line is None else line - base_line
