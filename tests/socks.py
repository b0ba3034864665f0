"""A SOCKS server for tests, versions 4, 4a and 5: it notes what it is asked for, and leads where told."""

import asyncio
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.loopback import Loopback

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class Socks(Loopback):
    """A proxy; ``asked`` holds the host and port of each request as they were sent.

    Args:
        leads: host and port that every connection is led to; without it, what was asked for.
        login: name and password that it wants to see (version 5).
        refusal: the code that it answers instead of connecting.
    """

    leads: tuple[str, int] | None = None
    login: tuple[str, str] | None = None
    refusal: int | None = None
    asked: list[tuple[str, int]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version = await reader.readexactly(1)
        await (self._five if version == b"\x05" else self._four)(reader, writer)

    async def _four(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """https://www.openssh.com/txt/socks4.protocol, https://www.openssh.com/txt/socks4a.protocol."""
        head = await reader.readexactly(7)
        port, address = int.from_bytes(head[1:3], "big"), head[3:]
        self.users.append((await reader.readuntil(b"\0"))[:-1].decode())
        named = address[:3] == bytes(3) and address[3]
        host = (await reader.readuntil(b"\0"))[:-1].decode() if named else str(ipaddress.ip_address(address))
        code = 0x5A if self.refusal is None else self.refusal
        await self._lead((reader, writer), host, port, bytes([0, code]) + bytes(6))

    async def _five(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """https://www.rfc-editor.org/rfc/rfc1928, https://www.rfc-editor.org/rfc/rfc1929."""
        offered = await reader.readexactly((await reader.readexactly(1))[0])
        method = 2 if self.login else 0
        writer.write(bytes([5, method if method in offered else 0xFF]))
        if method == 2 and method in offered:
            name, password = [await self._counted(reader, skip) for skip in (1, 0)]
            self.users.append(name)
            writer.write(bytes([1, (name, password) != self.login]))
        *_, kind = await reader.readexactly(4)
        if kind == 3:
            host = await self._counted(reader, 0)
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        await self._lead((reader, writer), host, port, bytes([5, self.refusal or 0, 0, 1]) + bytes(6))

    async def _counted(self, reader: asyncio.StreamReader, skip: int) -> str:
        await reader.readexactly(skip)
        return (await reader.readexactly((await reader.readexactly(1))[0])).decode()

    async def _lead(self, client: Streams, host: str, port: int, reply: bytes) -> None:
        """Answer, and pass bytes in both directions until one side has had enough."""
        self.asked.append((host, port))
        client[1].write(reply)
        if self.refusal is None:
            site = await asyncio.open_connection(*(self.leads or (host, port)))
            await join(client, site)


async def join(client: Streams, site: Streams) -> None:
    """Pass bytes in both directions until one side has had enough."""
    ways = [
        asyncio.ensure_future(_pass(client[0], site[1])),
        asyncio.ensure_future(_pass(site[0], client[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        site[1].close()


async def _pass(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        to.write(data)
        await to.drain()


@pytest.fixture
def socks() -> Iterator[Socks]:
    """A proxy that connects to what it is asked for."""
    with Socks() as running:
        yield running
