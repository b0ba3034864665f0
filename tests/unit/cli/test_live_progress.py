"""The line of progress."""

import io
import sys
from typing import cast

import pytest
from rich.cells import cell_len
from rich.console import Console as RichConsole

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.view import live_progress
from sitemap_cli.cli.view.live_progress import Line, ProgressLine, Shown, describe_steps, show_steps
from sitemap_cli.progress import BatchProgress, CopyProgress, Progress, PruneProgress, StepProgress
from sitemap_cli.settings import Settings


def render(line: Line, width: int = 100, *, seconds: float = 0.0, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding, write_through=True)
    console = RichConsole(file=file, width=width, color_system=None)
    started = live_progress.time.monotonic() - seconds
    console.print(ProgressLine("a.example\x1b", lambda: line, started))
    file.seek(0)
    return file.read().rstrip("\n")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("warning", ["", "waiting 3 s for https://a.example/日本語" * 9, "\u202e\x9b" * 30])
def test_the_line_is_never_wider_than_the_terminal(warning: str, width: int) -> None:
    shown = render(Line(("1/3 sitemaps",), 1 / 3, warning=warning), width)
    assert "\n" not in shown
    assert cell_len(shown) <= width
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("share", "bar"), [(0, "─" * 20), (0.5, "━" * 10 + "─" * 10), (1, "━" * 20), (7, "━" * 20), (None, "")]
)
def test_a_bar_shows_the_share_that_is_done(share: float | None, bar: str) -> None:
    shown = render(Line(("x",), share))
    assert f"a.example\\x1b  {bar}  x".replace("    x", "  x") in shown
    assert ("━" in shown or "─" in shown) == (share is not None)


def test_a_terminal_without_unicode_has_a_bar_in_ascii() -> None:
    assert f"{'#' * 5}{'-' * 15}" in render(Line(("x",), 0.25), encoding="ascii")


@pytest.mark.parametrize(
    ("line", "seconds", "text"),
    [
        (Line(share=0.25), 30, "30 s  1 min 30 s left"),
        (Line(share=0.25), 1, "1 s"),
        (Line(), 65, "1 min 05 s"),
        (Line(share=0.25, left=7), 1, "1 s  7 s left"),
    ],
)
def test_the_time_that_is_left_is_estimated_after_a_moment(line: Line, seconds: float, text: str) -> None:
    assert render(line, seconds=seconds).endswith(f"  {text}")


@pytest.mark.parametrize(
    ("progress", "counts"),
    [
        (StepProgress("URLs"), ()),
        (StepProgress("URLs", done=12_000), ("12,000 URLs",)),
        (StepProgress("URLs", 20_000, 12_000), ("12,000/20,000 URLs",)),
        (StepProgress("rows", 0, 0, "reading"), ("reading",)),
    ],
)
def test_steps_say_what_is_known(progress: StepProgress, counts: tuple[str, ...]) -> None:
    assert describe_steps(progress).counts == counts


def test_each_kind_of_progress_has_a_line() -> None:
    assert live_progress.describe_job(Progress(found=4, read=1)).share == 0.25
    assert live_progress.describe_batch(BatchProgress(10, 5), "pages").counts[0] == "5/10 pages"
    assert live_progress.describe_copy(CopyProgress(2_000, 500)).counts == ("500 B of 2.0 kB",)
    assert live_progress.describe_copy(CopyProgress(doing="indexes")).counts == ("indexes",)
    assert live_progress.describe_prune(PruneProgress(jobs=3)).counts[0] == "3 jobs"


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def seen(self) -> bytes:
        """Return what was written."""
        self.flush()
        return cast("io.BytesIO", self.buffer).getvalue()


def open_screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    screen = Screen(io.BytesIO(), "utf-8", write_through=True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_a_quick_command_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = open_screen(monkeypatch)
    with show_steps(Console(), "checking", StepProgress("URLs")):
        pass
    assert screen.seen() == b""


@pytest.mark.parametrize("settings", [Settings(quiet=True), Settings(no_progress=True)])
def test_progress_is_only_shown_where_it_is_wanted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_screen(monkeypatch)
    with live_progress.show_line(Console(settings), "checking", Line):
        pass
    assert screen.seen() == b""


def test_the_line_is_gone_before_data_come_to_the_same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = open_screen(monkeypatch)
    stdout = Screen(io.BytesIO(), "utf-8", write_through=True)
    with live_progress.show_line(Console(), "checking", Line) as shown:
        assert b"checking" in screen.seen()
        stream = shown.clear_for(stdout.buffer)
        assert stream is stdout.buffer, "a buffer of a file is no terminal"
        before = len(screen.seen())
        shown.hide()
        hidden = screen.seen()[before:]
        assert b"\x1b[2K" in hidden
    assert screen.seen()[before:] == hidden


class Tty(io.BytesIO):
    """A terminal that bytes are written to."""

    def isatty(self) -> bool:
        return True


def test_the_first_write_to_a_terminal_hides_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = open_screen(monkeypatch)
    terminal = Tty()
    with live_progress.show_line(Console(), "checking", Line) as shown:
        stream = shown.clear_for(terminal)
        stream.writelines([])
        assert b"\x1b[?25h" not in screen.seen()
        stream.writelines([b"a", b"b"])
        assert b"\x1b[?25h" in screen.seen()
        stream.flush()
    assert terminal.getvalue() == b"ab"


def test_without_progress_streams_are_left_alone() -> None:
    terminal = Tty()
    assert Shown(None, 0.0).clear_for(terminal) is terminal
