"""A protocol for aiohttp that keeps what arrived before a fault, and the pool of idle connections."""

import asyncio
import re
from collections import OrderedDict

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from sitemap_cli.fetch.transport import head_repair

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,15})\r\n", re.IGNORECASE)
# A body is complete with this chunk, also if the empty line after it is missing:
# https://www.rfc-editor.org/rfc/rfc9112#section-8
LAST_CHUNK = b"\r\n0\r\n"
CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*chunked[ \t]*\r", re.IGNORECASE)
# Responses without a body, whatever their headers say: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
BODILESS = re.compile(rb"HTTP/1\.[01] +(1[0-9][0-9]|204|304)\b")


class SalvagingHandler(ResponseHandler):
    """A protocol that keeps a response and the beginning of its body if the rest is malformed.

    aiohttp parses a chunk from the socket as a whole or not at all. A fault in the body discards the head in
    the same chunk, and the reader of the body is never notified.

    The head of a response is kept until it is complete, and repaired where aiohttp would reject it.

    ``host`` is the host of the last request.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, idle_pool: "IdlePool") -> None:
        super().__init__(loop)
        self.host = ""
        self._idle_pool = idle_pool
        self._awaits_head = False
        self._interim = 0
        self._held = bytearray()
        self._is_chunked = False
        self._last_bytes = b""

    def start_request(self, host: str) -> bool:
        """Start a request to a host, and return whether the connection was idle before."""
        self.host = host
        self._awaits_head = True
        self._interim = 0
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
        if not data:
            super().data_received(data)
            return
        if self in self._idle_pool:
            self.abort()
            return
        self._last_bytes = data[-len(LAST_CHUNK) :]
        if self._awaits_head:
            data = self._complete_head(data)
            if not data:
                return
        while (self._payload is None or self._payload.is_eof()) and (end := _find_suspect_body(data)):
            super().data_received(data[:end])
            data = data[end:]
        super().data_received(data)

    def _complete_head(self, data: bytes) -> bytes:
        """Return the complete heads, repaired, and what follows them; nothing while the head is incomplete.

        What does not begin like HTTP is returned as it is, so that aiohttp reports it.
        """
        held, at = self._held, 0
        searched = max(len(held) - 3, 0)
        held += data
        ready = list[bytes]()
        while self._awaits_head and self._interim <= head_repair.MAX_INTERIM:
            at = head_repair.skip_blank_lines(held, at)
            found = head_repair.HEAD_END.search(held, max(at, searched))
            if found is None or found.end() - at > head_repair.MAX_HEAD:
                break
            head = head_repair.repair_head(bytes(held[at : found.end()]))
            ready.append(head)
            self._is_chunked = CHUNKED.search(head) is not None
            at = found.end()
            self._awaits_head = head_repair.INTERIM.match(head) is not None
            self._interim += self._awaits_head
        if self._awaits_head and not head_repair.may_be_http(held[at : at + 16]):
            self._awaits_head = False
        if not self._awaits_head:
            ready.append(bytes(held[at:]))
            at = len(held)
        del held[:at]
        if len(held) > head_repair.MAX_HEAD or self._interim > head_repair.MAX_INTERIM:
            self._refuse_head()
            return b""
        if not ready:
            self._reschedule_timeout()
        return b"".join(ready)

    def _refuse_head(self) -> None:
        """Fail because of a head that is too long, as aiohttp does."""
        self._held.clear()
        self._awaits_head = False
        if self.transport is not None:
            self.transport.close()
        message = f"the head is longer than {head_repair.MAX_HEAD // 1024} KiB"
        if self._interim > head_repair.MAX_INTERIM:
            message = f"more than {head_repair.MAX_INTERIM} interim responses"
        self.set_exception(HttpProcessingError(code=400, message=message))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remove the connection from the pool; complete a body whose last chunk has arrived."""
        self._idle_pool.remove(self)
        body = self._payload
        is_open = body is not None and not body.is_eof()
        if exc is None and is_open and self._is_chunked and self._last_bytes == LAST_CHUNK:
            super().data_received(b"\r\n")
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
