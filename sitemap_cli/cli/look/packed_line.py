"""Parts of a line that stay whole where the terminal is narrow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sitemap_cli.cli.look.shortening import ELLIPSIS, shorten_text
from sitemap_cli.cli.look.widths import PIPE_WIDTH

GAP = "  "


@dataclass(frozen=True, slots=True)
class PackedLine:
    """Parts on one line, or on several lines if they do not fit; those after the first are indented further.

    A part that is longer than a line is wrapped, or shortened if it must not be wrapped, such as a URL.
    In a pipe, everything is on one line.
    """

    parts: Sequence[Text]
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        first, rest = " " * self.indent, " " * (self.indent + 2)
        if options.max_width >= PIPE_WIDTH:
            yield Text.assemble(first, Text(GAP).join(self.parts), no_wrap=True, overflow="ignore")
            return
        width = max(options.max_width - len(rest), 1)
        ellipsis = "..." if options.ascii_only else ELLIPSIS
        parts = [
            shorten_text(part, width, ellipsis=ellipsis) if part.no_wrap else part for part in self.parts
        ]
        for number, line in enumerate(_pack(parts, width)):
            for row, wrapped in enumerate(line.wrap(console, width)):
                yield Text.assemble(rest if number or row else first, wrapped)


def _pack(parts: Iterable[Text], width: int) -> Iterator[Text]:
    """Yield the lines, each with as many parts as fit; one part alone may be longer."""
    line = Text()
    for part in parts:
        if line.plain and line.cell_len + len(GAP) + part.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, GAP, part) if line.plain else part
    yield line
