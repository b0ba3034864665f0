"""Destination of data: stdout, or a file that appears only when it is complete."""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sitemap_cli.cli.system_limits import is_file_limit
from sitemap_cli.errors import StorageError
from sitemap_cli.unfinished_files import create_unfinished, remove_left_over

STDOUT = Path("-")
DEVICES = Path("/dev")
# It neither renames nor removes an open file, so a file has no lock while it gets its name.
IS_WINDOWS = os.name == "nt"


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
        if is_file_limit(error):
            raise
        raise write_error(str(path), error) from error


def check_output(path: Path | None) -> None:
    """Check that an output which is opened later can be written; nothing is changed.

    Raises:
        StorageError: it cannot be written.
    """
    if path is None or path == STDOUT:
        return
    try:
        if not _is_special(path):
            with _replace_file(path, keep=True):
                pass
        elif path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        else:
            _check_permission(path)
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
        if is_file_limit(error):
            # It is the work in the block that opens files.
            raise
        abandon_stdout()
        raise write_error("stdout", error) from error


def _is_special(path: Path) -> bool:
    """Return whether to write in place: to a device, a named pipe or ``/dev/stdout``.

    Raises:
        OSError: the path cannot be looked up, for example because a link leads to itself.
    """
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        is_regular = True
    except ValueError as error:  # a null byte
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL)) from error
    return not is_regular or path.parent == DEVICES


def _check_permission(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def _replace_file(path: Path, *, keep: bool = False) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``, which replaces it at the end unless ``keep`` is set.

    Temporary files of the same path that killed processes left behind are removed.
    """
    path = path.resolve()  # keeps a symbolic link, and replaces its target
    if path.exists():
        _check_permission(path)
    if not IS_WINDOWS:
        remove_left_over(path, hidden=True)
    temporary, handle = create_unfinished(path, hidden=True)
    try:
        # The lock lasts until the file has its name, or it could be taken for left over.
        with os.fdopen(handle, "wb", closefd=IS_WINDOWS) as stream:
            yield stream
        if keep:
            temporary.unlink()
        else:
            temporary.chmod(_find_mode(path))
            temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    finally:
        if not IS_WINDOWS:
            os.close(handle)


def _find_mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new file."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
