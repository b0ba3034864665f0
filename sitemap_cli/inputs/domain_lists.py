"""Lists of domains: text with comments, CSV with any column, or JSON Lines, read record by record.

The readable records of a damaged file are read; the others are reported with their line number.
"""

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import BufferedReader, TextIOWrapper
from itertools import chain, islice
from pathlib import PurePath
from typing import Any

from sitemap_cli.errors import UsageError

MAX_LINE_LENGTH = 64 * 1024
# A quote that is never closed must not take the rest of the file with it.
MAX_LINES_PER_RECORD = 20
SAMPLE_RECORDS = 20
"""Records by which the delimiter and the column are guessed."""

COLUMNS = ("domain", "host", "hostname", "site", "website", "url", "address", "target", "loc", "homepage")
DELIMITERS = ",;\t|"
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LIKE_A_HOST = re.compile(r"\s*(https?://)?[^\s/,;|\"]+\.[^\s/.,;|\"]{2,}[^\s,;|\"]*\s*", re.IGNORECASE)
COMMENT = re.compile(r"(^|\s)#.*")


class ListFormat(StrEnum):
    """The format of a list."""

    TEXT = "text"
    CSV = "csv"
    JSONL = "jsonl"


FORMAT_BY_SUFFIX = {
    ".csv": ListFormat.CSV,
    ".tsv": ListFormat.CSV,
    ".jsonl": ListFormat.JSONL,
    ".ndjson": ListFormat.JSONL,
}


@dataclass(frozen=True, slots=True)
class ListedDomain:
    """The text that a record has for a domain, and the line where it begins.

    ``extra`` has the whole record by column or key.
    """

    line: int
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvalidRecord:
    """A record without a domain, and the reason."""

    line: int
    text: str
    why: str


Record = ListedDomain | InvalidRecord
Lines = Iterator[tuple[int, str]]
"""Line numbers and texts."""


def read_records(stream: BufferedReader, name: str, *, column: str | None = None) -> Iterator[Record]:
    """Yield the records of a list, without comments and empty lines.

    Args:
        stream: the bytes of the list.
        name: its file name. The suffix decides the format; if it is unknown, the first line does.
        column: the name of the column or key, or the number of the column from 1; None guesses it.

    Raises:
        UsageError: there is no such column.
    """
    lines = _read_lines(stream)
    first = next(lines, None)
    if first is None:
        return
    lines = chain([first], lines)
    format_ = _detect_format(name, first[1], column)
    if format_ is ListFormat.TEXT:
        yield from _read_text(lines)
    elif format_ is ListFormat.JSONL:
        yield from _read_jsonl(lines, column)
    else:
        yield from _read_csv(lines, column)


def _read_lines(stream: BufferedReader) -> Lines:
    """Yield the lines that are not empty, without line ends; long ones are cut."""
    start = stream.peek(3)
    encoding = next((each for bom, each in BOMS.items() if start.startswith(bom)), "utf-8")
    text = TextIOWrapper(stream, encoding, errors="surrogateescape", newline=None)
    number, is_line_start = 0, True
    while line := text.readline(MAX_LINE_LENGTH):
        if is_line_start:
            number += 1
            if line.strip():
                yield number, line.rstrip("\n")
        is_line_start = line.endswith("\n")


def _detect_format(name: str, first: str, column: str | None) -> ListFormat:
    """Return the format by the file name, else by the first line.

    JSON begins with a brace or quote; a table has a delimiter or a known heading.
    """
    known = FORMAT_BY_SUFFIX.get(PurePath(name).suffix.lower())
    if known is not None:
        return known
    if first.lstrip().startswith(("{", '"')) and _parse_json(first) is not None:
        return ListFormat.JSONL
    heads = _split_heading(COMMENT.sub("", first))
    return ListFormat.CSV if column or len(heads) > 1 or heads[0] in COLUMNS else ListFormat.TEXT


def _read_text(lines: Lines) -> Iterator[Record]:
    for number, line in lines:
        words = COMMENT.sub("", line).split()
        if len(words) == 1:
            yield ListedDomain(number, words[0])
        elif words:
            yield InvalidRecord(number, line, "more than one word")


def _read_jsonl(lines: Lines, column: str | None) -> Iterator[Record]:
    keys = (column,) if column else COLUMNS
    for number, line in lines:
        value, extra = _parse_json(line), dict[str, Any]()
        if isinstance(value, dict):
            extra = value
            value = next((extra[key] for key in keys if key in extra), None)
        if isinstance(value, str):
            yield ListedDomain(number, value, extra)
        else:
            yield InvalidRecord(number, line, f"no JSON with a {column or 'domain'}")


def _parse_json(line: str) -> Any:
    """Return the JSON value of a line; None if it is malformed."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _read_csv(lines: Lines, column: str | None) -> Iterator[Record]:
    records = _join_quoted_lines(lines)
    first = list(islice(records, SAMPLE_RECORDS))
    if not first:
        return
    delimiter = _guess_delimiter([text for _, text in first])
    heads = _split_heading(first[0][1], delimiter)
    index, has_heading = _choose_column(heads, column, [_split_cells(text, delimiter) for _, text in first])
    for number, text in chain(first[1:] if has_heading else first, records):
        cells = _split_cells(text, delimiter)
        if index < len(cells) and cells[index].strip():
            extra = dict(zip(heads, cells, strict=False)) if has_heading else {}
            yield ListedDomain(number, cells[index].strip(), extra)
        elif any(map(str.strip, cells)):
            yield InvalidRecord(number, text, f"column {index + 1} is empty")


def _join_quoted_lines(lines: Lines) -> Lines:
    """Yield records, joining the lines of a quoted cell; a quote that is never closed ends with its line."""
    waiting = list[tuple[int, str]]()
    for each in lines:
        if not waiting and each[1].lstrip().startswith("#"):
            continue
        waiting.append(each)
        if sum(text.count('"') for _, text in waiting) % 2 == 0:
            yield waiting[0][0], "\n".join(text for _, text in waiting)
            waiting = []
        elif len(waiting) == MAX_LINES_PER_RECORD:
            yield waiting[0]
            lines, waiting = chain(waiting[1:], lines), []
            yield from _join_quoted_lines(lines)
            return
    yield from waiting


def _guess_delimiter(texts: Sequence[str]) -> str:
    """Return the delimiter that occurs in most records."""
    counts = {each: sum(each in text for text in texts) for each in DELIMITERS}
    return max(DELIMITERS, key=lambda each: counts[each])


def _split_heading(line: str, delimiter: str | None = None) -> list[str]:
    cells = _split_cells(line, delimiter or _guess_delimiter([line]))
    return [cell.strip().lower() for cell in cells] or [""]


def _split_cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(text.split("\n"), delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _choose_column(
    heads: Sequence[str], column: str | None, rows: Sequence[Sequence[str]]
) -> tuple[int, bool]:
    """Return the index of the column with the domains, and whether the first record is a heading.

    Raises:
        UsageError: there is no such column.
    """
    if column is not None:
        return _find_column(heads, column)
    known = [heads.index(each) for each in COLUMNS if each in heads]
    if known:
        return known[0], True
    hosts = Counter(index for row in rows for index, cell in enumerate(row) if LIKE_A_HOST.fullmatch(cell))
    index = min(hosts, key=lambda each: (-hosts[each], each), default=0)
    return index, index < len(heads) and not LIKE_A_HOST.fullmatch(heads[index])


def _find_column(heads: Sequence[str], column: str) -> tuple[int, bool]:
    """Return the column that the user names, by its heading or by its number."""
    if column.strip().lower() in heads:
        return heads.index(column.strip().lower()), True
    if column.isdecimal() and int(column) > 0:
        index = int(column) - 1
        return index, index < len(heads) and not LIKE_A_HOST.fullmatch(heads[index])
    raise UsageError("no such column", where=column, hint=f"available columns: {', '.join(heads)}")
