"""The interface of fetchers. HttpFetcher, FolderFetcher and the fakes of the tests implement it.

The values are msgspec structs: a batch creates millions, and a frozen dataclass takes ten times as long.
"""

import math
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Protocol

import msgspec

from sitemap_cli.fetch.gunzip import StoredForm
from sitemap_cli.model.values import Fault, Hop, Problem


class Purpose(StrEnum):
    """The purpose of a body; it decides the limits on size and redirects."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    PAGE = "page"
    MESSAGE = "message"


class Validators(msgspec.Struct, frozen=True):
    """The validators of our copy, and the URL that it was served at.

    They are sent to that URL only: they mean nothing for any other.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None


BodyTest = Callable[[bytes, str | None], bool]
"""Returns whether a body is worth reading, given its decompressed beginning and ``Content-Type``."""


class Request(msgspec.Struct, frozen=True):
    """One URL to fetch, with the validators of our copy, if any.

    ``credentials_url`` is a URL of the site that the user's own headers, cookies and credentials are for:
    they are sent to its origin only. The default is the origin of ``url``. ``delay`` is the number of seconds
    that the host requests between two requests. ``until`` is the time on the clock of the event loop after
    which the response is useless; what arrived by then is kept. ``method`` is GET, HEAD or POST; HEAD brings
    no body. POST sends ``content``, which is JSON; it follows no redirect, and its success brings no body.
    ``user_agent`` replaces the usual one. ``no_cache`` requests a response that no cache on the way has
    stored. ``keeps_error`` decides whether to read the body of an error, such as a 404; by default none is
    read.
    """

    url: str
    purpose: Purpose = Purpose.SITEMAP
    validators: Validators | None = None
    credentials_url: str | None = None
    delay: float = 0.0
    until: float = math.inf
    method: str = "GET"
    content: bytes | None = None
    user_agent: str | None = None
    no_cache: bool = False
    keeps_error: BodyTest | None = None


class Body(Protocol):
    """The bytes of a response, kept outside the heap when they are many; may be read several times."""

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the content in order, decompressed and cut at the limit, in chunks of at most 256 KiB."""
        ...

    @property
    def form(self) -> StoredForm:
        """How the stored bytes become the content."""
        ...

    def read_stored(self) -> Iterator[bytes]:
        """Yield the stored bytes in order; only one reader at a time if it is in another thread."""
        ...

    def close(self) -> None:
        """Free the memory or temporary file. Safe to call twice."""
        ...


class Response(msgspec.Struct, frozen=True):
    """The result of fetching one URL.

    There is a body whenever bytes of a 2xx response arrived, even when ``fault`` says that it is incomplete,
    and if the request keeps the body of an error.
    ``bytes`` counts the decompressed content and ``digest`` is its SHA-256 (32 bytes); ``wire_bytes`` counts
    the bytes that crossed the network; ``ms`` is the time from the first attempt to the last byte,
    ``first_byte_ms`` that from the last request to the head of its response, with a new connection if one was
    needed.
    ``problems`` are flaws of redirects and compression that cost nothing or only the end of the content.
    ``attempts`` is 0 if nothing was requested. ``robots_tags`` are the ``X-Robots-Tag`` headers, ``links``
    the ``Link`` headers and ``refresh`` is the ``Refresh`` header, as sent.
    """

    url: str
    final_url: str
    status_code: int | None = None
    fault: Fault | None = None
    body: Body | None = None
    digest: bytes | None = None
    bytes: int = 0
    wire_bytes: int = 0
    ms: int = 0
    first_byte_ms: int | None = None
    attempts: int = 1
    hops: tuple[Hop, ...] = ()
    content_type: str | None = None
    content_encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    problems: tuple[Problem, ...] = ()
    robots_tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    refresh: str | None = None

    @property
    def ok(self) -> bool:
        """Whether this is the whole body of a 200 response."""
        return self.status_code == 200 and self.fault is None

    def release(self) -> None:
        """Close the body, if there is one. Safe to call twice."""
        if self.body is not None:
            self.body.close()


class Fetcher(Protocol):
    """A source of bodies. Failures of servers and networks are faults of the response, never exceptions."""

    async def fetch(self, request: Request) -> Response:
        """Request one URL and follow its redirects."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
