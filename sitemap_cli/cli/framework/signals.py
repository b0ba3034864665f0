"""Clean stop on Ctrl-C, SIGTERM and SIGHUP: the command's task is cancelled and records how it ended.

A second signal ends the process at once. So does a timer if the clean stop takes too long.
"""

import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import abandon_stdout, release_stdout
from sitemap_cli.errors import SitemapError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# An event loop that has not seen the signal by then is blocked, for example by a full pipe without a reader.
BLOCKED_AFTER_SECONDS = 1.0
# A command that is stopping but has not ended by then may be blocked by such a pipe, too.
RELEASE_STDOUT_SECONDS = 2.0
# The documents promise five seconds; the system needs some time to remove a large process.
EXIT_SECONDS = 4.5


class Stopped(BaseException):
    """A signal that arrived during blocking work."""

    def __init__(self, number: int) -> None:
        self.number = number


class _ExitTimer:
    """Ends the process in time after the first signal, even if the event loop or a write is blocked.

    In a process that embeds the command line (``owns_process`` is off) it only records the signal.
    """

    def __init__(self) -> None:
        self.owns_process = False
        self._number = 0
        self._acknowledged = False
        self._release_at = self._exit_at = 0.0

    def start(self, number: int) -> None:
        """Start the timer at the first signal, and restore the default effect of the next one."""
        for each in SIGNALS:
            if signal.getsignal(each) is not signal.SIG_IGN:
                signal.signal(each, signal.SIG_DFL)
        self._number, self._acknowledged = number, False
        now = time.monotonic()
        self._release_at, self._exit_at = now + RELEASE_STDOUT_SECONDS, now + EXIT_SECONDS
        if self.owns_process and hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._on_alarm)
            signal.setitimer(signal.ITIMER_REAL, BLOCKED_AFTER_SECONDS, BLOCKED_AFTER_SECONDS / 2)

    def acknowledge(self) -> bool:
        """Record that the running code has seen the signal; return whether this is the first time."""
        is_first, self._acknowledged = not self._acknowledged, True
        return is_first

    def cancel(self) -> None:
        """Stop the timer: SIGALRM would kill the process during interpreter shutdown, without its handler."""
        if self._number and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.owns_process, self._number = False, 0

    def _on_alarm(self, _number: int, _frame: Any) -> None:
        now = time.monotonic()
        if now >= self._exit_at:
            os._exit(128 + self._number)
        if self.acknowledge():
            self.raise_stopped(self._number)
        elif now >= self._release_at:
            self._release_at = self._exit_at
            release_stdout()

    def raise_stopped(self, number: int) -> NoReturn:
        """Raise :class:`Stopped` in the running code; stdout is discarded so that cleanup cannot block."""
        if self.owns_process:
            abandon_stdout()
        raise Stopped(number)


_exit_timer = _ExitTimer()


@contextmanager
def stop_process_on_signal() -> Iterator[None]:
    """Let a signal end the process within seconds, wherever it is, by raising :class:`Stopped`."""
    _exit_timer.owns_process = True
    try:
        with interrupt_on_signal():
            yield
    finally:
        _exit_timer.cancel()


async def run_until_signal(work: Awaitable[int | None]) -> int:
    """Await a command and return its exit code: 128 + N if signal N stopped it.

    A second signal ends the process at once, without cleaning up.
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
    except Exception as error:
        # A library that is stopped in the middle of its work may fail as it cleans up.
        was_stopped = received and _is_caused_by(error, (Stopped, asyncio.CancelledError))
        if isinstance(error, SitemapError) or not was_stopped:
            raise
        return 128 + received[0]


def _is_caused_by(error: BaseException | None, kinds: tuple[type[BaseException], ...]) -> bool:
    """Return whether an exception was raised while one of these was handled."""
    while error is not None and not isinstance(error, kinds):
        error = error.__cause__ or error.__context__
    return error is not None


@contextmanager
def _wake_loop_on_signal(loop: "AbstractEventLoop") -> Iterator[None]:
    """Let a signal wake the event loop.

    The system may deliver the signal to another thread, or just before the loop waits. The Python handler
    runs in the main thread, once that is awake: https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    import socket

    receiver, sender = socket.socketpair()
    with receiver, sender:
        receiver.setblocking(False)
        sender.setblocking(False)
        try:
            loop.add_reader(receiver, receiver.recv, 4096)
        except NotImplementedError:
            # The event loop of Windows wakes up by itself.
            yield
            return
        before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(receiver)


@contextmanager
def interrupt_on_signal() -> Iterator[None]:
    """Let a signal interrupt work that blocks the loop and records nothing, such as reading stdin."""

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
    """Install a handler, except for signals that the parent process ignores, as nohup does with SIGHUP.

    The previous handler is restored afterwards, unless a signal has arrived: the next one ends the process.
    """
    handled = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in handled}
    try:
        yield
    finally:
        for each, previous in before.items():
            if signal.getsignal(each) is handler:
                signal.signal(each, previous)
