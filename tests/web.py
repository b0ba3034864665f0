"""The web server of the tests: raw asyncio, so that it can also misbehave."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest

from tests.loopback import Loopback
from tests.messages import Answer, Hit, message, parsed
from tests.patience import PATIENCE

TLS = Path(__file__).parent / "data" / "tls"
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
WINDOW = 64 * 1024


Route = Answer | Callable[[Hit], Answer]


@dataclass(eq=False)
class Site(Loopback):
    """A web server; routes are found by host and path, path with query, path, then ``*``.

    ``peak`` is the largest number of requests that were being answered at the same time; ``asked`` is
    set by the first request, and by each one after the test has cleared it. ``sent`` is the number of bytes
    that were written.
    """

    tls: str | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    active: int = 0
    peak: int = 0
    asked: threading.Event = field(default_factory=threading.Event)
    sent: int = 0

    @property
    def url(self) -> str:
        """The origin, without a slash at the end."""
        return f"{'https' if self.tls else 'http'}://{self.netloc}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [hit.path for hit in self.hits]

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return Counter(self.paths)[path]

    def context(self) -> ssl.SSLContext | None:
        """How the server speaks TLS, if it does."""
        if self.tls is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / f"{self.tls}.pem", TLS / f"{self.tls}.key")
        return context

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._exchange(reader, writer):
            pass

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection may be used again."""
        first = await reader.readexactly(1)
        if not first.isalpha():  # the beginning of TLS, for instance
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return False
        hit = parsed(first + await reader.readuntil(b"\r\n\r\n"))
        if size := int(hit.headers.get("content-length", "0")):
            hit = replace(hit, body=await reader.readexactly(size))
        self.hits.append(hit)
        self.asked.set()
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            return await self._answer(hit, self._route(hit), writer)
        finally:
            self.active -= 1

    def _route(self, hit: Hit) -> Answer:
        plain = urlsplit(hit.path).path
        keys = (hit.host + hit.path, hit.path, hit.host + plain, plain, "*")
        route = next((self.routes[key] for key in keys if key in self.routes), Answer(b"nothing here", 404))
        return route if isinstance(route, Answer) else route(hit)

    async def _answer(self, hit: Hit, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        if answer.gate is not None:
            await asyncio.to_thread(answer.gate.wait, PATIENCE)
        await asyncio.sleep(answer.delay)
        if answer.cut_after is None and answer.reset:
            return _reset(writer)
        if answer.cut_after is None and answer.hang:
            await self._stopped.wait()
        whole = answer.raw if answer.raw is not None else message(hit, answer)
        await self._send(writer, whole, answer.pace)
        while answer.endless:
            await self._send(writer, answer.body, answer.pace)
        if answer.reset:
            return _reset(writer)
        if answer.hang:
            await self._stopped.wait()
        return answer.raw is None and answer.cut_after is None and not answer.close

    async def _send(self, writer: asyncio.StreamWriter, message: bytes, pace: float | None) -> None:
        """Write with back pressure, and slowly where a pace is given."""
        size = WINDOW if pace is None else max(1, int(pace / 20))
        began = time.monotonic()
        for start in range(0, len(message), size):
            piece = message[start : start + size]
            writer.write(piece)
            self.sent += len(piece)
            await writer.drain()
            if pace is not None:
                # Sleep until a point in time: if a busy machine wakes the server late, the next piece
                # catches up.
                await asyncio.sleep(began + (start + size) / pace - time.monotonic())


def _reset(writer: asyncio.StreamWriter) -> bool:
    """Send RST instead of FIN: a socket that lingers for no time."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


def gz(data: bytes) -> bytes:
    """The bytes as one gzip member, the same every time."""
    return gzip.compress(data, mtime=0)


def urlset(*locs: str, **fields: str) -> bytes:
    """A urlset; every entry gets the same fields, for instance ``lastmod="2026-01-01"``."""
    return _document("urlset", "url", locs, fields)


def index(*locs: str, **fields: str) -> bytes:
    """A sitemap index."""
    return _document("sitemapindex", "sitemap", locs, fields)


def _document(root: str, item: str, locs: tuple[str, ...], fields: dict[str, str]) -> bytes:
    tail = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    lines = "".join(f"<{item}><loc>{escape(loc)}</loc>{tail}</{item}>\n" for loc in locs)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{XMLNS}">\n{lines}</{root}>\n'.encode()


def robots(site: Site, *lines: str) -> None:
    """Give the site a robots.txt."""
    site.routes["/robots.txt"] = Answer("".join(f"{line}\n" for line in lines).encode())


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status=status, headers=(("Location", to),))


def in_turn(*answers: Answer) -> Callable[[Hit], Answer]:
    """Each answer once, then the last one for ever."""
    following = chain(answers, repeat(answers[-1]))
    return lambda _: next(following)


def validated(body: bytes, etag: str, *more: tuple[str, str]) -> Callable[[Hit], Answer]:
    """A document with an ETag, and more headers; 304 to whoever holds it already."""
    headers = (("ETag", etag),)

    def answer(hit: Hit) -> Answer:
        if hit.headers.get("if-none-match") == etag:
            return Answer(status=304, headers=headers)
        return Answer(body, headers=(*headers, *more))

    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    """A running server with no routes yet."""
    with Site() as running:
        yield running


@pytest.fixture
def tls_site() -> Iterator[Site]:
    """The same over TLS; ``tests/data/tls/localhost.pem`` is its certificate and its own authority."""
    with Site(tls="localhost") as running:
        yield running
