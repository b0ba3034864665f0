"""Live progress of what takes long: one line on stderr, with a bar and the time that is left if known."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.look.styles import ACCENT, CAUTION, QUIET
from sitemap_cli.cli.view.numbers import format_duration, format_size
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.progress import BatchProgress, CopyProgress, Progress, PruneProgress, StepProgress

SLOW_SECONDS = 1.0
"""Seconds after which the slowest request or site is shown."""
DELAY = 0.5
"""Seconds after which the progress of a command that is usually quick is shown."""
FIRST_ESTIMATE = 2.0
"""Seconds after which the time that is left is estimated."""
BAR_WIDTH = 20
NARROW = 60
"""Columns below which there is no room for a bar."""
REFRESHES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of progress says: counts, the share that is done from 0 to 1, and a warning.

    ``left`` is the number of seconds until the end, if something else than the share says it.
    """

    counts: tuple[str, ...] = ()
    share: float | None = None
    left: float | None = None
    warning: str = ""


@dataclass(slots=True)
class ProgressLine:
    """The current line of something, drawn again at each refresh."""

    title: str
    describe: Callable[[], Line]
    started: float = field(default_factory=time.monotonic)

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        """Yield the line, cut at the width of the terminal."""
        line, seconds = self.describe(), time.monotonic() - self.started
        spinner = Spinner("line" if options.ascii_only else "dots", style=ACCENT)
        spinner.start_time = self.started
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append_text(cast("Text", spinner.render(console.get_time()))).append(
            f" {escape_text(self.title)}"
        )
        if line.share is not None and options.max_width >= NARROW:
            text.append("  ").append_text(_draw_bar(line.share, is_plain=options.ascii_only))
        for each in line.counts:
            text.append(f"  {each}")
        text.append(f"  {format_duration(seconds)}", QUIET)
        left = line.left if line.left is not None else _estimate(line.share, seconds)
        if left is not None:
            text.append(f"  {format_duration(left)} left", QUIET)
        if line.warning:
            text.append(f"  {escape_text(line.warning)}", CAUTION)
        yield text


def _draw_bar(share: float, *, is_plain: bool) -> Text:
    done = round(BAR_WIDTH * min(max(share, 0.0), 1.0))
    full, rest = ("#", "-") if is_plain else ("━", "─")
    return Text.assemble((full * done, ACCENT), (rest * (BAR_WIDTH - done), QUIET))


def _estimate(share: float | None, seconds: float) -> float | None:
    """Return the seconds until the end; None as long as that is a guess, and at the end."""
    if share is None or not 0 < share < 1 or seconds < FIRST_ESTIMATE:
        return None
    return seconds * (1 - share) / share


def describe_job(progress: Progress) -> Line:
    """Return the counters of a job; how many sitemaps there are is only known at its end."""
    counts = (
        f"{progress.read:,}/{progress.found:,} sitemaps",
        f"{progress.urls:,} URLs",
        format_size(progress.bytes),
    )
    slowest = progress.find_slowest()
    is_slow = slowest is not None and slowest[1] >= SLOW_SECONDS
    warning = f"waiting {slowest[1]:.0f} s for {slowest[0]}" if is_slow and slowest else ""
    return Line(counts, progress.read / progress.found if progress.found else None, warning=warning)


def describe_batch(progress: BatchProgress, noun: str) -> Line:
    """Return the counters of a batch or a probe."""
    verdicts = (f"{count:,} {verdict}" for verdict, count in progress.verdicts.most_common(4))
    counts = (f"{progress.done:,}/{progress.total:,} {noun}", f"{progress.rate:.1f}/s", *verdicts)
    slowest = progress.find_slowest()
    warning = f"{slowest[0]} {slowest[1]:.0f} s" if slowest and slowest[1] >= SLOW_SECONDS else ""
    share = progress.done / progress.total if progress.total else None
    return Line(counts, share, progress.seconds_left, warning)


def describe_copy(progress: CopyProgress) -> Line:
    """Return how much of a database was copied."""
    total, doing = progress.total, [progress.doing] if progress.doing else []
    size = [f"{format_size(progress.done)} of {format_size(total)}"] if total else []
    return Line((*size, *doing), progress.done / total if total else None)


def describe_prune(progress: PruneProgress) -> Line:
    """Return what was removed."""
    return Line((f"{progress.jobs:,} jobs", f"{progress.documents:,} documents", f"{progress.urls:,} URLs"))


def describe_steps(progress: StepProgress) -> Line:
    """Return how many things are done, if any."""
    total, done = progress.total, progress.done
    count = f"{done:,}/{total:,} {progress.noun}" if total else f"{done:,} {progress.noun}" if done else ""
    counts = filter(None, (progress.doing, count))
    return Line(tuple(counts), min(done / total, 1.0) if total and done else None)


@contextmanager
def show_prune_progress(console: Console, progress: PruneProgress) -> Iterator[None]:
    """Show what was removed while the block runs, if stderr is a terminal."""
    with show_line(console, "pruning", lambda: describe_prune(progress)):
        yield


@contextmanager
def show_copy_progress(console: Console, title: str, progress: CopyProgress) -> Iterator[None]:
    """Show how much of a database was copied while the block runs, if stderr is a terminal."""
    with show_line(console, PurePath(title).name, lambda: describe_copy(progress)):
        yield


@contextmanager
def show_batch_progress(
    console: Console, title: str, progress: BatchProgress, noun: str = "sites"
) -> Iterator[None]:
    """Show the progress of a batch while the block runs, if stderr is a terminal."""
    with show_line(console, PurePath(title).name, lambda: describe_batch(progress, noun)):
        yield


@contextmanager
def show_progress(console: Console, title: str, progress: Progress) -> Iterator[None]:
    """Show the counters of a job while the block runs, if stderr is a terminal."""
    with show_line(console, title, lambda: describe_job(progress)):
        yield


@contextmanager
def show_steps(
    console: Console, title: str, progress: StepProgress
) -> Iterator[tuple["Shown", StepProgress]]:
    """Show how many things are done while the block runs, if that takes a moment and stderr is a terminal."""
    with show_line(console, title, lambda: describe_steps(progress), delay=DELAY) as shown:
        yield shown, progress


class Shown:
    """A line of progress that can be hidden before its block ends; with a delay, it appears later."""

    def __init__(self, live: Live | None, delay: float) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        if live is not None and delay:
            self._timer = threading.Timer(delay, self._start)
            self._timer.daemon = True
            self._timer.start()
        else:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._live is not None:
                self._live.start(refresh=True)

    def hide(self) -> None:
        """Remove the line for good."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            live, self._live = self._live, None
        if live is not None:
            live.stop()

    def clear_for(self, stream: BinaryIO) -> BinaryIO:
        """Return a stream that hides the line before data are written to the same terminal."""
        is_same = self._live is not None and stream.isatty()
        return cast("BinaryIO", _ClearingStream(stream, self)) if is_same else stream


class _ClearingStream:
    """Hides a line of progress before the first write to a terminal."""

    def __init__(self, stream: BinaryIO, shown: Shown) -> None:
        self._stream = stream
        self._shown = shown

    def write(self, data: Any) -> int:
        self._shown.hide()
        return self._stream.write(data)

    def writelines(self, lines: Any) -> None:
        for each in lines:
            self.write(each)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def show_line(
    console: Console, title: str, describe: Callable[[], Line], *, delay: float = 0.0
) -> Iterator[Shown]:
    """Show a line while the block runs, if progress is wanted and stderr is a terminal."""
    live = None
    if console.shows_progress:
        line = ProgressLine(title, describe)
        live = Live(line, console=console.rich_stderr, refresh_per_second=REFRESHES, transient=True)
    shown = Shown(live, delay)
    try:
        yield shown
    finally:
        shown.hide()
