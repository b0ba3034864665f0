"""Live progress of a job or batch: counters, and the slowest request."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.view.numbers import format_duration, format_size
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.progress import BatchProgress, CopyProgress, Progress, PruneProgress

SLOW_SECONDS = 1.0
"""Seconds after which the slowest request or site is shown."""


class _JobDisplay:
    """The counters of a job, drawn again at each refresh."""

    def __init__(self, title: str, progress: Progress) -> None:
        self._progress = progress
        self._title = title
        self._spinner = Spinner("line")

    def __rich__(self) -> Spinner:
        """Return the current line."""
        counters = self._progress
        text = Text(
            f"{escape_text(self._title)}  {counters.read:,}/{counters.found:,} sitemaps"
            f"  {counters.urls:,} URLs  {format_size(counters.bytes)}",
            overflow="ellipsis",
            no_wrap=True,
        )
        slowest = counters.find_slowest()
        if slowest is not None and slowest[1] >= SLOW_SECONDS:
            text.append(f"  waiting {slowest[1]:.0f} s for {escape_text(slowest[0])}", "yellow")
        self._spinner.update(text=text)
        return self._spinner


class _BatchDisplay:
    """The counters of a batch, drawn again at each refresh."""

    def __init__(self, title: str, progress: BatchProgress, noun: str) -> None:
        self._progress = progress
        self._title = title
        self._noun = noun
        self._spinner = Spinner("line")

    def __rich__(self) -> Spinner:
        """Return the current line."""
        batch = self._progress
        text = Text(
            f"{escape_text(self._title)}  {batch.done:,}/{batch.total:,} {self._noun}  {batch.rate:.1f}/s",
            overflow="ellipsis",
            no_wrap=True,
        )
        if batch.seconds_left is not None:
            text.append(f"  {format_duration(batch.seconds_left)} left")
        verdicts = "  ".join(f"{count:,} {verdict}" for verdict, count in batch.verdicts.most_common(4))
        text.append(f"  {verdicts}")
        if (slowest := batch.find_slowest()) and slowest[1] >= SLOW_SECONDS:
            text.append(f"  {escape_text(slowest[0])} {slowest[1]:.0f} s", "yellow")
        self._spinner.update(text=text)
        return self._spinner


class _CopyDisplay:
    """How much of a database was copied, drawn again at each refresh."""

    def __init__(self, title: str, progress: CopyProgress) -> None:
        self._progress = progress
        self._title = title
        self._spinner = Spinner("line")

    def __rich__(self) -> Spinner:
        """Return the current line."""
        copy = self._progress
        share = f"  {copy.done / copy.total:.0%}" if copy.total else ""
        size = f"  {format_size(copy.done)} of {format_size(copy.total)}" if copy.total else ""
        text = f"{escape_text(self._title)}{size}{share}{f'  {copy.doing}' if copy.doing else ''}"
        self._spinner.update(text=Text(text, overflow="ellipsis", no_wrap=True))
        return self._spinner


class _PruneDisplay:
    """What was removed so far, drawn again at each refresh."""

    def __init__(self, progress: PruneProgress) -> None:
        self._progress = progress
        self._spinner = Spinner("line")

    def __rich__(self) -> Spinner:
        """Return the current line."""
        done = self._progress
        text = f"pruning  {done.jobs:,} jobs  {done.documents:,} documents  {done.urls:,} URLs"
        self._spinner.update(text=Text(text, overflow="ellipsis", no_wrap=True))
        return self._spinner


@contextmanager
def show_prune_progress(console: Console, progress: PruneProgress) -> Iterator[None]:
    """Show what was removed while the block runs, if stderr is a terminal."""
    with _show_live(console, _PruneDisplay(progress)):
        yield


@contextmanager
def show_copy_progress(console: Console, title: str, progress: CopyProgress) -> Iterator[None]:
    """Show how much of a database was copied while the block runs, if stderr is a terminal."""
    with _show_live(console, _CopyDisplay(PurePath(title).name, progress)):
        yield


@contextmanager
def show_batch_progress(
    console: Console, title: str, progress: BatchProgress, noun: str = "sites"
) -> Iterator[None]:
    """Show the progress of a batch while the block runs, if stderr is a terminal."""
    with _show_live(console, _BatchDisplay(PurePath(title).name, progress, noun)):
        yield


@contextmanager
def show_progress(console: Console, title: str, progress: Progress) -> Iterator[None]:
    """Show the counters of a job while the block runs, if stderr is a terminal."""
    with _show_live(console, _JobDisplay(title, progress)):
        yield


@contextmanager
def _show_live(
    console: Console, display: _JobDisplay | _BatchDisplay | _CopyDisplay | _PruneDisplay
) -> Iterator[None]:
    if not console.shows_progress:
        yield
        return
    with Live(display, console=console.rich_stderr, refresh_per_second=8, transient=True):
        yield
