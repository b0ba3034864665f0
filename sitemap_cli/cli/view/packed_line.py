"""Parts of a line that stay whole where the terminal is narrow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

GAP = "  "


@dataclass(frozen=True, slots=True)
class PackedLine:
    """Parts on one line, or on several lines if they do not fit; those after the first are indented further.

    A part is only wrapped if it is longer than a line.
    """

    parts: Sequence[Text]
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        first, rest = " " * self.indent, " " * (self.indent + 2)
        width = max(options.max_width - len(rest), 1)
        for number, line in enumerate(self._pack(width)):
            for row, wrapped in enumerate(line.wrap(console, width)):
                yield Text.assemble(rest if number or row else first, wrapped)

    def _pack(self, width: int) -> Iterator[Text]:
        """Yield the lines, each with as many parts as fit; one part alone may be longer."""
        line = Text()
        for part in self.parts:
            if line.plain and line.cell_len + len(GAP) + part.cell_len > width:
                yield line
                line = Text()
            line = Text.assemble(line, GAP, part) if line.plain else part
        yield line
