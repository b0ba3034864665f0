"""One request and its answer, whatever that is: the place where exceptions of the network end."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping

import aiohttp
import msgspec
from yarl import URL

from sitemap_cli.fetch.bot_walls.wall_detection import MAX_SNIFFED, detect_challenge, is_suspect
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import RefusedError, build_too_slow_fault, explain_error, sanitize_message
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.headers import clean_validator
from sitemap_cli.fetch.interface import Response
from sitemap_cli.fetch.min_speed import SpeedLimit
from sitemap_cli.fetch.request_url import find_downgrades
from sitemap_cli.fetch.response_body import BodyLimits, BodyWriter, ReceivedBody, run_in_steps
from sitemap_cli.model.values import Fault, Hop

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Reading the rest of a short error page is cheaper than a new connection.
MAX_DRAINED = 64 * 1024
DRAIN_SECONDS = 2.0
# Enough to tell a page from a sitemap.
SNIFFED_BYTES = 256


class HopRequest(msgspec.Struct, frozen=True):
    """One address to ask on the way from the first one; ``hops`` are the redirects that led to it."""

    requested_url: str
    url: URL
    hops: tuple[Hop, ...]
    limits: BodyLimits


class HopResponse(msgspec.Struct, frozen=True):
    """What an address gave, where it wants us to go instead, and when to come back, in its own words."""

    response: Response
    location: str | None = None
    retry_after: str | None = None


async def receive_response(
    asking: Awaitable[aiohttp.ClientResponse], leg: HopRequest, deadline: Deadline
) -> HopResponse:
    """Wait for an answer and read it; what arrived before a fault or the deadline is kept.

    Args:
        asking: the request, not yet begun.
        leg: what is asked.
        deadline: when to give up.
    """
    timer = asyncio.timeout_at(deadline.expires_at)
    reading = _ResponseReader(leg, SpeedLimit(leg.limits.speed, leg.limits.pause, timer))
    try:
        async with timer:
            await reading.read(await asking)
    except RefusedError as error:
        reading.set_fault(error.fault)
    except (aiohttp.ClientError, OSError) as error:
        reading.set_fault(
            build_too_slow_fault(leg.limits.speed) if reading.is_too_slow else explain_error(error)
        )
    except BaseException:
        reading.discard()
        raise
    return reading.build_result(deadline.elapsed_ms)


class _ResponseReader:
    """What is known of an answer while it comes in.

    ``beginning`` is that of the body as it came: some bytes of one that is kept, all that was read of
    another.
    """

    def __init__(self, leg: HopRequest, speed: SpeedLimit) -> None:
        self._hop = leg
        self._speed = speed
        self._status: int | None = None
        self._headers: Mapping[str, str] = {}
        self._robots_tags: tuple[str, ...] = ()
        self._links: tuple[str, ...] = ()
        self._beginning = b""
        self._writer: BodyWriter | None = None
        self._fault: Fault | None = None

    @property
    def is_too_slow(self) -> bool:
        """Whether it was given up because of its speed."""
        return self._speed.has_expired

    async def read(self, response: aiohttp.ClientResponse) -> None:
        """Read the head, and the body if it is wanted."""
        self._status = response.status
        self._headers = response.headers
        self._robots_tags = tuple(response.headers.getall("X-Robots-Tag", ()))
        self._links = tuple(response.headers.getall("Link", ()))
        try:
            if 200 <= response.status < 300 and response.method != "HEAD":
                await self._receive_body(response.content)
            else:
                await self._drain_body(response.content)
        finally:
            _release_connection(response)

    def set_fault(self, fault: Fault) -> None:
        """Note why there is no more to read."""
        self._fault = fault
        if self._writer is not None:
            self._writer.set_fault(fault)

    def discard(self) -> None:
        """Give back what was kept."""
        if self._writer is not None:
            self._writer.discard()

    def build_result(self, ms: int) -> HopResponse:
        """Everything that is known, after the last byte."""
        fetched = self._build_response(ms)
        goes_on = self._status in REDIRECTS and fetched.fault is None
        return HopResponse(
            fetched,
            self._headers.get("Location") if goes_on else None,
            self._headers.get("Retry-After"),
        )

    async def _receive_body(self, content: aiohttp.StreamReader) -> None:
        self._writer = intake = BodyWriter(self._hop.limits, self._headers.get("Content-Encoding"))
        try:
            while intake.fault is None and (data := await content.readany()):
                self._beginning = self._beginning or data[:SNIFFED_BYTES]
                if not content.at_eof():
                    self._speed.count_bytes(len(data))
                await run_in_steps(intake.write(data))
        except aiohttp.ClientError:
            await run_in_steps(intake.write(_read_buffered(content)))
            raise
        self._speed.stop_counting()
        if intake.fault is None:
            await run_in_steps(intake.finish())

    async def _drain_body(self, content: aiohttp.StreamReader) -> None:
        """Read a short body that nobody wants, so that its connection can be used again."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while len(self._beginning) < MAX_DRAINED and (data := await content.readany()):
                    self._beginning += data
        except (aiohttp.ClientError, TimeoutError):
            return

    def _detect_challenge(self, content: ReceivedBody) -> Fault | None:
        """What is wrong when somebody else answered in place of the server."""
        status = self._status
        if status is None or not is_suspect(status, self._headers.get("Content-Type"), self._beginning):
            return None
        drained = decode_chunks([self._beginning], Decoder(max_bytes=MAX_SNIFFED))
        return detect_challenge(
            status, self._headers, _read_beginning(content.body.read_chunks() if content.body else drained)
        )

    def _build_response(self, ms: int) -> Response:
        url, headers = str(self._hop.url), self._headers
        content = self._writer.build_result(url) if self._writer else ReceivedBody(fault=self._fault)
        return Response(
            url=self._hop.requested_url,
            final_url=url,
            status_code=self._status,
            fault=self._detect_challenge(content) or content.fault,
            body=content.body,
            digest=content.digest,
            bytes=content.bytes,
            wire_bytes=content.wire_bytes,
            ms=ms,
            hops=self._hop.hops,
            content_type=_clean_header(headers.get("Content-Type")),
            content_encoding=_clean_header(headers.get("Content-Encoding")),
            etag=clean_validator(headers.get("ETag")),
            last_modified=clean_validator(headers.get("Last-Modified")),
            problems=(*content.problems, *find_downgrades(self._hop.hops, url)),
            robots_tags=self._robots_tags,
            links=self._links,
        )


def _clean_header(header: str | None) -> str | None:
    return None if header is None else sanitize_message(header)


def _release_connection(response: aiohttp.ClientResponse) -> None:
    """Give the connection back, or close it if there is more to read: now, without the farewell of TLS."""
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
    response.release()


def _read_buffered(content: aiohttp.StreamReader) -> bytes:
    """What had arrived before the connection broke: aiohttp holds it behind its exception."""
    content.set_exception(None)  # type: ignore[arg-type]
    return content.read_nowait()


def _read_beginning(chunks: Iterable[bytes]) -> bytes:
    """As much of some content as is looked at."""
    first = bytearray()
    for chunk in chunks:
        first += chunk
        if len(first) >= MAX_SNIFFED:
            break
    return bytes(first)
