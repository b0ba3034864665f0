"""A protocol for aiohttp that keeps what arrived before a fault, and the pool of idle connections."""

import asyncio
import re
from collections import OrderedDict

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,15})\r\n", re.IGNORECASE)
# Responses without a body, whatever their headers say: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
BODILESS = re.compile(rb"HTTP/1\.[01] +(1[0-9][0-9]|204|304)\b")


class SalvagingHandler(ResponseHandler):
    """A protocol that keeps a response and the beginning of its body if the rest is malformed.

    aiohttp parses a chunk from the socket as a whole or not at all. A fault in the body discards the head in
    the same chunk, and the reader of the body is never notified.

    ``host`` is the host of the last request.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, idle_pool: "IdlePool") -> None:
        super().__init__(loop)
        self.host = ""
        self._idle_pool = idle_pool

    def start_request(self, host: str) -> bool:
        """Start a request to a host, and return whether the connection was idle before."""
        self.host = host
        return self._idle_pool.remove(self)

    def become_idle(self) -> None:
        """Wait for the next request."""
        if self.transport is not None:
            self._idle_pool.add(self)

    def data_received(self, data: bytes) -> None:
        """Process a chunk from the socket: first the head of a response alone, then the rest.

        Data on an idle connection would be mistaken for the response to the next request, so it closes the
        connection. The chunk is empty when aiohttp resumes reading after a pause.
        """
        if data and self in self._idle_pool:
            self.abort()
            return
        while (self._payload is None or self._payload.is_eof()) and (end := _find_suspect_body(data)):
            super().data_received(data[:end])
            data = data[end:]
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remove the connection from the pool."""
        self._idle_pool.remove(self)
        super().connection_lost(exc)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Fail, and notify the reader of the body."""
        super().set_exception(exc, *cause)
        body = self._payload
        if isinstance(exc, HttpProcessingError) and body is not None and not body.is_eof():
            body.set_exception(aiohttp.ClientPayloadError(exc.message), exc)


class IdlePool:
    """The idle connections to all hosts. Beyond a maximum, the ones that are idle for longest are closed.

    aiohttp keeps each of them for a while, and those to a thousand hosts would use up the files that the
    process may open.
    """

    def __init__(self, max_idle: int) -> None:
        self._max_idle = max_idle
        self._idle: OrderedDict[SalvagingHandler, bool] = OrderedDict()

    def __contains__(self, connection: SalvagingHandler) -> bool:
        return connection in self._idle

    def add(self, connection: SalvagingHandler) -> None:
        """Record that a connection is idle."""
        self._idle[connection] = True
        if len(self._idle) > self._max_idle:
            self._idle.popitem(last=False)[0].abort()

    def remove(self, connection: SalvagingHandler) -> bool:
        """Record that a connection is in use or lost, and return whether it was idle."""
        return self._idle.pop(connection, False)

    async def close_idle(self, host: str | None = None) -> None:
        """Close all idle connections, or those to one host."""
        for each in [each for each in self._idle if host in (None, each.host)]:
            self.remove(each)
            each.abort()
        await asyncio.sleep(0)  # the event loop closes their sockets in its next iteration


def _find_suspect_body(data: bytes) -> int:
    """Return the offset of the body in the first chunk of a response if the body may be malformed, else 0.

    A body that is no longer than its Content-Length cannot be malformed; nearly all bodies are like this.
    """
    end = data.find(HEAD_END) + len(HEAD_END)
    if not len(HEAD_END) <= end < len(data):
        return 0
    if BODILESS.match(data):
        return end
    length = LENGTH.search(data, 0, end)
    return 0 if length and len(data) - end <= int(length[1]) else end
