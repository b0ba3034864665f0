"""What passes between the process that runs a job and those that read large documents for it.

A message is four bytes with its length, and JSON. The stored bytes of the body follow a request, in blocks
that begin with their length, too, the last one empty. The prepared rows follow a response.
"""

import mmap
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from sitemap_cli.crawl.document_reading import DocumentFacts
from sitemap_cli.crawl.read_timeout import TimeLeft
from sitemap_cli.fetch.gunzip import StoredForm
from sitemap_cli.model.values import Child, Kind, Problem

_LENGTH = 4


class PrepareRequest(msgspec.Struct, frozen=True):
    """How to read a document, whose stored bytes follow."""

    base_url: str
    charset: str | None
    is_cut: bool
    kind: Kind | None
    follows_listed: bool
    scope: str | None
    time_left: TimeLeft
    form: StoredForm
    document_id: int | None


class PrepareResponse(msgspec.Struct, frozen=True):
    """What was read; without facts, it could not be read.

    ``rows`` is the number of bytes of the rows, which follow.
    """

    facts: DocumentFacts | None
    children: list[Child] = []
    problems: list[Problem] = []
    rows: int = 0


def write_message(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write a message."""
    data = msgspec.json.encode(message)
    stream.write(len(data).to_bytes(_LENGTH, "big") + data)


def read_message(stream: IO[bytes]) -> bytes | None:
    """Read a message; return None at the end.

    Raises:
        EOFError: the stream ends inside of the message.
    """
    length = stream.read(_LENGTH)
    return read_exactly(stream, int.from_bytes(length, "big")) if length else None


def write_blocks(stream: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Write the bytes of a body."""
    for block in blocks:
        stream.write(len(block).to_bytes(_LENGTH, "big"))
        stream.write(block)
    stream.write(bytes(_LENGTH))
    stream.flush()


def read_blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a body.

    Raises:
        EOFError: the stream ends before them.
    """
    while length := int.from_bytes(read_exactly(stream, _LENGTH), "big"):
        yield read_exactly(stream, length)


def read_mapped(stream: Any, count: int) -> mmap.mmap:
    """Read this number of bytes, at least one, into memory of their own, which is returned to the system.

    Args:
        stream: a buffered binary stream.
        count: the number of bytes.

    Raises:
        EOFError: there are fewer.
    """
    memory = mmap.mmap(-1, count)
    with memoryview(memory) as view:
        done = 0
        while done < count:
            if not (read := stream.readinto(view[done:])):
                raise EOFError
            done += read
    return memory


def read_exactly(stream: IO[bytes], count: int) -> bytes:
    """Read this number of bytes.

    Raises:
        EOFError: there are fewer.
    """
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
