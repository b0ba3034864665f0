"""Lists of domains: text with comments, tables, JSON or JSON Lines, read record by record.

The readable records of a damaged file are read; the others are reported with their line number.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO

from sitemap_cli.inputs.json_lists import is_json_document, parse_line, read_json_document, read_json_lines
from sitemap_cli.inputs.list_records import (
    InvalidRecord,
    Lines,
    ListedDomain,
    Record,
    is_domain_or_url,
    remove_bullet,
    split_domains,
)
from sitemap_cli.inputs.list_tables import is_table, read_table
from sitemap_cli.inputs.list_text import read_text, split_lines

COMMENT = re.compile(r"(^|\s)#.*")
JSON_SUFFIXES = (".jsonl", ".ndjson")
# The first line of a CSV file for Excel.
SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
TABLE_SUFFIXES = {".csv": None, ".tsv": "\t"}
"""The delimiters of tables by suffix; None has to be guessed."""


def read_records(
    stream: BinaryIO,
    name: str,
    *,
    column: str | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Iterator[Record]:
    """Yield the records of a list, without comments and empty lines.

    Args:
        stream: the bytes of the list.
        name: its file name. The suffix decides the format; if it is unknown, the first line does.
        column: the name of the column or key, or the number of the column from 1; None guesses it.
        note: called with a line of text if the encoding is a guess.

    Raises:
        UsageError: there is no such column, or the file is no list.
    """
    text = read_text(stream, name, note)
    lines = split_lines(text)
    first = next(lines, None)
    if first is not None and (excel := SEPARATOR_LINE.fullmatch(first[1].strip())):
        return read_table(lines, column, excel[1])
    if first is None:
        return iter(())
    lines, suffix = chain([first], lines), PurePath(name.lower().removesuffix(".gz")).suffix
    if is_json_document(first[1], column):
        return read_json_document(text, column)
    is_known = suffix in (*JSON_SUFFIXES, *TABLE_SUFFIXES)
    begins_json = first[1].lstrip().startswith(("{", '"')) and parse_line(first[1]) is not None
    if suffix in JSON_SUFFIXES or (begins_json and not is_known):
        return read_json_lines(lines, column)
    if column or is_known or is_table(COMMENT.sub("", first[1])):
        return read_table(lines, column, TABLE_SUFFIXES.get(suffix))
    return _read_plain_lines(lines)


def _read_plain_lines(lines: Lines) -> Iterator[Record]:
    for number, line in lines:
        words = split_domains(remove_bullet(COMMENT.sub("", line)))
        if len(words) == 1 or (words and all(map(is_domain_or_url, words))):
            yield from (ListedDomain(number, each) for each in words)
        elif words:
            yield InvalidRecord(number, line.strip(), "more than one word")
