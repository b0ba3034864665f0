"""Locks beside a SQLite database: each is one byte of an empty file, locked by the kernel for a process."""

import errno
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sitemap_cli.errors import StorageError
from sitemap_cli.storage.locks import lock_number

SUFFIX = "-lock"
TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

if sys.platform == "win32":
    import msvcrt

    # An offset is a C long there, which has 32 bits.
    BITS = 30

    def _lock(handle: int, at: int) -> None:
        os.lseek(handle, at, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock(handle: int, at: int) -> None:
        os.lseek(handle, at, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    BITS = 62

    def _lock(handle: int, at: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)

    def _unlock(handle: int, at: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_UN, 1, at)


@dataclass(slots=True)
class _File:
    """The lock file as this process has it open, and what it holds of it."""

    handle: int
    users: int = 0
    held: set[int] = field(default_factory=set)


# The kernel keeps such locks for a process and a file: it grants them again to the same process, and takes
# all of them back when any handle of the file is closed. So there is one handle, whoever asks.
_files: dict[tuple[int, int], _File] = {}


class FileLocks:
    """The locks of one SQLite database, as :class:`~sitemap_cli.storage.locks.Locks` promises.

    Their file stays when nobody uses it: who removes one may do so while another takes a lock in it.

    Args:
        database: path of the database.
    """

    def __init__(self, database: str) -> None:
        # As SQLite's own companions, it lies beside the file itself, not beside a link to it.
        self._database = Path(database).resolve()
        self._path = self._database.with_name(self._database.name + SUFFIX)
        self._key: tuple[int, int] | None = None
        self._mine: set[int] = set()

    async def acquire(self, name: str) -> bool:
        """Take a lock at once, or say that somebody has it.

        Raises:
            StorageError: there can be no locks in this place.
        """
        at = lock_number(name, BITS)
        try:
            file = self._open_file()
            if at in file.held:
                return False
            _lock(file.handle, at)
        except OSError as error:
            if error.errno in TAKEN and self._key is not None:
                return False
            raise StorageError("cannot lock", where=str(self._path), why=error.strerror) from error
        file.held.add(at)
        self._mine.add(at)
        return True

    async def release(self, name: str) -> None:
        """Give a lock back."""
        self._release_byte(lock_number(name, BITS))

    async def close(self) -> None:
        """Give all of them back, and close the file if no other database of this process uses it."""
        for at in list(self._mine):
            self._release_byte(at)
        if self._key is None:
            return
        file = _files[self._key]
        file.users -= 1
        if not file.users:
            del _files[self._key]
            os.close(file.handle)
        self._key = None

    def _release_byte(self, at: int) -> None:
        if at in self._mine:
            file = self._open_file()
            _unlock(file.handle, at)
            file.held.discard(at)
            self._mine.discard(at)

    def _open_file(self) -> _File:
        """The file, as this process has it open."""
        if self._key is None:
            self._key = self._find_open_file() or self._create_file()
            _files[self._key].users += 1
        return _files[self._key]

    def _find_open_file(self) -> tuple[int, int] | None:
        """Which file it is, if it is open here already; to open and close it again would be to let go."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        key = status.st_dev, status.st_ino
        return key if key in _files else None

    def _create_file(self) -> tuple[int, int]:
        """Open the file; a new one may be used by whoever may use the database."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        status = os.fstat(handle)
        wanted = stat.S_IMODE(self._database.stat().st_mode)
        with suppress(PermissionError):  # it belongs to somebody else, who has seen to that
            self._path.chmod(wanted)
        key = status.st_dev, status.st_ino
        _files[key] = _File(handle)
        return key
