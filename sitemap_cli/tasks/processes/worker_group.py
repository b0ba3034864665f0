"""Several workers of the queue under one parent: each child process is a worker of its own."""

import asyncio
import logging

from sitemap_cli.aio import uncancelled
from sitemap_cli.progress import Meter
from sitemap_cli.tasks.processes.job_pool import OnLog, measure
from sitemap_cli.tasks.processes.process_messages import (
    Done,
    Failed,
    FromChild,
    LogLine,
    SentError,
    Setup,
    Timings,
)
from sitemap_cli.tasks.processes.supervision import Slot, Supervisor

log = logging.getLogger(__name__)


class WorkerGroup:
    """Child processes that run jobs of the queue, until they find it empty or this is cancelled."""

    def __init__(self, setups: list[Setup], meter: Meter, on_log: OnLog) -> None:
        self._slots = [Slot(each) for each in setups]
        self._meter = meter
        self._on_log = on_log
        self._failed: asyncio.Future[SentError] = asyncio.get_running_loop().create_future()
        self._supervisor = Supervisor(self._slots, self._handle, self._lose)
        self._is_closing = False

    async def run(self) -> bool:
        """Run the workers; return False if no process can be started.

        Raises:
            SitemapError: an error that ends a worker, such as a lost database.
        """
        try:
            if await self._supervisor.start():
                return False
            working = asyncio.ensure_future(self._supervisor.wait())
            await asyncio.wait((working, self._failed), return_when=asyncio.FIRST_COMPLETED)
            working.cancel()
            if self._failed.done():
                raise self._failed.result().unpack()
            if not any(each.is_finished for each in self._slots):
                raise self._supervisor.build_error()
            return True
        finally:
            self._is_closing = True
            await uncancelled(self._supervisor.close())

    def _handle(self, slot: Slot, message: FromChild) -> None:
        match message:
            case Done():
                slot.is_finished = True
                if slot.child is not None:
                    slot.child.close()
            case Failed(error=error) if slot.ready.is_set() and not self._failed.done():
                self._failed.set_result(error)
            case Timings():
                measure(self._meter, message)
            case LogLine():
                self._on_log(message)

    async def _lose(self, slot: Slot, what: str) -> None:
        if not (slot.is_finished or self._is_closing or self._failed.done()):
            log.warning("%s; other workers take over its jobs", what)


def share_concurrency(concurrency: int, count: int) -> list[int]:
    """Return how many jobs each of ``count`` workers runs at once."""
    least, more = divmod(concurrency, count)
    return [least + (n < more) for n in range(count)]
