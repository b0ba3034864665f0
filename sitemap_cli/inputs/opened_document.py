"""One document or robots.txt that the user named: a file, standard input or a URL."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.crawl.error_bodies import has_odd_status, is_readable, report_status
from sitemap_cli.crawl.targets import looks_like_host
from sitemap_cli.errors import MissingFileError, UnreadableError
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Problem, Severity

PIECE = 256 * 1024
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """Decompressed content in chunks; ``problems`` is complete after the last chunk.

    ``charset`` is the encoding that the server named, if any.
    """

    chunks: Iterator[bytes]
    base_url: str | None
    problems: list[Problem]
    charset: str | None = None


def is_local(name: str) -> bool:
    """Return whether a name is standard input or an existing file, rather than a host."""
    if name == "-" or "://" in name:
        return name == "-"
    try:
        return Path(name).expanduser().is_file()
    except (OSError, RuntimeError):  # a name that is too long, or no such user after ~
        return False


@contextmanager
def open_local(name: str | Path, base_url: str | None, max_bytes: int) -> Iterator[OpenedDocument]:
    """Open a file, or standard input for ``-``; content with the magic bytes of gzip is decompressed.

    A read error after the first chunk is a problem of the document: what was read before it counts.

    Raises:
        UnreadableError: it cannot be read.
    """
    problems: list[Problem] = []
    with ExitStack() as stack:
        with _translate_errors(name):
            stream = sys.stdin.buffer if name == "-" else stack.enter_context(_open_file(name))
        pieces = _read_pieces(stream, name, problems)
        yield OpenedDocument(_decompress(pieces, max_bytes, problems), base_url, problems)


@contextmanager
def open_response(response: Response, base_url: str | None) -> Iterator[OpenedDocument]:
    """Open the body of a response.

    Raises:
        UnreadableError: there is no body.
    """
    try:
        if response.body is None or not is_readable(response):
            status = f"the server responded with status {response.status_code}"
            why = response.fault.message if response.fault else status
            raise UnreadableError("cannot read", where=response.url, why=why)
        problems = list((report_status(response) if has_odd_status(response) else response).problems)
        if response.fault is not None:
            problems.append(Problem(response.fault.reason, Severity.ERROR, response.fault.message))
        charset = parse_charset(response.content_type)
        yield OpenedDocument(response.body.read_chunks(), base_url or response.final_url, problems, charset)
    finally:
        response.release()


def _open_file(name: str | Path) -> BinaryIO:
    """Open a file; ``~`` is a home folder in what the user typed, but not in a path that was found."""
    try:
        path = name if isinstance(name, Path) else Path(name).expanduser()
        return path.open("rb")
    except (RuntimeError, ValueError) as error:  # no such user after ~, or a NUL
        raise UnreadableError("cannot read", where=str(name), why=str(error)) from error


@contextmanager
def _translate_errors(name: str | Path) -> Iterator[None]:
    """Translate errors of reading; the block contains no writing, whose errors have the same type."""
    try:
        yield
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        kind = MissingFileError if is_missing else UnreadableError
        hint = f"if it is a URL: https://{name}" if is_missing and looks_like_host(str(name)) else None
        raise kind("cannot read", where=str(name), why=error.strerror or str(error), hint=hint) from error


def _read_pieces(stream: BinaryIO, name: str | Path, problems: list[Problem]) -> Iterator[bytes]:
    with _translate_errors(name):
        piece = stream.read(PIECE)
    while piece:
        yield piece
        try:
            piece = stream.read(PIECE)
        except OSError as error:
            why = f"the rest cannot be read: {error.strerror or error}"
            problems.append(Problem("read-error", Severity.ERROR, why))
            return


def _decompress(pieces: Iterator[bytes], max_bytes: int, problems: list[Problem]) -> Iterator[bytes]:
    decoder = Decoder(max_bytes=max_bytes)
    yield from decode_chunks(pieces, decoder)
    if decoder.fault is not None:
        problems.append(Problem(decoder.fault.reason, Severity.ERROR, decoder.fault.message))
    problems += decoder.problems
