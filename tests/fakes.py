"""Fakes for the web: a fetcher made of a dictionary."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from sitemap_cli.fetch.gunzip import Decoder, StoredForm, decode_chunks
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.model.values import Fault, Hop

MAX_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a URL: a body and status, a redirect, a fault, or an exception that is raised.

    A fault with a body is one that occurred after the body had begun to arrive. ``gate`` delays the reply
    until the test sets it. A request with the ``etag`` gets a 304. ``facts`` replace fields of the response,
    such as ``ms`` or ``content_type``. ``agents`` are the replies to other user agents.
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
    """A body over bytes, decompressed like the real one; it cannot be read after it was closed."""

    def __init__(self, data: bytes, owner: "DictFetcher") -> None:
        self._data: bytes | None = data
        self._owner = owner
        owner.opened += 1

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the content in order."""
        assert self._data is not None, "the body was read after it was closed"
        return decode_chunks([self._data], Decoder(max_bytes=MAX_BYTES))

    @property
    def form(self) -> StoredForm:
        """Return how the bytes become the content."""
        return StoredForm(MAX_BYTES, is_compressed=True)

    def read_stored(self) -> Iterator[bytes]:
        """Yield the bytes as they are."""
        assert self._data is not None, "the body was read after it was closed"
        yield self._data

    def close(self) -> None:
        """Count the first call."""
        if self._data is not None:
            self._owner.closed += 1
            self._data = None


@dataclass
class DictFetcher:
    """Replies from a dictionary; ``missing`` is the reply to any other URL.

    ``log`` has all requests in order, ``in_flight`` those that wait at their gate. A body that is still open
    at the end of a test was not released.
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
        """The requested URLs, in order."""
        return [each.url for each in self.log]

    @property
    def open(self) -> int:
        """The number of bodies that were not closed."""
        return self.opened - self.closed

    def count(self, url: str) -> int:
        """Return how often a URL was requested."""
        return Counter(self.urls)[url]

    def urls_for(self, purpose: Purpose) -> list[str]:
        """Return the URLs that were requested for a purpose, in order."""
        return [each.url for each in self.log if each.purpose is purpose]

    async def fetch(self, request: Request) -> Response:
        """Return the response, after its gate was opened and at least one turn of the loop."""
        self.log.append(request)
        url, hops = request.url, list[Hop]()
        while (reply := self._get_reply(url, request.user_agent)).to is not None:
            hops.append(Hop(url, 302))
            url = reply.to
        if reply.etag and request.validators and request.validators.etag == reply.etag:
            reply = replace(reply, body=None, status=304)
        await self._wait_at_gate(request.url, reply)
        if reply.crash is not None:
            raise reply.crash
        return self._build_response(request, url, reply, tuple(hops))

    async def close(self) -> None:
        """Do nothing: there are no connections."""

    async def wait_for_count(self, count: int) -> None:
        """Wait until ``count`` requests are in flight."""
        await self._wait_until(lambda: len(self.in_flight) >= count)

    async def wait_for_url(self, url: str) -> None:
        """Wait until a URL is in flight."""
        await self._wait_until(lambda: url in self.in_flight)

    async def wait_until_only(self, *urls: str) -> None:
        """Wait until exactly these URLs are in flight."""
        await self._wait_until(lambda: self.in_flight == {*urls})

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    def _get_reply(self, url: str, agent: str | None) -> Reply:
        found = self.pages.get(url, self.missing)
        reply = Reply(found) if isinstance(found, bytes) else found
        return reply.agents.get(agent or "", reply)

    async def _wait_at_gate(self, url: str, reply: Reply) -> None:
        self.in_flight.add(url)
        self.peak = max(self.peak, len(self.in_flight))
        self._changed.set()
        try:
            await (asyncio.sleep(0) if reply.gate is None else reply.gate.wait())
        finally:
            self.in_flight.discard(url)
            self._changed.set()

    def _build_response(self, request: Request, url: str, reply: Reply, hops: tuple[Hop, ...]) -> Response:
        fault = Fault(reply.fault, f"{reply.fault} at {url}") if reply.fault else None
        is_silent = fault is not None and reply.body is None and reply.status == 200
        if request.method == "HEAD":
            reply = replace(reply, body=None)
        body = None if reply.body is None else DictBody(reply.body, self)
        decoder = Decoder(max_bytes=MAX_BYTES, content_encoding=reply.facts.get("content_encoding"))
        content = b"".join(decode_chunks([reply.body or b""], decoder))
        response = Response(
            url=request.url,
            final_url=url,
            status_code=None if is_silent else reply.status,
            fault=fault or decoder.fault,
            problems=tuple(decoder.problems),
            body=body,
            digest=None if body is None else hashlib.sha256(content).digest(),
            bytes=len(content),
            wire_bytes=len(reply.body or b""),
            hops=hops,
            etag=reply.etag,
        )
        return msgspec.structs.replace(response, **reply.facts)
