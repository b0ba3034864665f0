"""Lists of domains in tables: CSV and TSV with any column, with or without a heading."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.list_records import (
    COLUMNS,
    INVISIBLE,
    URL,
    InvalidRecord,
    Lines,
    ListedDomain,
    Record,
    is_domain_or_url,
    split_domains,
    unquote,
)

# A quote that is never closed must not take the rest of the file with it.
MAX_LINES_PER_RECORD = 20
SAMPLE_RECORDS = 20
LEAST_ROWS = 2
# The first line of a CSV file for Excel.
SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
"""Records by which the delimiter and the column are guessed."""

DELIMITERS = ",;\t|"
# What :func:`unquote` changes begins like this.
MAY_BE_QUOTED = re.compile(f"[<'\"\u201c\u201d\u201e\xab\u2018\u201a{INVISIBLE}]|.*[{INVISIBLE}]\\Z")
LIKE_A_HOST = re.compile(r"\s*(https?://)?[^\s/,;|\"]+\.[^\s/.,;|\"]{2,}[^\s,;|\"]*\s*", re.IGNORECASE)


def read_table(
    lines: Lines, column: str | None, delimiter: str | None = None, columns: Sequence[str] = COLUMNS
) -> Iterator[Record]:
    """Yield the records of a table.

    Args:
        lines: its lines.
        column: the heading or the number of the column with the domains; None guesses it.
        delimiter: what separates the cells; None guesses it.
        columns: headings to look for, the best first.

    Raises:
        UsageError: there is no such column.
    """
    records = _join_quoted_lines(lines)
    first = list(islice(records, SAMPLE_RECORDS))
    if not first:
        return
    delimiter = delimiter or _guess_delimiter([text for _, text in first])
    heads = split_heading(first[0][1], delimiter)
    rows = [_split_cells(text, delimiter) for _, text in first]
    index, has_heading = _choose_column(heads, column, rows, columns)
    places = {head: at for at, head in reversed(list(enumerate(heads)))}
    for number, text in chain(first[1:] if has_heading else first, records):
        cells = _split_cells(text, delimiter)
        if has_heading or column:
            extra = Row(places, cells) if has_heading else {}
            yield from _read_cell(number, text, cells, index, extra)
            if len(cells) > len(heads):
                yield from _report_surplus(number, cells[len(heads) :])
        else:
            yield from _read_row(number, text, cells, index)


class Row(Mapping[str, str]):
    """The cells of a row by their headings. An export may have a hundred columns, of which few are read."""

    __slots__ = ("_cells", "places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self.places = places
        self._cells = cells

    def __getitem__(self, head: str) -> str:
        """Return a cell.

        Raises:
            KeyError: the row has none below that heading.
        """
        at = self.places[head]
        if at >= len(self._cells):
            raise KeyError(head)
        return self._cells[at]

    def __iter__(self) -> Iterator[str]:
        """Yield the headings of the cells."""
        return (head for head, at in self.places.items() if at < len(self._cells))

    def __len__(self) -> int:
        """Return the number of cells with a heading."""
        return sum(at < len(self._cells) for at in self.places.values())


def _read_cell(
    number: int, text: str, cells: Sequence[str], index: int, extra: Mapping[str, str]
) -> Iterator[Record]:
    """Yield the domain in the column of the domains, or the reason why it is missing."""
    if index < len(cells) and cells[index]:
        yield ListedDomain(number, cells[index], extra)
    elif any(cells):
        yield InvalidRecord(number, text, f"column {index + 1} is empty", is_empty=True)


def _report_surplus(number: int, cells: Sequence[str]) -> Iterator[Record]:
    """Report domains in cells that have no heading."""
    for each in filter(is_domain_or_url, cells):
        yield InvalidRecord(number, each, "in a column without a heading")


def _read_row(number: int, text: str, cells: Sequence[str], index: int) -> Iterator[Record]:
    """Yield all cells of a row without a heading if all are domains, else the one in the known column.

    Other domains in the row are reported: they may be what the user wants, or not.
    """
    words = [word for cell in cells for word in split_domains(cell)]
    if len(words) > 1 and all(map(is_domain_or_url, words)):
        yield from (ListedDomain(number, each) for each in words)
        return
    yield from _read_cell(number, text, cells, index, {})
    for at, each in enumerate(cells):
        if at != index and is_domain_or_url(each):
            why = f"in column {at + 1}, while the domains are in column {index + 1}; --column chooses one"
            yield InvalidRecord(number, each, why)


def is_table(first: str, columns: Sequence[str] = COLUMNS) -> bool:
    """Return whether the first line of a list has a delimiter or a known heading."""
    heads = split_heading(first)
    return len(heads) > 1 or heads[0] in columns


def _join_quoted_lines(lines: Lines) -> Lines:
    """Yield records, joining the lines of a quoted cell; a quote that is never closed ends with its line."""
    waiting = list[tuple[int, str]]()
    for each in lines:
        if not waiting and each[1].lstrip().startswith("#"):
            continue
        if not waiting and each[1].count('"') % 2 == 0:
            yield each
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
    """Return the delimiter by which most records have as many cells as the first one."""

    def count_alike(delimiter: str) -> tuple[int, int]:
        sizes = [len(_split_cells(each, delimiter)) for each in texts]
        alike = sum(size == sizes[0] for size in sizes) if sizes[0] > 1 else 0
        return alike, sum(size > 1 for size in sizes)

    return max(DELIMITERS, key=count_alike)


def split_heading(line: str, delimiter: str | None = None) -> list[str]:
    """Return the headings of a table, or the cells of its first line, in lower case."""
    cells = _split_cells(line, delimiter or _guess_delimiter([line]))
    return [cell.lower() for cell in cells] or [""]


def _split_cells(text: str, delimiter: str) -> list[str]:
    if '"' not in text and "\n" not in text:
        cells = text.split(delimiter)
    else:
        try:
            cells = next(csv.reader(text.split("\n"), delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            cells = text.split(delimiter)
    return [unquote(each) if MAY_BE_QUOTED.match(each) else each for each in map(str.strip, cells)]


def _choose_column(
    heads: Sequence[str], column: str | None, rows: Sequence[Sequence[str]], columns: Sequence[str]
) -> tuple[int, bool]:
    """Return the index of the column with the domains, and whether the first record is a heading.

    Raises:
        UsageError: there is no such column.
    """
    if column is not None:
        return _find_column(heads, column, max(map(len, rows)))
    known = [heads.index(each) for each in columns if each in heads]
    if known:
        # A column may have a usual heading, and something else in it.
        filled = (
            at for at in known if any(LIKE_A_HOST.fullmatch(row[at]) for row in rows[1:] if at < len(row))
        )
        return next(filled, known[0]), True
    hosts = Counter(index for row in rows for index, cell in enumerate(row) if LIKE_A_HOST.fullmatch(cell))
    # A decimal number is like a host, a URL is not like anything else.
    hosts.update(index for row in rows for index, cell in enumerate(row) if URL.fullmatch(cell))
    index = min(hosts, key=lambda each: (-hosts[each], each), default=0)
    return index, index < len(heads) and not LIKE_A_HOST.fullmatch(heads[index])


def _find_column(heads: Sequence[str], column: str, width: int) -> tuple[int, bool]:
    """Return the column that the user names, by its heading or by its number."""
    if column.strip().lower() in heads:
        return heads.index(column.strip().lower()), True
    if column.isdecimal() and 0 < int(column) <= width:
        index = int(column) - 1
        return index, index < len(heads) and not LIKE_A_HOST.fullmatch(heads[index])
    hint = (
        f"available columns: 1 to {width}, or {', '.join(heads)}" if width > 1 else "the list has one column"
    )
    raise UsageError("no such column", where=column, hint=hint)


def find_path_column(head: Sequence[str]) -> str | None:
    """Return the number of a column with paths, as Google Analytics writes it below some comments.

    None if there is no such column, or one with URLs. ``head`` has the first lines of the table.
    """
    rows = [
        text
        for _, text in _join_quoted_lines(enumerate(head, 1))
        if not SEPARATOR_LINE.fullmatch(text.strip())
    ]
    if len(rows) < LEAST_ROWS or rows[0].lstrip().startswith(("{", "[", "/", "http")):
        return None
    delimiter = _guess_delimiter(rows)
    heads, *cells = [_split_cells(each, delimiter) for each in rows]
    if any(URL.fullmatch(cell) for row in cells for cell in row):
        return None
    paths = Counter(index for row in cells for index, cell in enumerate(row) if cell.startswith("/"))
    index = max(paths, key=lambda each: (paths[each], -each), default=None)
    if index is None or index >= len(heads) or paths[index] * 2 < len(cells) or heads[index].startswith("/"):
        return None
    return str(index + 1)
