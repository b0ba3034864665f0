"""A server on loopback in a thread of its own: what the web servers and proxies of the tests share."""

import asyncio
import contextlib
import ssl
import threading
from dataclasses import dataclass
from typing import Self


@dataclass(eq=False)
class Loopback:
    """Serves from entering to leaving the block, or until it is stopped; ``port`` is chosen by the system."""

    address: str = "127.0.0.1"
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close every connection and free the port. Safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    @property
    def netloc(self) -> str:
        """Host and port."""
        return f"{self.address}:{self.port}"

    def context(self) -> ssl.SSLContext | None:
        """How the server speaks TLS, if it does."""
        return None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Everything that is said on one connection."""
        raise NotImplementedError

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(
            self._connected, self.address, 0, ssl=self.context(), backlog=1024, limit=2**20
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._talk(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if self._stopped.is_set() else writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
