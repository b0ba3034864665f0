"""Where data goes: stdout, or a file that appears only once it is whole."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sitemap_cli.errors import StorageError


@contextmanager
def sink(path: Path | None) -> Iterator[BinaryIO]:
    """A binary stream to ``path``, or to stdout for None or ``-``.

    A file is written beside its place and moved there at the end, so that a reader never sees half.

    Raises:
        StorageError: it cannot be written, or the disk is full.
    """
    try:
        if path is None or str(path) == "-":
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not path.is_file():
            # A device or a named pipe is written to, not replaced.
            with path.open("wb") as stream:
                yield stream
        else:
            with _replacing(path) as stream:
                yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError("cannot write", where=str(path or "stdout"), why=error.strerror) from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
