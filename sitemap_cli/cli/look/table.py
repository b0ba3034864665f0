"""Tables without borders, as every view draws them: they fit the terminal, and are whole in a pipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import zip_longest

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sitemap_cli.cli.look.packed_line import PackedLine
from sitemap_cli.cli.look.shortening import ELLIPSIS, cut_text, shorten_text
from sitemap_cli.cli.look.styles import HEADING, QUIET
from sitemap_cli.cli.look.widths import PIPE_WIDTH
from sitemap_cli.output.escaping import escape_text

GAP = "  "
LEAST_NAME = 14
"""Columns that a shortened name or URL takes at least."""
LEAST_PROSE = 24
"""Columns that sentences take at least; then names are shortened as well."""

MOST_LINES = 5
"""Lines of a cell in a terminal, such as a message with a very long URL."""


class Fit(Enum):
    """What happens to the cells of a column where the terminal is too narrow."""

    WHOLE = auto()
    """Nothing."""
    MIDDLE = auto()
    """The middle of a name, path or URL is left out."""
    END = auto()
    """The end of a sentence is left out."""
    WORDS = auto()
    """Sentences continue on the next line."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, on which side its cells are, and how it fits.

    A text that must not be wrapped is shortened even in a column of sentences.
    """

    heading: str
    fit: Fit = Fit.WHOLE
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A cell with a shorter form for narrow terminals."""

    full: str
    short: str

    def __str__(self) -> str:
        """Return the text."""
        return self.full


Cell = str | Text | Choice
Grid = list[list[Text]]


def word_column(heading: str = "") -> Column:
    """Return a column of words, times or ids, which stay whole."""
    return Column(heading)


def name_column(heading: str = "") -> Column:
    """Return a column of names, paths or URLs, which are shortened in the middle."""
    return Column(heading, Fit.MIDDLE)


def brief_column(heading: str = "") -> Column:
    """Return a column of sentences that keep to one line: where there is no room, their end is left out."""
    return Column(heading, Fit.END)


def prose_column(heading: str = "") -> Column:
    """Return a column of sentences, which continue on the next line."""
    return Column(heading, Fit.WORDS)


def number_column(heading: str = "") -> Column:
    """Return a column of numbers on the right."""
    return Column(heading, is_number=True)


@dataclass(slots=True)
class Table:
    """Rows of cells in columns.

    If the columns do not fit the terminal, cells take their short forms, sentences continue on the next
    line, and names are shortened, in this order. If that is not enough, sentences stand below their row, and
    at last each row becomes lines of its own. In a pipe every value is whole, and on one line.
    """

    columns: Sequence[Column]
    title: str | None = None
    headings: bool = True
    rows: list[tuple[list[Cell], str]] = field(default_factory=list)

    def add_row(self, *cells: Cell, style: str = "") -> None:
        """Add a row; missing cells at its end are empty. Texts must be escaped already, strings need not."""
        self.rows.append((list(cells), style))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, the headings and the rows."""
        if self.title:
            yield Text(self.title, HEADING)
        room = options.max_width
        is_pipe = room >= PIPE_WIDTH
        ellipsis = "..." if options.ascii_only else ELLIPSIS
        grid, every = self._make_grid(is_short=False), range(len(self.columns))
        natural, below = _measure(grid, every), list[int]()
        widths: list[int] | None = natural
        if not is_pipe and _add_up(natural) > room:
            grid = self._make_grid(is_short=True)
            widths = self._fit(grid, every, room)
            if widths is None:
                below = [at for at in every if self.columns[at].fit is Fit.WORDS]
                widths = self._fit(grid, [at for at in every if at not in below], room)
        if widths is None:
            yield from self._stack(grid)
            return
        shown = [at for at in every if at not in below]
        for number, row in enumerate(grid):
            yield from self._draw(console, row, shown, widths, ellipsis)
            is_heading = self.headings and not number
            if (parts := [row[at] for at in below if row[at].plain]) and not is_heading:
                yield PackedLine(parts, len(GAP))

    def _make_grid(self, *, is_short: bool) -> Grid:
        """Return the cells of all rows, below the headings."""
        head = [[Text(each.heading, HEADING) for each in self.columns]] if self.headings else []
        return head + [
            [
                _make_text(cell, style, is_short=is_short)
                for _, cell in zip_longest(self.columns, cells, fillvalue="")
            ]
            for cells, style in self.rows
        ]

    def _fit(self, grid: Grid, shown: Sequence[int], room: int) -> list[int] | None:
        """Return the widths at which some columns fit the room; None if they cannot."""
        natural = _measure(grid, shown)
        sentences = (Fit.WORDS, Fit.END)
        for fits, least in ((sentences, LEAST_PROSE), ((*sentences, Fit.MIDDLE), LEAST_NAME)):
            elastic = [n for n, at in enumerate(shown) if self.columns[at].fit in fits]
            left = room - _add_up(natural) + sum(natural[n] for n in elastic)
            smallest = {n: min(natural[n], least) for n in elastic}
            if sum(smallest.values()) <= left:
                return _share_out(natural, smallest, left)
        return None

    def _draw(
        self,
        console: Console,
        row: Sequence[Text],
        shown: Sequence[int],
        widths: Sequence[int],
        ellipsis: str,
    ) -> Iterator[Text]:
        """Yield the lines of a row."""
        cells = [
            _fit_cell(console, row[at], self.columns[at].fit, width, ellipsis)
            for at, width in zip(shown, widths, strict=True)
        ]
        for number in range(max(map(len, cells), default=0)):
            line = Text(no_wrap=True, overflow="ignore")
            for cell, at, width in zip(cells, shown, widths, strict=True):
                text = cell[number] if number < len(cell) else Text()
                blanks = " " * (width - text.cell_len)
                line.append("" if at == shown[0] else GAP)
                for part in (blanks, text) if self.columns[at].is_number else (text, blanks):
                    line.append(part)
            line.rstrip()
            yield line

    def _stack(self, grid: Grid) -> Iterator[PackedLine]:
        """Yield a packed line for each row; its numbers come with their headings."""
        for row in grid[1:] if self.headings else grid:
            parts = [
                Text.assemble((f"{column.heading} ", QUIET), cell)
                if column.is_number and column.heading
                else cell
                for cell, column in zip(row, self.columns, strict=True)
                if cell.plain
            ]
            yield PackedLine(parts)


def create_table(*columns: Column, title: str | None = None, headings: bool = True) -> Table:
    """Return an empty table; ``headings`` says whether to print those of its columns."""
    return Table(columns, title, headings)


def _make_text(cell: Cell, style: str, *, is_short: bool) -> Text:
    if isinstance(cell, Choice):
        cell = cell.short if is_short else cell.full
    if isinstance(cell, str):
        return Text(escape_text(cell), style)
    styled = cell.copy()
    styled.stylize_before(style)
    return styled


def _fit_cell(console: Console, cell: Text, fit: Fit, width: int, ellipsis: str) -> list[Text]:
    if cell.cell_len <= width:
        return [cell]
    if fit is Fit.WORDS and not cell.no_wrap:
        cell = shorten_text(cell, width * MOST_LINES, ellipsis=ellipsis)
        return list(cell.wrap(console, width, overflow="fold"))
    if fit is Fit.END:
        return [cut_text(cell, width, ellipsis=ellipsis)]
    return [shorten_text(cell, width, ellipsis=ellipsis)]


def _measure(grid: Grid, shown: Sequence[int]) -> list[int]:
    """Return the widths of some columns."""
    return [max((row[at].cell_len for row in grid), default=0) for at in shown]


def _add_up(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _share_out(natural: Sequence[int], smallest: dict[int, int], room: int) -> list[int]:
    """Return widths in which some columns share a room: natural ones, or as much as the others get."""
    widths, left = list(natural), room
    waiting = sorted(smallest, key=lambda at: natural[at])
    while waiting:
        at = waiting.pop(0)
        others = sum(smallest[each] for each in waiting)
        fair = max(left // (len(waiting) + 1), smallest[at])
        widths[at] = min(natural[at], fair, left - others)
        left -= widths[at]
    return widths
