"""Ctrl-C, SIGTERM and SIGHUP stop a command cleanly: its task is cancelled and may write how it ended."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(BaseException):
    """A signal that arrived during blocking work."""

    def __init__(self, number: int) -> None:
        self.number = number


async def stoppable(work: Awaitable[int | None]) -> int:
    """Await a command and return its exit code; 128 + N when signal N stopped it.

    A second signal leaves at once, without cleaning up.
    """
    task = asyncio.ensure_future(work)
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def stop(number: int, _frame: Any) -> None:
        received.append(number)
        loop.call_soon_threadsafe(task.cancel)
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)

    try:
        with _handled_by(stop):
            return await task or 0
    except Stopped as stopped:
        return 128 + stopped.number
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]


@contextmanager
def at_once() -> Iterator[None]:
    """Lets a signal break into work that blocks the loop and has nothing to record, such as reading stdin."""

    def stop(number: int, _frame: Any) -> None:
        raise Stopped(number)

    with _handled_by(stop):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Install a handler, except for signals that our parent wants ignored, as nohup does with SIGHUP."""
    wanted = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in wanted}
    try:
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)
