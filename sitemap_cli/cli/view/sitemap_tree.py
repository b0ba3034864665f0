"""The sitemaps of a job as a tree, with their numbers in columns."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sitemap_cli.cli.look.links import link_url
from sitemap_cli.cli.look.packed_line import PackedLine
from sitemap_cli.cli.look.shortening import ELLIPSIS, shorten_text
from sitemap_cli.cli.look.styles import BAD, CAUTION, QUIET
from sitemap_cli.cli.look.widths import PIPE_WIDTH
from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.results import SitemapResult
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 25
"""Most sitemaps below each index in a summary."""
GAP = "  "
LEAST_PATH = 16
"""Columns that a shortened path takes at least, beside the branches."""
BRANCHES = ("├── ", "└── ", "│   ", "    ")
PLAIN_BRANCHES = ("+-- ", "`-- ", "|   ", "    ")


@dataclass(slots=True)
class _Node:
    """A sitemap with those below it; without a sitemap, the note that others were left out."""

    sitemap: SitemapResult | None = None
    children: "list[_Node]" = field(default_factory=list)
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the tree: branches, a path, columns with numbers, and notes."""

    branches: str
    path: Text
    columns: tuple[str, str, str, str] = ("", "", "", "")
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Grid:
    """The widths of the columns beside the paths."""

    count: int
    noun: int
    listed: int
    size: int

    def align(self, columns: tuple[str, str, str, str]) -> str:
        """Return the columns of a row: numbers on the right, with their units below each other."""
        kind, count, noun, size = columns
        if not count:
            # What came instead is followed by the reason, not by empty columns.
            return f"{GAP}{kind}"
        listed = f"{count:>{self.count}} {noun:{self.noun}}"
        number, _, unit = size.partition(" ")
        return f"{GAP}{listed:>{self.listed}}{GAP}{f'{number} {unit:2}' if size else '':>{self.size}}"


@dataclass(frozen=True, slots=True)
class SitemapTree:
    """Sitemaps in hierarchical order.

    On a terminal the numbers are in columns, and paths that are too long are shortened in the middle. In a
    pipe every path is whole.
    """

    roots: Sequence[_Node]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each sitemap; several where the terminal is very narrow."""
        rows = list(_list_rows(self.roots, PLAIN_BRANCHES if options.ascii_only else BRANCHES))
        width = options.max_width
        if width >= PIPE_WIDTH:
            yield from (PackedLine(_list_parts(each)) for each in rows)
            return
        grid = _measure_grid(rows)
        beside = len(grid.align(("", "0", "", "")))
        longest = max((len(row.branches) + row.path.cell_len for row in rows if any(row.columns)), default=0)
        notes = max((_measure_notes(row) for row in rows if row.columns[1]), default=0)
        deepest = max((len(row.branches) for row in rows), default=0)
        room = width - beside
        if room < deepest + LEAST_PATH:
            yield from (PackedLine(_list_parts(each)) for each in rows)
            return
        # Notes share the line if the paths have room enough, and stand below it otherwise.
        paths = min(longest, max(room - notes, min(room, deepest + 2 * LEAST_PATH)))
        ellipsis = "..." if options.ascii_only else ELLIPSIS
        for row in rows:
            yield from _draw(row, paths, grid, width, ellipsis)


def render_tree(sitemaps: Sequence[SitemapResult], *, most: int | None = None) -> SitemapTree:
    """Return a tree of sitemaps that come in hierarchical order, at most ``most`` below each."""
    root = _Node()
    nodes: dict[str | None, _Node] = {}
    for sitemap in sitemaps:
        parent = nodes.get(sitemap.parent, root)
        if most is not None and len(parent.children) >= most:
            parent.left += 1
            continue
        nodes[sitemap.url] = node = _Node(sitemap)
        parent.children.append(node)
    return SitemapTree([*root.children, *([_Node(left=root.left)] if root.left else [])])


def _list_rows(
    nodes: Sequence[_Node], shapes: tuple[str, str, str, str], before: str | None = None
) -> Iterator[_Row]:
    """Yield the rows of nodes, each with those below it; ``before`` are the branches of their parent."""
    fork, corner, line, blank = shapes
    for number, node in enumerate(nodes):
        is_last = number == len(nodes) - 1
        branches = "" if before is None else before + (corner if is_last else fork)
        if node.sitemap is None:
            yield _Row(branches, Text(f"and {node.left:,} more", QUIET))
            continue
        yield _make_row(branches, node.sitemap)
        below = "" if before is None else before + (blank if is_last else line)
        more = [_Node(left=node.left)] if node.left else []
        yield from _list_rows([*node.children, *more], shapes, below)


def _make_row(branches: str, sitemap: SitemapResult) -> _Row:
    url = sitemap.url if sitemap.parent is None else _shorten_url(sitemap.url, sitemap.parent)
    path = link_url(Text(escape_text(url), no_wrap=True), sitemap.url)
    return _Row(branches, path, _list_columns(sitemap), tuple(_list_notes(sitemap)))


def _list_columns(sitemap: SitemapResult) -> tuple[str, str, str, str]:
    """Return the kind, the number of what is listed, its noun, and the size; or what came instead."""
    if sitemap.kind is None:
        return (f"{sitemap.status_code or 'no response'}", "", "", "")
    is_index = sitemap.kind == "index"
    listed = format_count(sitemap.children, "sitemap") if is_index else format_count(sitemap.urls, "URL")
    count, _, noun = listed.partition(" ")
    return sitemap.kind, count, noun, format_size(sitemap.bytes)


def _list_notes(sitemap: SitemapResult) -> Iterator[Text]:
    """Yield what is special about a sitemap; that it is unchanged is not."""
    if sitemap.discovered_by not in ("index", "user"):
        yield Text(f"by {sitemap.discovered_by}", QUIET)
    if sitemap.error:
        yield Text(escape_text(_describe_error(sitemap)), BAD)
    elif sitemap.unchanged:
        is_requested = sitemap.status_code is not None
        yield Text("unchanged" if is_requested else "unchanged according to its index", QUIET)
    if sitemap.problems:
        yield Text(format_count(sitemap.problems, "problem"), CAUTION)
    if sitemap.strict:
        strict = sitemap.strict
        yield Text(f"strict parser: {strict.read:,} of {strict.total:,}", CAUTION)


def _describe_error(sitemap: SitemapResult) -> str:
    """Return why a sitemap could not be read; beside a status, only what it means."""
    if sitemap.error == "http-status":
        with suppress(ValueError):
            return HTTPStatus(sitemap.status_code or 0).phrase
    return sitemap.error_message or describe_reason(sitemap.error)


def _list_parts(row: _Row) -> list[Text]:
    """Return the parts of a row that is not in columns."""
    kind, count, noun, size = row.columns
    path = Text.assemble(row.branches, row.path, no_wrap=True)
    return [
        path,
        *(Text(each, QUIET) for each in (kind, f"{count} {noun}".strip(), size) if each),
        *row.notes,
    ]


def _draw(row: _Row, paths: int, grid: _Grid, width: int, ellipsis: str) -> Iterator[Text | PackedLine]:
    """Yield the line of a row, and its notes below if they do not fit."""
    if not any(row.columns):
        yield Text.assemble(row.branches, row.path, no_wrap=True, overflow="ellipsis")
        return
    path = shorten_text(row.path, paths - len(row.branches), ellipsis=ellipsis)
    blanks = paths - len(row.branches) - path.cell_len
    beside = len(grid.align(row.columns)) + _measure_notes(row)
    if not row.columns[1] and paths + beside > width:
        # A reason beside its path is worth more than a column with one value.
        blanks = max(min(blanks, width - beside - len(row.branches) - path.cell_len), 0)
    line = Text.assemble(row.branches, path, " " * blanks, no_wrap=True)
    line.append(grid.align(row.columns), QUIET)
    if line.cell_len + _measure_notes(row) > width:
        line.rstrip()
        yield line
        yield PackedLine(_list_terminal_notes(row), len(row.branches) + 2)
        return
    for note in _list_terminal_notes(row):
        line.append(GAP).append_text(note)
    line.rstrip()
    yield line


def _measure_grid(rows: Sequence[_Row]) -> _Grid:
    counted = [row.columns for row in rows if row.columns[1]]
    # Indexes are few, and their longer noun needs no column of its own.
    usual = [each for each in counted if each[0] != "index"] or counted
    count, noun = (max((len(each[at]) for each in usual), default=0) for at in (1, 2))
    listed = max((len(f"{each[1]:>{count}} {each[2]:{noun}}") for each in counted), default=0)
    return _Grid(count, noun, listed, max((len(each[3]) for each in counted), default=0) + 1)


def _measure_notes(row: _Row) -> int:
    return sum(len(GAP) + each.cell_len for each in _list_terminal_notes(row))


def _list_terminal_notes(row: _Row) -> list[Text]:
    """Return the notes, after the kind of what is neither an index nor a urlset: nouns say these."""
    kind, count, *_ = row.columns
    return [*([Text(kind, QUIET)] if count and kind not in ("index", "urlset") else []), *row.notes]


def _shorten_url(url: str, parent: str) -> str:
    """Return the path and query alone where parent and child are on the same host."""
    child_parts, parent_parts = urlsplit(url), urlsplit(parent)
    if (child_parts.scheme, child_parts.netloc) != (parent_parts.scheme, parent_parts.netloc):
        return url
    return child_parts.path + (f"?{child_parts.query}" if child_parts.query else "")
