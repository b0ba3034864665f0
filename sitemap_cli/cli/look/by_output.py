"""Something that a terminal shows in another form than a pipe."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

from sitemap_cli.cli.look.widths import PIPE_WIDTH


@dataclass(frozen=True, slots=True)
class ByOutput:
    """A form for a pipe or a file, and one for a terminal, which is made for its width."""

    pipe: Callable[[], RenderableType]
    terminal: Callable[[int], RenderableType]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the form for this output."""
        width = options.max_width
        yield self.pipe() if width >= PIPE_WIDTH else self.terminal(width)
