"""Keep child processes running, and replace those that were killed, but not for ever."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sitemap_cli.errors import StorageError
from sitemap_cli.tasks.processes.child_process import STOP_SECONDS, ChildProcess
from sitemap_cli.tasks.processes.process_messages import Failed, FromChild, JobEnded, Ready, Setup

# Processes that terminate one after the other, without a job that ended, until they are not replaced.
MAX_DEATHS = 3
# A process that has run this long did not terminate because of how it was started.
HEALTHY_SECONDS = 60.0
# Seconds after the start of the first process in which the others are waited for.
LATE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Slot:
    """The place of a process, which may be replaced.

    It is ``ready`` when the process can run jobs, and also when it is ``is_abandoned``: no process will be
    there any more, and ``why`` is the reason. ``is_finished`` is set when the process has done its work.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.child: ChildProcess | None = None
        self.ready = asyncio.Event()
        self.is_abandoned = False
        self.is_finished = False
        self.why = ""


AnySlot = TypeVar("AnySlot", bound=Slot)


class Supervisor(Generic[AnySlot]):
    """Keeps a process running in each slot until it is closed.

    Args:
        slots: the places of the processes.
        handle: receives the messages of a process.
        lose: called when a process has terminated, with how it ended.
    """

    def __init__(
        self,
        slots: Sequence[AnySlot],
        handle: Callable[[AnySlot, FromChild], None],
        lose: Callable[[AnySlot, str], Awaitable[None]],
    ) -> None:
        self._slots = slots
        self._handle = handle
        self._lose = lose
        self._deaths = 0
        self._is_closing = False
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> str:
        """Start the processes, and wait until they can run jobs; return why none can, else an empty text."""
        self._tasks = [asyncio.create_task(self._supervise(each)) for each in self._slots]
        waiting = {asyncio.create_task(each.ready.wait()) for each in self._slots}
        try:
            while waiting and all(each.is_abandoned for each in self._slots if each.ready.is_set()):
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if waiting:
                # So that the first one does not get all of the first jobs.
                await asyncio.wait(waiting, timeout=LATE_SECONDS)
        finally:
            for each in waiting:
                each.cancel()
        why = self._slots[0].why if all(each.is_abandoned for each in self._slots) else ""
        if why:
            log.warning("no other process can run jobs, so this one does: %s", why)
        return why

    async def wait(self) -> None:
        """Wait until no slot has a process any more."""
        await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Let the processes exit, and wait for them; jobs that still run are stopped."""
        self._is_closing = True
        for slot in self._slots:
            if slot.child is not None:
                slot.child.close()
                if not slot.ready.is_set():
                    # It has no jobs, and would first import and open all that it needs.
                    slot.child.kill()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for slot in self._slots:
            if late and slot.child is not None:
                slot.child.kill()
        await asyncio.gather(*self._tasks)

    def build_error(self) -> StorageError:
        """Return the error for processes that are not replaced any more."""
        hint = "--processes 1 uses no other process; lower --concurrency if memory is short"
        return StorageError("processes end again and again", why=self._slots[0].why, hint=hint)

    async def _supervise(self, slot: AnySlot) -> None:
        while not (self._is_closing or slot.is_finished):
            began, was_ready = time.monotonic(), False
            try:
                async with self._starting:
                    if self._is_closing:
                        break
                    child = slot.child = await ChildProcess.start(slot.setup)
            except (OSError, RuntimeError) as error:
                slot.why = getattr(error, "strerror", None) or str(error)
                break
            if self._is_closing:
                child.close()
            while (message := await child.receive()) is not None:
                was_ready = was_ready or isinstance(message, Ready)
                self._receive(slot, message)
            slot.ready.clear()
            slot.child = None
            how = await child.wait()
            await self._lose(slot, f"process {child.pid} ended with {how}")
            is_healthy = time.monotonic() - began > HEALTHY_SECONDS
            self._deaths = 1 if is_healthy else self._deaths + 1
            slot.why = slot.why or how
            if not was_ready or self._deaths >= MAX_DEATHS:
                break
            slot.why = ""
        slot.is_abandoned = True
        slot.ready.set()

    def _receive(self, slot: AnySlot, message: FromChild) -> None:
        match message:
            case Ready():
                slot.ready.set()
            case JobEnded():
                self._deaths = 0
            case Failed(error=error):
                slot.why = str(error.unpack())
                if slot.child is not None:
                    slot.child.close()
        self._handle(slot, message)
