"""HTTP as aiohttp reads it from a socket, without losing what came before a fault."""

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

HEAD_END = b"\r\n\r\n"


class KeepingHandler(ResponseHandler):
    """Keeps the answer, and what came of its body, when the rest of the body is not HTTP as it should be.

    aiohttp parses a piece as a whole or not at all: a fault in the body takes the head with it that came
    in the same piece, and whoever waits for more of the body is never told.
    """

    def data_received(self, data: bytes) -> None:
        """Take a piece from the socket: the head of an answer by itself, then what follows it."""
        end = data.find(HEAD_END) + len(HEAD_END) if self._begins else len(data)
        super().data_received(data[:end] if len(HEAD_END) <= end < len(data) else data)
        if len(HEAD_END) <= end < len(data):
            super().data_received(data[end:])

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Fail, and let whoever reads the body know."""
        super().set_exception(exc, *cause)
        body = self._payload
        if isinstance(exc, HttpProcessingError) and body is not None and not body.is_eof():
            body.set_exception(aiohttp.ClientPayloadError(exc.message), exc)

    @property
    def _begins(self) -> bool:
        """Whether the next piece is the beginning of an answer."""
        return self._payload is None or self._payload.is_eof()
