"""Ctrl-C, SIGTERM and SIGHUP stop a command cleanly: its task is cancelled and may write how it ended."""

import asyncio
import signal
from collections.abc import Awaitable

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


async def stoppable(work: Awaitable[int | None]) -> int:
    """Await a command and return its exit code; 128 + N when signal N stopped it.

    A second signal leaves at once, without cleaning up.
    """
    task = asyncio.ensure_future(work)
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        received.append(number)
        task.cancel()
        for each in SIGNALS:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for each in SIGNALS:
        try:
            loop.add_signal_handler(each, stop, each)
        except NotImplementedError:  # Windows has no signal handlers in its loop
            break
    try:
        return await task or 0
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]
