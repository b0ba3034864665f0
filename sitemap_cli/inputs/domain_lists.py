"""Lists of domains: text with comments, tables, JSON or JSON Lines, read record by record.

The readable records of a damaged file are read; the others are reported with their line number.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.access_logs import Read, find_log_format
from sitemap_cli.inputs.json_lists import is_json_document, parse_line, read_json_document, read_json_lines
from sitemap_cli.inputs.list_records import (
    COLUMNS,
    InvalidRecord,
    Lines,
    ListedDomain,
    Record,
    is_domain_or_url,
    remove_bullet,
    split_domains,
)
from sitemap_cli.inputs.list_tables import SEPARATOR_LINE, is_table, read_table
from sitemap_cli.inputs.list_text import ListText, split_head

COMMENT = re.compile(r"(^|\s)#.*")
# What nearly all lines of a long list are: one URL without any mark that might separate it from others.
PLAIN_URL = re.compile(r"https?://[^\s/?#\"'<>,;|]+/[^\s\"'<>,;|]*")
REQUESTED_HOST = re.compile(r"(?:https?:)?//([^/?#\s]+)", re.IGNORECASE)
JSON_SUFFIXES = (".jsonl", ".ndjson")
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
        stream: the bytes of the list; it must be seekable.
        name: its file name. The suffix decides the format; if it is unknown, the first line does.
        column: the name of the column or key, or the number of the column from 1; None guesses it.
        note: called with a line of text if the encoding is a guess.

    Raises:
        UsageError: there is no such column, or the file is no list.
    """
    text = ListText(stream, name, note)
    read = None if column else find_log_format(split_head(text.head))
    return read_list(text, name, column) if read is None else _read_log(text, read, name)


def read_list(
    text: ListText, name: str, column: str | None = None, columns: Sequence[str] = COLUMNS
) -> Iterator[Record]:
    """Yield the records of an opened list; ``columns`` are headings and keys to look for, the best first.

    Raises:
        UsageError: there is no such column.
    """
    lines = text.split_lines()
    first = next(lines, None)
    if first is not None and (excel := SEPARATOR_LINE.fullmatch(first[1].strip())):
        return read_table(lines, column, excel[1], columns)
    if first is None:
        return iter(())
    lines, suffix = chain([first], lines), PurePath(name.lower().removesuffix(".gz")).suffix
    if is_json_document(first[1], column, columns):
        return read_json_document(text.read(), column, columns)
    is_known = suffix in (*JSON_SUFFIXES, *TABLE_SUFFIXES)
    begins_json = first[1].lstrip().startswith(("{", '"')) and parse_line(first[1]) is not None
    if suffix in JSON_SUFFIXES or (begins_json and not is_known):
        return read_json_lines(lines, column, columns)
    if column or is_known or is_table(COMMENT.sub("", first[1]), columns):
        return read_table(lines, column, TABLE_SUFFIXES.get(suffix), columns)
    return _read_plain_lines(lines)


def _read_log(text: ListText, read: Read, name: str) -> Iterator[Record]:
    """Yield each host that the requests of a log name.

    Raises:
        UsageError: they name none.
    """
    known = set[str]()
    for number, line in text.split_lines():
        request = read(line)
        host = "" if request is None else _find_host(request.target)
        if host and host not in known:
            known.add(host)
            yield ListedDomain(number, host)
    if not known:
        why = "it is an access log whose requests name no host"
        raise UsageError(
            "not a list of domains", where=name, why=why, hint="sitemap check --against reads it"
        )


def _find_host(target: str) -> str:
    """Return host and port of the target of a request; a path has none."""
    found = REQUESTED_HOST.match(target)
    return found[1] if found else ""


def _read_plain_lines(lines: Lines) -> Iterator[Record]:
    for number, line in lines:
        if PLAIN_URL.fullmatch(line):
            yield ListedDomain(number, line)
            continue
        words = split_domains(remove_bullet(COMMENT.sub("", line)))
        if len(words) == 1 or (words and all(map(is_domain_or_url, words))):
            yield from (ListedDomain(number, each) for each in words)
        elif words:
            yield InvalidRecord(number, line.strip(), "more than one word")
