"""A file that gets its name when it is complete, and never replaces another one.

See :mod:`sitemap_cli.unfinished_files` for the name that it has meanwhile.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sitemap_cli.errors import StorageError, UsageError
from sitemap_cli.unfinished_files import FLAGS, create_unfinished, remove_left_over

# What file systems without hard links report, such as FAT.
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}

if sys.platform == "win32":

    def _sync_folder(_folder: Path) -> None:
        """Windows cannot open a folder."""
else:

    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            # Not every file system can.
            with suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)


class NewFile:
    """A file in work: ``path`` is its temporary name, ``place`` the name that it gets at the end."""

    def __init__(self, path: Path, place: Path, handle: int) -> None:
        self.path = path
        self.place = place
        self._handle = handle

    def flush(self) -> None:
        """Wait until everything that was written is on the disk."""
        os.fsync(self._handle)

    def publish(self, mode: int) -> None:
        """Give the file its permissions and its name.

        Raises:
            UsageError: another file got the name meanwhile.
        """
        self.path.chmod(mode)
        self.flush()
        try:
            _move(self.path, self.place)
        except FileExistsError as error:
            raise make_exists_error(self.place) from error
        _sync_folder(self.place.parent)


@contextmanager
def open_new_file(place: Path) -> Iterator[NewFile]:
    """Create a file for a name that does not exist; it is removed at the end unless it was published.

    Raises:
        StorageError: it cannot be written.
        UsageError: a file of that name exists.
    """
    with translate_write_errors(place):
        require_new(place)
        remove_left_over(place)
        path, handle = create_unfinished(place)
        try:
            yield NewFile(path, place, handle)
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
            os.close(handle)


@contextmanager
def translate_write_errors(place: Path) -> Iterator[None]:
    """Raise a :class:`StorageError` that names the file in place of an error of the system."""
    try:
        yield
    except OSError as error:
        raise StorageError("cannot write", where=str(place), why=error.strerror or str(error)) from error
    except ValueError as error:  # a null byte in the name
        raise StorageError("cannot write", where=str(place), why=str(error)) from error


def require_new(place: Path) -> None:
    """Check that nothing has this name, not even a link that leads nowhere.

    Raises:
        UsageError: something has it.
    """
    try:
        status = place.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(status.st_mode):
        raise UsageError("cannot write", where=str(place), why="it is a folder", hint="name a file in it")
    raise make_exists_error(place)


def make_exists_error(place: Path) -> UsageError:
    """Return the error for a name that is taken."""
    hint = "name a new file; no file is replaced"
    return UsageError("cannot write", where=str(place), why="the file exists", hint=hint)


def _move(path: Path, place: Path) -> None:
    """Rename a file unless its new name exists.

    Raises:
        FileExistsError: it exists.
    """
    if sys.platform == "win32":
        path.rename(place)
        return
    try:
        os.link(path, place)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # Without hard links, the name is taken by an empty file first.
        os.close(os.open(place, FLAGS, 0o600))
        path.replace(place)
    else:
        path.unlink()
