"""Bodies stored as they arrived: in memory while small, otherwise in a temporary file."""

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
from sitemap_cli.fetch.gunzip import WINDOW, Decoder, StoredForm, decode_stored
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.fetch.robots.robots_txt import MAX_ROBOTS
from sitemap_cli.model.values import Fault, Problem
from sitemap_cli.settings import Settings

IN_MEMORY = 2 * 1024 * 1024
# Only the head of a page is used.
MAX_PAGE = 2 * 1024 * 1024
# More than any key or error message has.
MAX_MESSAGE = 16 * 1024
STEP_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits on the size and speed of a body.

    Args:
        max_bytes: most bytes of decompressed content.
        max_wire_bytes: most bytes of compressed content.
        is_prefix_enough: whether content beyond the limit is not needed, so that stopping there is no fault.
        min_speed: least bytes per second; 0 disables the limit.
        max_pause: seconds that may pass without a byte.
    """

    max_bytes: int
    max_wire_bytes: int
    is_prefix_enough: bool = False
    min_speed: int = 0
    max_pause: float = 0.0

    @classmethod
    def for_purpose(cls, settings: Settings, purpose: Purpose) -> Self:
        """Return the limits for a purpose; of a robots.txt one byte more is read than is used."""
        most = {Purpose.ROBOTS: MAX_ROBOTS + 1, Purpose.PAGE: MAX_PAGE, Purpose.MESSAGE: MAX_MESSAGE}
        needed = most.get(purpose)
        content = settings.max_bytes if needed is None else min(settings.max_bytes, needed)
        enough = needed is not None
        return cls(content, settings.max_wire_bytes, enough, settings.min_speed, settings.idle_timeout)


class StoredBody:
    """The content of one response, decoded from the stored bytes each time it is read.

    Args:
        file: the bytes as they arrived; closed together with this body.
        first: the decoder of the first reading; later ones stop where it stopped.
    """

    def __init__(self, file: IO[bytes], first: Decoder) -> None:
        self._file = file
        self.form = StoredForm(first.bytes, first.is_compressed, first.content_encoding)

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the content in order, in chunks of at most 256 KiB; several readers may take turns."""
        return decode_stored(self.read_stored(), self.form)

    def read_stored(self) -> Iterator[bytes]:
        """Yield the stored bytes in order, in blocks of at most 256 KiB."""
        return read_blocks(self._file) if self.form.is_compressed else read_blocks(self._file, self.form.size)

    def close(self) -> None:
        """Free the memory or temporary file. Safe to call twice."""
        self._file.close()


class ReceivedBody(msgspec.Struct, frozen=True):
    """A body after its last byte; the fields are those of :class:`~sitemap_cli.fetch.interface.Response`."""

    fault: Fault | None = None
    body: StoredBody | None = None
    digest: bytes | None = None
    bytes: int = 0
    wire_bytes: int = 0
    problems: tuple[Problem, ...] = ()


class BodyWriter:
    """The storage of a body while it arrives; it measures the content at the same time.

    Once ``fault`` is set, further bytes are useless. The first fault stays.

    Args:
        limits: where to stop.
        content_encoding: the header of that name, if there was one.
    """

    def __init__(self, limits: BodyLimits, content_encoding: str | None = None) -> None:
        self._decoder = Decoder(max_bytes=limits.max_bytes, content_encoding=content_encoding)
        self.wire_bytes = 0
        self._limits = limits
        self._sha256 = hashlib.sha256()
        self._file: IO[bytes] = io.BytesIO()

    @property
    def fault(self) -> Fault | None:
        """Why reading stopped early."""
        return self._decoder.fault

    def accept_end(self) -> bool:
        """Return whether the body is complete although the connection broke; then that is a problem only."""
        if self._decoder.is_whole:
            message = "the connection was closed before the end that Content-Length or chunks promise"
            self._decoder.add_problem("length-wrong", f"{message}, but the compressed content is complete")
        return self._decoder.is_whole

    def set_fault(self, fault: Fault) -> None:
        """Record why the rest of the body did not arrive."""
        self._decoder.set_fault(fault.reason, fault.message)

    def write(self, data: bytes) -> Iterator[None]:
        """Store some bytes, in steps so short that the caller can pause between them."""
        self.wire_bytes += len(data)
        self._store(data)
        return self._measure_content(self._decoder.feed(data))

    def finish(self) -> Iterator[None]:
        """Process the end of the body, after its last byte."""
        return self._measure_content(self._decoder.finish())

    def build_result(self, url: str) -> ReceivedBody:
        """Return the received body; None without a first byte, or in an unsupported encoding."""
        fault = self._decoder.fault
        is_unknown = fault is not None and fault.reason == "unsupported-encoding" and not self._decoder.bytes
        if fault is not None and (is_unknown or not self.wire_bytes):
            self.discard()
            return ReceivedBody(fault=fault)
        is_cut = fault is not None and fault.reason == "too-large"
        return ReceivedBody(
            fault=None if is_cut and self._limits.is_prefix_enough else fault,
            body=StoredBody(self._file, self._decoder),
            digest=self._sha256.digest(),
            bytes=self._decoder.bytes,
            wire_bytes=self.wire_bytes,
            problems=_collect_problems(self._decoder, url),
        )

    def discard(self) -> None:
        """Free the memory or temporary file without a result."""
        self._file.close()

    def _store(self, data: bytes) -> None:
        """Write the bytes; distinguish a full disk from a network failure, as both are an ``OSError``."""
        try:
            if self.wire_bytes > IN_MEMORY and isinstance(self._file, io.BytesIO):
                self._roll_over(self._file)
            self._file.write(data)
        except OSError as error:
            where = tempfile.gettempdir()
            raise StorageError("cannot store a document", where=where, why=error.strerror) from error

    def _roll_over(self, memory: io.BytesIO) -> None:
        """Continue in a temporary file. The body takes it over and closes it."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._file.write(memory.getbuffer())

    def _measure_content(self, pieces: Iterator[bytes]) -> Iterator[None]:
        for piece in pieces:
            self._sha256.update(piece)
            yield
        if self._decoder.is_compressed and self.wire_bytes > self._limits.max_wire_bytes:
            self._decoder.set_fault(
                "too-large", f"more than {self._limits.max_wire_bytes:,} bytes of compressed content"
            )


async def run_in_steps(steps: Iterator[None]) -> None:
    """Run the steps, and let other tasks run whenever they take longer than some milliseconds."""
    since = time.perf_counter()
    for _ in steps:
        if time.perf_counter() - since > STEP_SECONDS:
            await asyncio.sleep(0)
            since = time.perf_counter()


def read_blocks(file: IO[bytes], size: int = sys.maxsize) -> Iterator[bytes]:
    """Yield the first ``size`` bytes of a file, even if other readers move its position."""
    position = 0
    while position < size:
        file.seek(position)
        block = file.read(min(WINDOW, size - position))
        if not block:
            return
        position += len(block)
        yield block


def _collect_problems(decoder: Decoder, url: str) -> tuple[Problem, ...]:
    """Return what is odd about the compression, including the file name."""
    if ".gz" in url and urlsplit(url).path.endswith(".gz") and decoder.bytes and not decoder.is_compressed:
        decoder.add_problem("gz-name-but-plain", "named .gz but not compressed")
    return tuple(decoder.problems)
