"""Fakes that stand in for the web: a fetcher made of a dictionary."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.model.values import Fault, Hop

MAX_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answers: a body and status, a redirect, a fault, or a bug of ours that is raised.

    A fault with a body is one that came after it had begun to arrive. ``gate`` holds the answer back
    until the test sets it. Whoever holds the ``etag`` is answered 304. ``facts`` are fields of what was
    fetched that are not as they would be, such as ``ms`` or ``content_type``. ``agents`` are the replies to
    those who are asked for by another name than ours.
    """

    body: bytes | None = None
    status: int | None = 200
    to: str | None = None
    fault: str | None = None
    crash: Exception | None = None
    gate: asyncio.Event | None = None
    etag: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    agents: Mapping[str, "Reply"] = field(default_factory=dict)


class DictBody:
    """A body over bytes, decompressed as the real one is; it cannot be read once it was closed."""

    def __init__(self, data: bytes, owner: "DictFetcher") -> None:
        self._data: bytes | None = data
        self._owner = owner
        owner.opened += 1

    def read_chunks(self) -> Iterator[bytes]:
        """The content in order."""
        assert self._data is not None, "read after it was closed"
        return decode_chunks([self._data], Decoder(max_bytes=MAX_BYTES))

    def close(self) -> None:
        """Count the first time."""
        if self._data is not None:
            self._owner.closed += 1
            self._data = None


@dataclass
class DictFetcher:
    """Answers from a dictionary; what is not in it is 404, or what ``missing`` says.

    ``log`` holds every request in order; ``in_flight`` those that wait at their gate. ``bodies`` that
    are open at the end of a test were forgotten by somebody.
    """

    pages: Mapping[str, Reply | bytes]
    missing: Reply = field(default_factory=lambda: Reply(status=404))
    log: list[Request] = field(default_factory=list)
    in_flight: set[str] = field(default_factory=set)
    peak: int = 0
    opened: int = 0
    closed: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def urls(self) -> list[str]:
        """The addresses asked for, in order."""
        return [each.url for each in self.log]

    @property
    def open(self) -> int:
        """Bodies that nobody closed."""
        return self.opened - self.closed

    def count(self, url: str) -> int:
        """How often an address was asked for."""
        return Counter(self.urls)[url]

    def urls_for(self, purpose: Purpose) -> list[str]:
        """The addresses asked for with a purpose, in order."""
        return [each.url for each in self.log if each.purpose is purpose]

    async def fetch(self, request: Request) -> Response:
        """Answer, after the gate was opened and at least one turn of the loop."""
        self.log.append(request)
        url, hops = request.url, list[Hop]()
        while (reply := self._reply(url, request.user_agent)).to is not None:
            hops.append(Hop(url, 302))
            url = reply.to
        if reply.etag and request.validators and request.validators.etag == reply.etag:
            reply = replace(reply, body=None, status=304)
        await self._wait(request.url, reply)
        if reply.crash is not None:
            raise reply.crash
        return self._fetched(request, url, reply, tuple(hops))

    async def close(self) -> None:
        """Nothing is held."""

    async def wait_for_count(self, count: int) -> None:
        """Wait until so many requests are in flight."""
        await self._until(lambda: len(self.in_flight) >= count)

    async def wait_for_url(self, url: str) -> None:
        """Wait until an address is in flight."""
        await self._until(lambda: url in self.in_flight)

    async def wait_until_only(self, *urls: str) -> None:
        """Wait until these addresses are in flight, and everything else has been answered."""
        await self._until(lambda: self.in_flight == {*urls})

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._changed.clear()
            await self._changed.wait()

    def _reply(self, url: str, agent: str | None) -> Reply:
        found = self.pages.get(url, self.missing)
        reply = Reply(found) if isinstance(found, bytes) else found
        return reply.agents.get(agent or "", reply)

    async def _wait(self, url: str, reply: Reply) -> None:
        self.in_flight.add(url)
        self.peak = max(self.peak, len(self.in_flight))
        self._changed.set()
        try:
            await (asyncio.sleep(0) if reply.gate is None else reply.gate.wait())
        finally:
            self.in_flight.discard(url)
            self._changed.set()

    def _fetched(self, request: Request, url: str, reply: Reply, hops: tuple[Hop, ...]) -> Response:
        fault = Fault(reply.fault, f"{reply.fault} at {url}") if reply.fault else None
        mute = fault is not None and reply.body is None and reply.status == 200
        if request.method == "HEAD":
            reply = replace(reply, body=None)
        body = None if reply.body is None else DictBody(reply.body, self)
        decoder = Decoder(max_bytes=MAX_BYTES)
        content = b"".join(decode_chunks([reply.body or b""], decoder))
        fetched = Response(
            url=request.url,
            final_url=url,
            status_code=None if mute else reply.status,
            fault=fault or decoder.fault,
            problems=tuple(decoder.problems),
            body=body,
            digest=None if body is None else hashlib.sha256(content).digest(),
            bytes=len(content),
            wire_bytes=len(reply.body or b""),
            hops=hops,
            etag=reply.etag,
        )
        return msgspec.structs.replace(fetched, **reply.facts)
