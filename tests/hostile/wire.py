"""How a response gets on the wire: whole, slowly, endless, or truncated."""

import asyncio
import socket
import struct

from tests.hostile.attack import Reply, Stream
from tests.hostile.counters import Seen
from tests.messages import Answer, Hit, message, parsed

WINDOW = 64 * 1024


class Connection:
    """One connection of a client; counts the bytes sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Seen) -> None:
        self.socket: socket.socket = writer.get_extra_info("socket")
        self._reader = reader
        self._writer = writer
        self._seen = seen

    async def request(self) -> Hit | None:
        """Return the next request; a client that does not speak HTTP, for instance TLS, gets a 400."""
        first = await self._reader.readexactly(1)
        if not first.isalpha():
            self._writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return None
        return parsed(first + await self._reader.readuntil(b"\r\n\r\n"))

    async def say(self, data: bytes, pace: float | None = None) -> None:
        """Send with back pressure, and slowly if ``pace`` is given, in bytes per second."""
        size = WINDOW if pace is None else max(1, int(pace / 20))
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self._writer.write(piece)
            await self._writer.drain()
            self._seen.sent += len(piece)
            if pace is not None:
                await asyncio.sleep(size / pace)

    async def reply(self, hit: Hit, reply: Reply) -> bool:
        """Respond to a request, and return whether the connection can be reused."""
        if isinstance(reply, Stream):
            await self._stream(reply)
            return False
        return await self._answer(hit, reply)

    async def _stream(self, stream: Stream) -> None:
        for at, piece in enumerate(stream.pieces):
            await asyncio.sleep(stream.pause if at == stream.at_once else 0)
            await self.say(piece, stream.pace if at >= stream.at_once else None)
            # An endless sequence of pieces must not block other connections.
            await asyncio.sleep(0)

    async def _answer(self, hit: Hit, answer: Answer) -> bool:
        await asyncio.sleep(answer.delay)
        silent = answer.cut_after is None
        if silent and answer.reset:
            return self._reset()
        if silent and answer.hang:
            return await self._hang()
        await self.say(message(hit, answer) if answer.raw is None else answer.raw, answer.pace)
        while answer.endless:
            await self.say(answer.body, answer.pace)
        if answer.reset:
            return self._reset()
        if answer.hang:
            return await self._hang()
        return answer.raw is None and silent and not answer.close

    async def _hang(self) -> bool:
        """Send nothing until the client closes the connection."""
        while await self._reader.read(WINDOW):
            pass
        return False

    def _reset(self) -> bool:
        """Send RST instead of FIN: the socket must not linger."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        return False
