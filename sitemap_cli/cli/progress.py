"""The live display of a run: what was found and read, and what is slow."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.sizes import size
from sitemap_cli.model import Progress
from sitemap_cli.output.safe import safe

SLOW = 1.0


class _Display:
    """Draws the counters afresh each time it is asked."""

    def __init__(self, title: str, progress: Progress) -> None:
        self._progress = progress
        self._title = title
        self._spinner = Spinner("line")

    def __rich__(self) -> Spinner:
        """The current line."""
        counters = self._progress
        text = Text(
            f"{safe(self._title)}  {counters.read:,}/{counters.found:,} sitemaps  {counters.urls:,} URLs"
            f"  {size(counters.bytes)}",
            overflow="ellipsis",
            no_wrap=True,
        )
        slowest = counters.slowest()
        if slowest is not None and slowest[1] >= SLOW:
            text.append(f"  waiting {slowest[1]:.0f} s for {safe(slowest[0])}", "yellow")
        self._spinner.update(text=text)
        return self._spinner


@contextmanager
def shown(console: Console, title: str, progress: Progress) -> Iterator[None]:
    """Show the counters while the block runs, if somebody is there to watch."""
    if not console.shows_progress:
        yield
        return
    with Live(_Display(title, progress), console=console.err, refresh_per_second=8, transient=True):
        yield
