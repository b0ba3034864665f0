"""What a fetcher is and what it gives back; the HTTP one, a folder and a dictionary all look like this.

The values are structs: a batch makes millions of them, and a frozen dataclass takes ten times as long.
"""

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

import msgspec

from sitemap_cli.model.values import Fault, Hop, Problem


class Purpose(StrEnum):
    """What a body is fetched for; it decides the limits on size and redirects."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    PAGE = "page"


class Validators(msgspec.Struct, frozen=True):
    """What the server said about the copy that we hold, and the address that it was served at.

    They are sent to that very address only: of any other one they say nothing.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None


class Request(msgspec.Struct, frozen=True):
    """One address to ask, with the validators of the copy we already hold, if any.

    ``home`` is an address of the site that the user's own headers, cookies and credentials are for:
    they go to its origin only. Without it, that is the origin of ``url``. ``delay`` is how many seconds
    its host asks to be left alone between two requests. ``until`` is when the answer is of no use any
    longer, on the clock of the event loop; what arrived by then is kept. ``method`` is GET or HEAD, which
    brings no body. ``user_agent`` is as whom to ask, if not as everywhere else.
    """

    url: str
    purpose: Purpose = Purpose.SITEMAP
    validators: Validators | None = None
    credentials_url: str | None = None
    delay: float = 0.0
    until: float = math.inf
    method: str = "GET"
    user_agent: str | None = None


class Body(Protocol):
    """The bytes of an answer, kept outside the heap when they are many; may be read several times."""

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the content in order, decompressed, in pieces of at most 256 KiB, and cut at the limit."""
        ...

    def close(self) -> None:
        """Give the memory or temporary file back. Safe to call twice."""
        ...


class Response(msgspec.Struct, frozen=True):
    """What one address answered.

    A body is there whenever bytes of a 2xx answer arrived, even when ``fault`` says that they are not
    all. ``bytes`` counts the decompressed content and ``digest`` is its SHA-256 (32 bytes);
    ``wire_bytes`` counts what crossed the network; ``ms`` is the time from the first attempt to the
    last byte. ``problems`` are faults of the way and the compression that cost nothing or only the tail.
    ``robots_tags`` are the ``X-Robots-Tag`` headers, ``links`` the ``Link`` headers, as they were sent.
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
    attempts: int = 1
    hops: tuple[Hop, ...] = ()
    content_type: str | None = None
    content_encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    problems: tuple[Problem, ...] = ()
    robots_tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the whole body of a 200 answer is here."""
        return self.status_code == 200 and self.fault is None

    def release(self) -> None:
        """Give the body back, if there is one. Safe to call twice."""
        if self.body is not None:
            self.body.close()


class Fetcher(Protocol):
    """Gets bodies; never raises for what a server or the network does, only for faults of ours."""

    async def fetch(self, request: Request) -> Response:
        """Ask one address and follow its redirects."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
