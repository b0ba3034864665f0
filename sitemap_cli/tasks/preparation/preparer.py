"""Lets other processes read large documents, and gets rows back that a database takes with one statement.

The processes are started when enough large documents have arrived to be worth it. A document that they cannot
read, for whatever reason, is read in this process.
"""

import asyncio
import logging
import subprocess
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import msgspec

from sitemap_cli.aio import uncancelled
from sitemap_cli.cores import count_usable_cores
from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.prepared_document import PreparedDocument
from sitemap_cli.crawl.read_timeout import TimeLeft
from sitemap_cli.fetch.interface import Body
from sitemap_cli.model.values import Kind
from sitemap_cli.settings import Settings
from sitemap_cli.tasks.preparation.messages import (
    PrepareRequest,
    PrepareResponse,
    read_mapped,
    read_message,
    write_blocks,
    write_message,
)
from sitemap_cli.tasks.spawning import (
    CREATION_FLAGS,
    block_signals,
    build_command,
    build_environment,
)

MODULE = "sitemap_cli.tasks.preparation.preparing_process"

LARGE = 2 * 1024 * 1024
"""Minimum bytes of content of a large document. Smaller ones are read faster than they are sent."""
WORTH_STARTING = 16 * 1024 * 1024
"""Minimum bytes of large documents in a run. For fewer, starting a process takes longer than reading."""
MAX_PROCESSES = 3
"""Maximum processes. The process that fetches and stores is not fast enough for more of them."""
MAX_FAILURES = 3
"""Number of failed processes after which no other one is started."""
EXIT_SECONDS = 2.0
"""Time allowed for a process to exit."""
LATE_SECONDS = 10.0
"""Time allowed for a response after the time limit of the reading."""

_RESPONSE = msgspec.json.Decoder(PrepareResponse)

log = logging.getLogger(__name__)


class DocumentPreparer:
    """A pool of processes that read documents.

    Args:
        size: the maximum number of processes; with 0, every document is read in this process.
    """

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self._seen = 0
        self._failures = 0
        self._room = asyncio.Semaphore(size)
        self._idle = list[_PreparingProcess]()
        self._threads = ThreadPoolExecutor(size, "prepare") if size else None

    def accepts(self, sitemap: FetchedSitemap, expected: int) -> bool:
        """Return whether to read a sitemap in another process; call this once for each sitemap.

        ``expected`` is the number of sitemaps that have not arrived yet; they are assumed to be as large.
        """
        response = sitemap.response
        is_large = sitemap.is_readable and response.body is not None and response.bytes >= LARGE
        if not self.size or not is_large or sitemap.kind is Kind.INDEX:
            return False
        self._seen += response.bytes
        return self._seen + expected * response.bytes >= WORTH_STARTING and self._failures < MAX_FAILURES

    async def prepare(self, sitemap: FetchedSitemap, document_id: int | None) -> PreparedDocument | None:
        """Read a sitemap in another process; return None if it has to be read in this one.

        Args:
            sitemap: the sitemap.
            document_id: the id that its rows will name, if the database needs that.
        """
        body = sitemap.response.body
        if body is None or self._threads is None:
            return None
        async with self._room:
            process = self._idle.pop() if self._idle else _PreparingProcess()
            request = _build_request(sitemap, body, document_id)
            try:
                work = asyncio.get_running_loop().run_in_executor(self._threads, process.read, request, body)
            except RuntimeError as error:  # the system starts no other thread
                # The work is in the queue, and must not be done when another thread is free.
                process.kill()
                self._report_failure(error)
                return None
            try:
                async with asyncio.timeout(_limit_wait(request.time_left)):
                    prepared = await asyncio.shield(work)
            except (asyncio.CancelledError, TimeoutError) as stopped:
                process.kill()
                await uncancelled(_wait_for(work))
                process.close()
                if isinstance(stopped, TimeoutError):
                    self._report_failure(stopped)
                    return None
                raise
            except (OSError, EOFError, msgspec.MsgspecError) as error:
                process.kill()
                process.close()
                self._report_failure(error)
                return None
            except BaseException:
                process.kill()
                process.close()
                raise
            self._idle.append(process)
            return prepared

    async def close(self) -> None:
        """End the processes; none is in use any longer."""
        for process in self._idle:
            process.close()
        self._idle.clear()
        if self._threads is not None:
            self._threads.shutdown()

    def _report_failure(self, error: Exception) -> None:
        self._failures += 1
        if isinstance(error, RuntimeError | TimeoutError):
            why = str(error) or "no response"
        else:
            why = getattr(error, "strerror", None) or "it ended unexpectedly"
        log.info("a process that reads documents failed, so this one does its work: %s", why)


class _PreparingProcess:
    """One process that reads documents, one after the other; it starts with the first one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_killed = False

    def start(self) -> "subprocess.Popen[bytes]":
        """Return the process, which is started if it is not running yet.

        Raises:
            OSError: the system starts no other process.
        """
        if self._process is None:
            self._process = _start_process()
            # Another thread may have called kill() meanwhile.
            if self._is_killed:
                self._process.kill()
        return self._process

    def read(self, request: PrepareRequest, body: Body) -> PreparedDocument | None:
        """Let the process read a document; this blocks.

        Raises:
            OSError: the process cannot be started, or has ended.
            EOFError: it ended in the middle of a response.
        """
        if self._is_killed:
            raise EOFError
        process = self.start()
        incoming, outgoing = process.stdout, process.stdin
        if incoming is None or outgoing is None:
            raise EOFError
        write_message(outgoing, request)
        write_blocks(outgoing, body.read_stored())
        message = read_message(incoming)
        if message is None:
            raise EOFError
        response = _RESPONSE.decode(message)
        rows = read_mapped(incoming, response.rows) if response.rows else b""
        if response.facts is None:
            return None
        return PreparedDocument(
            response.facts, response.children, response.problems, rows, request.document_id
        )

    def kill(self) -> None:
        """End the process at once, also while another thread waits in :meth:`read`, which then fails."""
        self._is_killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Let the process end, and wait for that; nothing may be in :meth:`read`."""
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                # What a killed process did not read is lost.
                with suppress(OSError):
                    stream.close()
        try:
            self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@asynccontextmanager
async def open_preparer(settings: Settings) -> AsyncIterator[DocumentPreparer]:
    """Open a pool for the block; its processes end with it."""
    processes = settings.processes or count_usable_cores()
    preparer = DocumentPreparer(min(processes, MAX_PROCESSES) if processes > 1 else 0)
    try:
        yield preparer
    finally:
        await uncancelled(preparer.close())


def _start_process() -> "subprocess.Popen[bytes]":
    """Start a process.

    Raises:
        OSError: the system starts no other process.
    """
    with block_signals():
        return subprocess.Popen(  # noqa: S603 - our own module
            build_command(MODULE),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=build_environment(),
            creationflags=CREATION_FLAGS,
        )


def _limit_wait(left: TimeLeft) -> float | None:
    """Return the seconds to wait for a response. The process stops reading at its own limit before that."""
    limits = [each for each in (left.seconds, left.until_deadline) if each is not None]
    return min(limits) + LATE_SECONDS if limits else None


async def _wait_for(work: asyncio.Future[PreparedDocument | None]) -> None:
    await asyncio.wait([work])
    # asyncio would print an exception that was never retrieved.
    work.exception()


def _build_request(sitemap: FetchedSitemap, body: Body, document_id: int | None) -> PrepareRequest:
    response = sitemap.response
    return PrepareRequest(
        base_url=response.final_url,
        charset=parse_charset(response.content_type),
        is_cut=response.fault is not None,
        kind=sitemap.kind,
        follows_listed=sitemap.follows_listed,
        scope=sitemap.scope.path if sitemap.scope else None,
        time_left=sitemap.read_timeout.measure_left(),
        form=body.form,
        document_id=document_id,
    )
