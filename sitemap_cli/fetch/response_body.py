"""Bodies kept as they came over the wire: in memory while small, in a temporary file when not."""

import asyncio
import hashlib
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Self
from urllib.parse import urlsplit

import msgspec

from sitemap_cli.errors import StorageError
from sitemap_cli.fetch.gunzip import WINDOW, Decoder, decode_chunks
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.fetch.robots.robots_txt import MAX_ROBOTS
from sitemap_cli.model.values import Fault, Problem
from sitemap_cli.settings import Settings

IN_MEMORY = 2 * 1024 * 1024
# What a page says of itself stands in its head.
MAX_PAGE = 2 * 1024 * 1024
STEP_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How many bytes of a body are read: of its content, and of its compressed form.

    ``enough`` says that nobody needs more than that, so stopping there is no fault. ``speed`` is how many
    bytes a second must come, and ``pause`` how many seconds may pass without one.
    """

    content: int
    wire: int
    enough: bool = False
    speed: int = 0
    pause: float = 0.0

    @classmethod
    def for_purpose(cls, settings: Settings, purpose: Purpose) -> Self:
        """The limits for a purpose; a robots.txt is read one byte further than it is used."""
        most = {Purpose.ROBOTS: MAX_ROBOTS + 1, Purpose.PAGE: MAX_PAGE}.get(purpose)
        content = settings.max_bytes if most is None else min(settings.max_bytes, most)
        enough = most is not None
        return cls(content, settings.max_wire_bytes, enough, settings.min_speed, settings.idle_timeout)


class StoredBody:
    """The content of one answer, decoded anew from the kept bytes as often as it is asked for.

    Args:
        file: the bytes as they came; closed with this body.
        first: the decoder of the first reading; every other one stops where it stopped.
    """

    def __init__(self, file: IO[bytes], first: Decoder) -> None:
        self._file = file
        self._size = first.bytes
        self._compressed = first.is_compressed

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the content in order, in pieces of at most 256 KiB; several readers may take turns."""
        if not self._compressed:
            return read_blocks(self._file, self._size)
        return decode_chunks(read_blocks(self._file), Decoder(max_bytes=self._size))

    def close(self) -> None:
        """Give the memory or temporary file back. Safe to call twice."""
        self._file.close()


class ReceivedBody(msgspec.Struct, frozen=True):
    """What came of a body; the fields are those of :class:`~sitemap_cli.fetch.interface.Response`."""

    fault: Fault | None = None
    body: StoredBody | None = None
    digest: bytes | None = None
    bytes: int = 0
    wire_bytes: int = 0
    problems: tuple[Problem, ...] = ()


class BodyWriter:
    """Keeps the bytes of a body while they arrive, and measures their content on the way.

    Once ``fault`` is set, there is no use in more of them; :meth:`fail` keeps an earlier one.

    Args:
        limits: where to stop.
        content_encoding: the header of that name, if there was one.
    """

    def __init__(self, limits: BodyLimits, content_encoding: str | None = None) -> None:
        self._decoder = Decoder(max_bytes=limits.content, content_encoding=content_encoding)
        self.wire_bytes = 0
        self._limits = limits
        self._sha256 = hashlib.sha256()
        self._file: IO[bytes] = io.BytesIO()

    @property
    def fault(self) -> Fault | None:
        """Why reading stopped early."""
        return self._decoder.fault

    def set_fault(self, fault: Fault) -> None:
        """Note what else kept the rest from coming."""
        self._decoder.set_fault(fault.reason, fault.message)

    def write(self, data: bytes) -> Iterator[None]:
        """Keep some bytes, in steps so short that the caller may pause between them."""
        self.wire_bytes += len(data)
        self._store(data)
        return self._measure_content(self._decoder.feed(data))

    def finish(self) -> Iterator[None]:
        """Say that these were all the bytes."""
        return self._measure_content(self._decoder.finish())

    def build_result(self, url: str) -> ReceivedBody:
        """What came of it, unless a fault kept the first byte from coming."""
        fault = self._decoder.fault
        if fault is not None and not self.wire_bytes:
            self.discard()
            return ReceivedBody(fault=fault)
        cut = fault is not None and fault.reason == "too-large"
        return ReceivedBody(
            fault=None if cut and self._limits.enough else fault,
            body=StoredBody(self._file, self._decoder),
            digest=self._sha256.digest(),
            bytes=self._decoder.bytes,
            wire_bytes=self.wire_bytes,
            problems=_collect_problems(self._decoder, url),
        )

    def discard(self) -> None:
        """Give everything back unread."""
        self._file.close()

    def _store(self, data: bytes) -> None:
        """Write, and tell a full disk of ours from a fault of the network: both are ``OSError``."""
        try:
            if self.wire_bytes > IN_MEMORY and isinstance(self._file, io.BytesIO):
                self._roll_over(self._file)
            self._file.write(data)
        except OSError as error:
            where = tempfile.gettempdir()
            raise StorageError("cannot keep a document", where=where, why=error.strerror) from error

    def _roll_over(self, memory: io.BytesIO) -> None:
        """Go on in a temporary file; the body takes it over, and whoever holds the body closes it."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._file.write(memory.getbuffer())

    def _measure_content(self, pieces: Iterator[bytes]) -> Iterator[None]:
        for piece in pieces:
            self._sha256.update(piece)
            yield
        if self._decoder.is_compressed and self.wire_bytes > self._limits.wire:
            self._decoder.set_fault(
                "too-large", f"more than {self._limits.wire:,} bytes of compressed content"
            )


async def run_in_steps(work: Iterator[None]) -> None:
    """Do the work, and let others have their turn whenever it takes longer than some milliseconds."""
    since = time.perf_counter()
    for _ in work:
        if time.perf_counter() - since > STEP_SECONDS:
            await asyncio.sleep(0)
            since = time.perf_counter()


def read_blocks(file: IO[bytes], size: int = sys.maxsize) -> Iterator[bytes]:
    """The first bytes of a file, or all of them, whoever else moves about in it."""
    position = 0
    while position < size:
        file.seek(position)
        block = file.read(min(WINDOW, size - position))
        if not block:
            return
        position += len(block)
        yield block


def _collect_problems(decoder: Decoder, url: str) -> tuple[Problem, ...]:
    """What was odd about the compression, the name of the file included."""
    if ".gz" in url and urlsplit(url).path.endswith(".gz") and decoder.bytes and not decoder.is_compressed:
        decoder.add_problem("gz-name-but-plain", "named .gz, but not compressed")
    return tuple(decoder.problems)
