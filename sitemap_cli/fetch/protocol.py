"""HTTP as aiohttp reads it from a socket, without losing what came before a fault."""

import re

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,15})\r\n", re.IGNORECASE)


class KeepingHandler(ResponseHandler):
    """Keeps the answer, and what came of its body, when the rest of the body is not HTTP as it should be.

    aiohttp parses a piece as a whole or not at all: a fault in the body takes the head with it that came
    in the same piece, and whoever waits for more of the body is never told.
    """

    def data_received(self, data: bytes) -> None:
        """Take a piece from the socket: the head of an answer by itself, then what follows it."""
        end = _suspect(data) if self._payload is None or self._payload.is_eof() else 0
        if end:
            super().data_received(data[:end])
        super().data_received(data[end:] if end else data)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Fail, and let whoever reads the body know."""
        super().set_exception(exc, *cause)
        body = self._payload
        if isinstance(exc, HttpProcessingError) and body is not None and not body.is_eof():
            body.set_exception(aiohttp.ClientPayloadError(exc.message), exc)


def _suspect(data: bytes) -> int:
    """Where the body begins in the first piece of an answer, if a fault may be in it; otherwise 0.

    None is in a body that is no longer than it was said to be, as nearly all are.
    """
    end = data.find(HEAD_END) + len(HEAD_END)
    if not len(HEAD_END) <= end < len(data):
        return 0
    length = LENGTH.search(data, 0, end)
    return 0 if length and len(data) - end <= int(length[1]) else end
