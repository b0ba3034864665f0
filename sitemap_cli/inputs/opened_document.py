"""Opens one document or robots.txt named by the user: a file, standard input or an address."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.errors import UnreadableError
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Problem, Severity

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """Content in pieces, decompressed; ``faults`` is complete once the pieces were read to the end.

    ``charset`` is the encoding that the server named, if one did.
    """

    chunks: Iterator[bytes]
    base_url: str | None
    problems: list[Problem]
    charset: str | None = None


def is_local(name: str) -> bool:
    """Whether a name means standard input or a file that is there, rather than a host."""
    if name == "-" or "://" in name:
        return name == "-"
    try:
        return Path(name).expanduser().is_file()
    except (OSError, RuntimeError):  # a name too long, a home of nobody
        return False


@contextmanager
def open_local(name: str | Path, base_url: str | None, max_bytes: int) -> Iterator[OpenedDocument]:
    """A file, or standard input for the text ``-``, gunzipped by its magic bytes.

    A disk that fails after the first piece is a fault of the document: what was read before it counts.

    Raises:
        UnreadableError: it cannot be read.
    """
    faults: list[Problem] = []
    with ExitStack() as stack:
        with _told(name):
            stream = sys.stdin.buffer if name == "-" else stack.enter_context(_file(name))
        pieces = _pieces(stream, name, faults)
        yield OpenedDocument(_decoded(pieces, max_bytes, faults), base_url, faults)


def _file(name: str | Path) -> BinaryIO:
    """The file; a ``~`` means a home in what the user wrote, not in a path that was found."""
    try:
        path = name if isinstance(name, Path) else Path(name).expanduser()
        return path.open("rb")
    except (RuntimeError, ValueError) as error:  # a home of nobody, a NUL
        raise UnreadableError("cannot read", where=str(name), why=str(error)) from error


@contextmanager
def _told(name: str | Path) -> Iterator[None]:
    """Tell what the system says against reading, and only that: errors of writing look the same."""
    try:
        yield
    except OSError as error:
        raise UnreadableError("cannot read", where=str(name), why=error.strerror or str(error)) from error


def _pieces(stream: BinaryIO, name: str | Path, faults: list[Problem]) -> Iterator[bytes]:
    with _told(name):
        piece = stream.read(PIECE)
    while piece:
        yield piece
        try:
            piece = stream.read(PIECE)
        except OSError as error:
            why = f"the rest cannot be read: {error.strerror or error}"
            faults.append(Problem("read-error", Severity.ERROR, why))
            return


def _decoded(pieces: Iterator[bytes], max_bytes: int, faults: list[Problem]) -> Iterator[bytes]:
    decoder = Decoder(max_bytes=max_bytes)
    yield from decode_chunks(pieces, decoder)
    if decoder.fault is not None:
        faults.append(Problem(decoder.fault.reason, Severity.ERROR, decoder.fault.message))
    faults += decoder.problems


@contextmanager
def open_response(fetched: Response, base_url: str | None) -> Iterator[OpenedDocument]:
    """What an address answered.

    Raises:
        UnreadableError: it gave no content.
    """
    try:
        if fetched.body is None or fetched.status_code != 200:
            why = fetched.fault.message if fetched.fault else f"the server answered {fetched.status_code}"
            raise UnreadableError("cannot read", where=fetched.url, why=why)
        faults = list(fetched.problems)
        if fetched.fault is not None:
            faults.append(Problem(fetched.fault.reason, Severity.ERROR, fetched.fault.message))
        base_url = base_url or fetched.final_url
        yield OpenedDocument(
            fetched.body.read_chunks(), base_url, faults, parse_charset(fetched.content_type)
        )
    finally:
        fetched.release()
