"""Ctrl-C, SIGTERM and SIGHUP stop a command cleanly: its task is cancelled and may write how it ended.

The next one leaves at once, and so does the process when it has not come to its end in time by itself.
"""

import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import abandon_stdout, release_stdout

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# A loop that has not heard of the signal by then is blocked, by a pipe that nobody reads for instance.
HEARING_SECONDS = 1.0
# Whoever has heard of it and has not ended by then may be held up by a pipe, too.
PRINTING_SECONDS = 2.0
# Five are promised, and the system needs some time to take a large process away.
LEAVING_SECONDS = 4.5


class Stopped(BaseException):
    """A signal that arrived during blocking work."""

    def __init__(self, number: int) -> None:
        self.number = number


class _ExitTimer:
    """Sees to it that our process, once it was told to stop, does so; of any other it only takes note."""

    def __init__(self) -> None:
        self.is_ours = False
        self._number = 0
        self._heard = False
        self._patience = self._latest = 0.0

    def start(self, number: int) -> None:
        """Take note of the first signal: from now on the next one has its usual effect."""
        for each in SIGNALS:
            if signal.getsignal(each) is not signal.SIG_IGN:
                signal.signal(each, signal.SIG_DFL)
        self._number, self._heard = number, False
        now = time.monotonic()
        self._patience, self._latest = now + PRINTING_SECONDS, now + LEAVING_SECONDS
        if self.is_ours and hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._on_alarm)
            signal.setitimer(signal.ITIMER_REAL, HEARING_SECONDS, HEARING_SECONDS / 2)

    def acknowledge(self) -> bool:
        """Say that whoever is at work knows; whether that is news, because nothing has broken in yet."""
        news, self._heard = not self._heard, True
        return news

    def cancel(self) -> None:
        """Stop the clock: an interpreter that ends no longer has our answer to it, and would be killed."""
        if self._number and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.is_ours, self._number = False, 0

    def _on_alarm(self, _number: int, _frame: Any) -> None:
        now = time.monotonic()
        if now >= self._latest:
            os._exit(128 + self._number)
        if self.acknowledge():
            self.raise_stopped(self._number)
        elif now >= self._patience:
            self._patience = self._latest
            release_stdout()

    def raise_stopped(self, number: int) -> NoReturn:
        """Raise an exception out of whatever is going on; what it does on its way must not block again."""
        if self.is_ours:
            abandon_stdout()
        raise Stopped(number)


_exit_timer = _ExitTimer()


@contextmanager
def stop_process_on_signal() -> Iterator[None]:
    """Lets a signal end the process wherever it is, within seconds, by raising :class:`Stopped`."""
    _exit_timer.is_ours = True
    try:
        with interrupt_on_signal():
            yield
    finally:
        _exit_timer.cancel()


async def run_until_signal(work: Awaitable[int | None]) -> int:
    """Await a command and return its exit code; 128 + N when signal N stopped it.

    A second signal leaves at once, without cleaning up.
    """
    import asyncio

    task = asyncio.ensure_future(work)
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        if _exit_timer.acknowledge():
            task.cancel()

    def stop(number: int, _frame: Any) -> None:
        received.append(number)
        _exit_timer.start(number)
        loop.call_soon_threadsafe(cancel)

    try:
        with _wake_loop_on_signal(loop), _install_handler(stop):
            return await task or 0
    except Stopped as stopped:
        return 128 + stopped.number
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]


@contextmanager
def _wake_loop_on_signal(loop: "AbstractEventLoop") -> Iterator[None]:
    """Let a signal wake the loop.

    The system may hand it to any thread, or to ours just before the loop falls asleep; the handler runs
    in ours, as soon as that is awake: https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    import socket

    bell, rope = socket.socketpair()
    with bell, rope:
        bell.setblocking(False)
        rope.setblocking(False)
        try:
            loop.add_reader(bell, bell.recv, 4096)
        except NotImplementedError:
            # The loop of Windows has a bell of its own.
            yield
            return
        before = signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(bell)


@contextmanager
def interrupt_on_signal() -> Iterator[None]:
    """Lets a signal break into work that blocks the loop and has nothing to record, such as reading stdin."""

    def stop(number: int, _frame: Any) -> None:
        _exit_timer.start(number)
        _exit_timer.acknowledge()
        _exit_timer.raise_stopped(number)

    with _install_handler(stop):
        yield


@contextmanager
def note_if_stopped(console: Console, text: str) -> Iterator[None]:
    """Print a note if a signal stops the block: what was recorded, and how to continue."""
    from asyncio import CancelledError

    try:
        yield
    except (CancelledError, Stopped):
        console.print_note(text)
        raise


@contextmanager
def _install_handler(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Install a handler, except for signals that our parent wants ignored, as nohup does with SIGHUP.

    Afterwards the earlier one is back, unless a signal has come: then the next one shall end the process.
    """
    wanted = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in wanted}
    try:
        yield
    finally:
        for each, previous in before.items():
            if signal.getsignal(each) is handler:
                signal.signal(each, previous)
