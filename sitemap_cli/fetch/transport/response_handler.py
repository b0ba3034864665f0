"""HTTP as aiohttp reads it from a socket, without losing what came before a fault."""

import asyncio
import re
from collections import OrderedDict

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,15})\r\n", re.IGNORECASE)
# https://www.rfc-editor.org/rfc/rfc9112#section-6.3: they have no body, whatever their headers say.
BODILESS = re.compile(rb"HTTP/1\.[01] +(1[0-9][0-9]|204|304)\b")


class SalvagingHandler(ResponseHandler):
    """Keeps the answer, and what came of its body, when the rest of the body is not HTTP as it should be.

    aiohttp parses a piece as a whole or not at all: a fault in the body takes the head with it that came
    in the same piece, and whoever waits for more of the body is never told.

    ``host`` says to whom the last request was.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, shelf: "IdlePool") -> None:
        super().__init__(loop)
        self.host = ""
        self._idle_pool = shelf

    def start_request(self, host: str) -> bool:
        """Begin a request to a host; whether the connection was kept from an earlier one."""
        self.host = host
        return self._idle_pool.remove(self)

    def become_idle(self) -> None:
        """Wait for the next request."""
        if self.transport is not None:
            self._idle_pool.add(self)

    def data_received(self, data: bytes) -> None:
        """Take a piece from the socket: the head of an answer by itself, then what follows it.

        What comes unasked would be taken for the answer to the next request. Nothing comes when aiohttp
        goes on reading after a pause.
        """
        if data and self in self._idle_pool:
            self.abort()
            return
        while (self._payload is None or self._payload.is_eof()) and (end := _find_suspect_body(data)):
            super().data_received(data[:end])
            data = data[end:]
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note that it is of no more use."""
        self._idle_pool.remove(self)
        super().connection_lost(exc)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Fail, and let whoever reads the body know."""
        super().set_exception(exc, *cause)
        body = self._payload
        if isinstance(exc, HttpProcessingError) and body is not None and not body.is_eof():
            body.set_exception(aiohttp.ClientPayloadError(exc.message), exc)


class IdlePool:
    """The idle connections to all hosts; of more than so many, those that were idle for longest are closed.

    aiohttp keeps each of them for a while, and a thousand hosts would use up the files that we may open.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: OrderedDict[SalvagingHandler, bool] = OrderedDict()

    def __contains__(self, connection: SalvagingHandler) -> bool:
        return connection in self._idle

    def add(self, connection: SalvagingHandler) -> None:
        """Note that a connection is idle."""
        self._idle[connection] = True
        if len(self._idle) > self._most:
            self._idle.popitem(last=False)[0].abort()

    def remove(self, connection: SalvagingHandler) -> bool:
        """Note that one is in use, or lost; whether it was here."""
        return self._idle.pop(connection, False)

    async def close_idle(self, host: str | None = None) -> None:
        """Close them all, or those to one host."""
        for each in [each for each in self._idle if host in (None, each.host)]:
            self.remove(each)
            each.abort()
        await asyncio.sleep(0)  # the loop closes their sockets in its next round


def _find_suspect_body(data: bytes) -> int:
    """Where the body begins in the first piece of an answer, if a fault may be in it; otherwise 0.

    None is in a body that is no longer than it was said to be, as nearly all are.
    """
    end = data.find(HEAD_END) + len(HEAD_END)
    if not len(HEAD_END) <= end < len(data):
        return 0
    if BODILESS.match(data):
        return end
    length = LENGTH.search(data, 0, end)
    return 0 if length and len(data) - end <= int(length[1]) else end
