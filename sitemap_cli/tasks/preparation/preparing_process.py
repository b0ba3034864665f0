"""The main module of a process that reads large documents; it ends when its standard input does.

It holds nothing that would be left behind: neither files nor locks nor connections.
"""

import os
import signal
import sys
from collections.abc import Iterator
from typing import IO

import msgspec

from sitemap_cli.crawl.document_reading import ReadingOptions
from sitemap_cli.crawl.prepared_document import PreparedDocument, prepare_document
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.fetch.gunzip import decode_stored
from sitemap_cli.storage.prepared_rows import open_builder
from sitemap_cli.tasks.preparation.messages import (
    PrepareRequest,
    PrepareResponse,
    read_blocks,
    read_message,
    write_message,
)
from sitemap_cli.tasks.spawning import SIGNALS

_REQUEST = msgspec.json.Decoder(PrepareRequest)


def main() -> None:
    """Serve the process that started this one."""
    # The parent decides what a signal to all processes means.
    ignored = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ignored)
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not get among the messages.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        while (message := read_message(incoming)) is not None:
            _respond(outgoing, _prepare(_REQUEST.decode(message), read_blocks(incoming)))
    except (EOFError, BrokenPipeError):
        # The parent was killed.
        os._exit(1)
    # The parent waits, and all that Python would do is to free memory.
    os._exit(0)


def _prepare(request: PrepareRequest, blocks: Iterator[bytes]) -> PreparedDocument | None:
    """Read a document; return None if that is impossible here."""
    options = ReadingOptions(
        base_url=request.base_url,
        charset=request.charset,
        is_cut=request.is_cut,
        kind=request.kind,
        follows_listed=request.follows_listed,
        scope=None if request.scope is None else UrlScope(request.scope),
        timeout=ReadTimeout.from_left(request.time_left),
    )
    try:
        builder = open_builder(request.document_id)
        chunks = decode_stored(blocks, request.form)
        return prepare_document(chunks, options, builder, request.document_id)
    except EOFError:
        raise
    except Exception:  # noqa: BLE001 - the parent reads it again, and reports what is wrong
        return None
    finally:
        for _ in blocks:
            pass


def _respond(outgoing: IO[bytes], prepared: PreparedDocument | None) -> None:
    rows = prepared.rows if prepared else b""
    if prepared is None:
        response = PrepareResponse(None)
    else:
        response = PrepareResponse(prepared.facts, prepared.children, prepared.problems, len(rows))
    write_message(outgoing, response)
    outgoing.write(rows)
    outgoing.flush()


if __name__ == "__main__":
    main()
