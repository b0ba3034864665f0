"""Reads lists of domains: text with comments, CSV with any column, JSON Lines; one record after the other.

Whatever is in such a file, the records that can be read are read: the others are told by their line.
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

LONGEST = 64 * 1024
# A quote that is never closed must not take the rest of the file with it.
MAX_LINES = 20
LOOKED_AT = 20
NAMES = ("domain", "host", "hostname", "site", "website", "url", "address", "target", "loc", "homepage")
DELIMITERS = ",;\t|"
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LIKE_A_HOST = re.compile(r"\s*(https?://)?[^\s/,;|\"]+\.[^\s/.,;|\"]{2,}[^\s,;|\"]*\s*", re.IGNORECASE)
COMMENT = re.compile(r"(^|\s)#.*")


class ListFormat(StrEnum):
    """How a list is written."""

    TEXT = "text"
    CSV = "csv"
    JSONL = "jsonl"


SUFFIXES = {
    ".csv": ListFormat.CSV,
    ".tsv": ListFormat.CSV,
    ".jsonl": ListFormat.JSONL,
    ".ndjson": ListFormat.JSONL,
}


@dataclass(frozen=True, slots=True)
class ListedDomain:
    """What a record names, and the line where it begins; what else it says, by column or key."""

    line: int
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvalidRecord:
    """A record that names nothing, and why."""

    line: int
    text: str
    why: str


Record = ListedDomain | InvalidRecord
Lines = Iterator[tuple[int, str]]


def read_records(stream: BufferedReader, name: str, *, column: str | None = None) -> Iterator[Record]:
    """Yield what each record of a list names; comments and empty lines are nothing.

    Args:
        stream: the bytes of the list.
        name: its file name, whose ending says how it is written; else its first line does.
        column: the name of the column or key, or the column's number from 1; else it is guessed.
    """
    lines = _lines(stream)
    first = next(lines, None)
    if first is None:
        return
    lines = chain([first], lines)
    form = _form(name, first[1], column)
    if form is ListFormat.TEXT:
        yield from _text(lines)
    elif form is ListFormat.JSONL:
        yield from _jsonl(lines, column)
    else:
        yield from _csv(lines, column)


def _lines(stream: BufferedReader) -> Lines:
    """Lines with their numbers, without their ends and the empty ones; long ones are cut."""
    start = stream.peek(3)
    encoding = next((each for bom, each in BOMS.items() if start.startswith(bom)), "utf-8")
    text = TextIOWrapper(stream, encoding, errors="surrogateescape", newline=None)
    number, begins = 0, True
    while line := text.readline(LONGEST):
        number += begins
        if begins and line.strip():
            yield number, line.rstrip("\n")
        begins = line.endswith("\n")


def _form(name: str, first: str, column: str | None) -> ListFormat:
    """By the file's name; else JSON begins with a brace or quote, a table has a delimiter or a heading."""
    known = SUFFIXES.get(PurePath(name).suffix.lower())
    if known is not None:
        return known
    if first.lstrip().startswith(("{", '"')) and _parsed(first) is not None:
        return ListFormat.JSONL
    plain = COMMENT.sub("", first)
    heads = _heads(plain)
    return ListFormat.CSV if column or len(heads) > 1 or heads[0] in NAMES else ListFormat.TEXT


def _text(lines: Lines) -> Iterator[Record]:
    for number, line in lines:
        words = COMMENT.sub("", line).split()
        if len(words) == 1:
            yield ListedDomain(number, words[0])
        elif words:
            yield InvalidRecord(number, line, "more than one word")


def _jsonl(lines: Lines, column: str | None) -> Iterator[Record]:
    for number, line in lines:
        value, others = _parsed(line), dict[str, Any]()
        if isinstance(value, dict):
            others = value
            value = next((value[key] for key in ((column,) if column else NAMES) if key in value), None)
        if isinstance(value, str):
            yield ListedDomain(number, value, others)
        else:
            yield InvalidRecord(number, line, f"no JSON with a {column or 'domain'}")


def _parsed(line: str) -> Any:
    """The JSON value of a line; None if it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _csv(lines: Lines, column: str | None) -> Iterator[Record]:
    records = _records(lines)
    first = list(islice(records, LOOKED_AT))
    if not first:
        return
    delimiter = _delimiter([text for _, text in first])
    heads = _heads(first[0][1], delimiter)
    at, has_heading = _column(heads, column, [_cells(text, delimiter) for _, text in first])
    for number, text in chain(first[has_heading:], records):
        cells = _cells(text, delimiter)
        if at < len(cells) and cells[at].strip():
            others = dict(zip(heads, cells, strict=False)) if has_heading else {}
            yield ListedDomain(number, cells[at].strip(), others)
        elif any(map(str.strip, cells)):
            yield InvalidRecord(number, text, f"nothing in column {at + 1}")


def _records(lines: Lines) -> Lines:
    """Put lines together as far as a quoted cell goes on; a quote without an end is its own line's."""
    waiting = list[tuple[int, str]]()
    for each in lines:
        if not waiting and each[1].lstrip().startswith("#"):
            continue
        waiting.append(each)
        if sum(text.count('"') for _, text in waiting) % 2 == 0:
            yield waiting[0][0], "\n".join(text for _, text in waiting)
            waiting = []
        elif len(waiting) == MAX_LINES:
            yield waiting[0]
            lines, waiting = chain(waiting[1:], lines), []
            yield from _records(lines)
            return
    yield from waiting


def _delimiter(texts: Sequence[str]) -> str:
    """The delimiter that most records have."""
    counts = {each: sum(each in text for text in texts) for each in DELIMITERS}
    return max(DELIMITERS, key=lambda each: counts[each])


def _heads(line: str, delimiter: str | None = None) -> list[str]:
    cells = _cells(line, delimiter or _delimiter([line]))
    return [cell.strip().lower() for cell in cells] or [""]


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(text.split("\n"), delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _column(heads: Sequence[str], column: str | None, rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Which column counts from 0, and whether the first record is a heading.

    Raises:
        UsageError: there is no such column.
    """
    if column is not None and column.strip().lower() in heads:
        return heads.index(column.strip().lower()), True
    if column is not None and column.isdecimal() and int(column) > 0:
        at = int(column) - 1
        return at, at < len(heads) and not LIKE_A_HOST.fullmatch(heads[at])
    if column is not None:
        raise UsageError("no such column", where=column, hint=f"there are: {', '.join(heads)}")
    known = [heads.index(each) for each in NAMES if each in heads]
    if known:
        return known[0], True
    alike = Counter(at for row in rows for at, cell in enumerate(row) if LIKE_A_HOST.fullmatch(cell))
    at = min(alike, key=lambda each: (-alike[each], each), default=0)
    return at, not LIKE_A_HOST.fullmatch(heads[at]) if at < len(heads) else False
