"""One request and its response: exceptions of the network end here."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping

import aiohttp
import msgspec
from yarl import URL

from sitemap_cli.fetch.bot_walls.wall_detection import MAX_SNIFFED, detect_challenge, is_suspect
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import RefusedError, build_too_slow_fault, sanitize_message
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.headers import clean_validator
from sitemap_cli.fetch.interface import BodyTest, Response
from sitemap_cli.fetch.min_speed import SpeedLimit
from sitemap_cli.fetch.request_url import find_downgrades
from sitemap_cli.fetch.response_body import BodyLimits, BodyWriter, ReceivedBody, run_in_steps
from sitemap_cli.fetch.transport.network_errors import explain_error
from sitemap_cli.model.values import Fault, Hop

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Reading the rest of a short error page is cheaper than a new connection.
MAX_DRAINED = 64 * 1024
DRAIN_SECONDS = 2.0
# Only these may come with a sitemap that is read: other errors leave the content unknown, or refuse it.
MISSING = frozenset({404, 410})
# What is wrong with the content of a POST may be in the body.
REFUSALS = frozenset({400, 403, 422})
# Enough to distinguish a page from a sitemap.
SNIFFED_BYTES = 256


class HopRequest(msgspec.Struct, frozen=True):
    """One URL to request; ``hops`` are the redirects that led from ``requested_url`` to it.

    ``keeps_error`` decides whether to read the body of an error; ``is_post`` says that something is sent.
    """

    requested_url: str
    url: URL
    hops: tuple[Hop, ...]
    limits: BodyLimits
    keeps_error: BodyTest | None = None
    is_post: bool = False


class HopResponse(msgspec.Struct, frozen=True):
    """The response to one hop, and the raw headers that matter for what follows."""

    response: Response
    location: str | None = None
    retry_after: str | None = None
    sets_cookie: bool = False


async def receive_response(
    pending: Awaitable[aiohttp.ClientResponse], hop: HopRequest, deadline: Deadline
) -> HopResponse:
    """Wait for a response and read it. What arrived before a fault or the deadline is kept.

    Args:
        pending: the request, not started yet.
        hop: what is requested.
        deadline: when to give up.
    """
    clock = asyncio.get_running_loop().time
    timer, started = asyncio.timeout_at(deadline.expires_at), clock()
    reader = _ResponseReader(hop, SpeedLimit(hop.limits.min_speed, hop.limits.max_pause, timer))
    try:
        async with timer:
            response = await pending
            reader.first_byte_ms = round((clock() - started) * 1000)
            await reader.read(response)
    except RefusedError as error:
        reader.set_fault(error.fault)
    except (aiohttp.ClientError, OSError) as error:
        reader.set_fault(
            build_too_slow_fault(hop.limits.min_speed) if reader.is_too_slow else explain_error(error)
        )
    except BaseException:
        reader.discard()
        raise
    return reader.build_result(deadline.elapsed_ms)


class _ResponseReader:
    """The state of a response while it arrives.

    ``beginning`` is the start of the raw body: some bytes of a body that is stored, all bytes read of
    another. ``first_byte_ms`` is the time until the head of the response.
    """

    def __init__(self, hop: HopRequest, speed: SpeedLimit) -> None:
        self.first_byte_ms: int | None = None
        self._hop = hop
        self._speed = speed
        self._status: int | None = None
        self._headers: Mapping[str, str] = {}
        self._robots_tags: tuple[str, ...] = ()
        self._links: tuple[str, ...] = ()
        self._content_encoding: str | None = None
        self._beginning = b""
        self._writer: BodyWriter | None = None
        self._fault: Fault | None = None

    @property
    def is_too_slow(self) -> bool:
        """Whether the body was given up because of its speed."""
        return self._speed.has_expired

    async def read(self, response: aiohttp.ClientResponse) -> None:
        """Read the head, and the body if it is needed."""
        self._status = response.status
        self._headers = response.headers
        self._robots_tags = tuple(response.headers.getall("X-Robots-Tag", ()))
        self._links = tuple(response.headers.getall("Link", ()))
        self._content_encoding = ", ".join(response.headers.getall("Content-Encoding", ())) or None
        try:
            if 200 <= response.status < 300 and response.method == "GET":
                await self._receive_body(response.content)
            else:
                await self._drain_body(response.content)
                if self._is_wanted(response.status):
                    await self._receive_body(response.content, self._beginning)
        finally:
            _release_connection(response)

    def set_fault(self, fault: Fault) -> None:
        """Record why there is no more to read."""
        self._fault = fault
        if self._writer is not None:
            self._writer.set_fault(fault)

    def discard(self) -> None:
        """Free what was stored."""
        if self._writer is not None:
            self._writer.discard()

    def build_result(self, ms: int) -> HopResponse:
        """Return the response after its last byte."""
        response = self._build_response(ms)
        is_redirect = self._status in REDIRECTS and response.fault is None
        return HopResponse(
            response,
            self._headers.get("Location") if is_redirect else None,
            self._headers.get("Retry-After"),
            "Set-Cookie" in self._headers,
        )

    def _is_wanted(self, status: int) -> bool:
        """Return whether to read the body of an error, judged by what was drained of it."""
        kept = REFUSALS if self._hop.is_post else MISSING
        if status not in kept or not self._beginning or self._hop.keeps_error is None:
            return False
        beginning = b"".join(self._decode_beginning())
        return self._hop.keeps_error(beginning, self._headers.get("Content-Type"))

    async def _receive_body(self, content: aiohttp.StreamReader, beginning: bytes = b"") -> None:
        """Store the body, of which the beginning may have been read before."""
        self._writer = writer = BodyWriter(self._hop.limits, self._content_encoding)
        if beginning:
            await run_in_steps(writer.write(beginning))
        try:
            while writer.fault is None and (data := await content.readany()):
                self._beginning = self._beginning or data[:SNIFFED_BYTES]
                if not content.at_eof():
                    self._speed.count_bytes(len(data))
                await run_in_steps(writer.write(data))
        except aiohttp.ClientError:
            await run_in_steps(writer.write(_read_buffered(content)))
            if not writer.accept_end():
                raise
        self._speed.stop_counting()
        if writer.fault is None:
            await run_in_steps(writer.finish())

    async def _drain_body(self, content: aiohttp.StreamReader) -> None:
        """Read a short body that is not needed, so that its connection can be used again."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while len(self._beginning) < MAX_DRAINED and (data := await content.readany()):
                    self._beginning += data
        except (aiohttp.ClientError, TimeoutError):
            return

    def _detect_challenge(self, received: ReceivedBody) -> Fault | None:
        """Return the fault of a response that a bot wall sent instead of the server."""
        status = self._status
        if status is None or (status >= 400 and received.body is not None):
            return None
        if not is_suspect(status, self._headers.get("Content-Type"), self._beginning):
            return None
        chunks = received.body.read_chunks() if received.body else self._decode_beginning()
        return detect_challenge(status, self._headers, _read_beginning(chunks))

    def _decode_beginning(self) -> Iterator[bytes]:
        """Yield the decompressed beginning of a body that was drained."""
        decoder = Decoder(max_bytes=MAX_SNIFFED, content_encoding=self._content_encoding)
        return decode_chunks([self._beginning], decoder)

    def _build_response(self, ms: int) -> Response:
        url, headers = str(self._hop.url), self._headers
        received = self._writer.build_result(url) if self._writer else ReceivedBody(fault=self._fault)
        return Response(
            url=self._hop.requested_url,
            final_url=url,
            status_code=self._status,
            fault=self._detect_challenge(received) or received.fault,
            body=received.body,
            digest=received.digest,
            bytes=received.bytes,
            wire_bytes=received.wire_bytes,
            ms=ms,
            first_byte_ms=self.first_byte_ms,
            hops=self._hop.hops,
            content_type=_clean_header(headers.get("Content-Type")),
            content_encoding=_clean_header(self._content_encoding),
            etag=clean_validator(headers.get("ETag")),
            last_modified=clean_validator(headers.get("Last-Modified")),
            problems=(*received.problems, *find_downgrades(self._hop.hops, url)),
            robots_tags=self._robots_tags,
            links=self._links,
            refresh=headers.get("Refresh"),
        )


def _clean_header(header: str | None) -> str | None:
    return None if header is None else sanitize_message(header)


def _release_connection(response: aiohttp.ClientResponse) -> None:
    """Return the connection to the pool, or close it immediately, without a TLS close_notify.

    It is closed if there is more to read. After the last byte, aiohttp has detached it already.
    """
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
    response.release()


def _read_buffered(content: aiohttp.StreamReader) -> bytes:
    """Return what arrived before the connection broke; aiohttp keeps it, but raises the exception first."""
    content.set_exception(None)  # type: ignore[arg-type]
    return content.read_nowait()


def _read_beginning(chunks: Iterable[bytes]) -> bytes:
    """Return as much of some content as is searched for signs of a bot wall."""
    beginning = bytearray()
    for chunk in chunks:
        beginning += chunk
        if len(beginning) >= MAX_SNIFFED:
            break
    return bytes(beginning)
