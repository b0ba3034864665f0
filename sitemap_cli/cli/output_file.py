"""Destination of data: stdout, or a file that appears only when it is complete."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sitemap_cli.errors import StorageError

STDOUT = Path("-")
DEVICES = Path("/dev")


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Open a binary stream to ``path``, or to stdout for None or ``-``.

    A file is written under a temporary name and moved at the end, so that a reader never sees half of it.

    Raises:
        StorageError: the output cannot be written, or the disk is full.
    """
    if path is None or path == STDOUT:
        with _open_stdout() as stream:
            yield stream
        return
    try:
        with path.open("wb") if _is_special(path) else _replace_file(path) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_error(str(path), error) from error


def write_error(name: str, error: OSError) -> StorageError:
    """Return the error for output that cannot be written."""
    return StorageError("cannot write", where=name, why=error.strerror or str(error))


def abandon_stdout() -> None:
    """Discard buffered output, so that the interpreter does not try to write it when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def release_stdout() -> None:
    """Unblock a write to a pipe that has no reader; regular files never block."""
    if not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode):
        abandon_stdout()


@contextmanager
def _open_stdout() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_stdout()
        raise write_error("stdout", error) from error


def _is_special(path: Path) -> bool:
    """Return whether to write in place: to a device, a named pipe or ``/dev/stdout``."""
    return (path.exists() and not path.is_file()) or path.parent == DEVICES


@contextmanager
def _replace_file(path: Path) -> Iterator[BinaryIO]:
    path = path.resolve()  # keeps a symbolic link, and replaces its target
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(_find_mode(path))
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _find_mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new file."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
