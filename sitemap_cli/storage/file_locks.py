"""File locks for SQLite: each lock is one byte of an empty file beside the database."""

import errno
import os
import stat
import sys
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sitemap_cli.errors import LockLostError, StorageError
from sitemap_cli.storage.locks import lock_number

SUFFIX = "-lock"
SAFE = ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK")
TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

if sys.platform == "win32":
    import msvcrt

    # Offsets are C longs, which have 32 bits on Windows.
    BITS = 30

    def _lock_byte(handle: int, at: int, *, shared: bool) -> None:
        # Windows has no shared locks in this interface: the first of the processes holds it for all.
        os.lseek(handle, at, os.SEEK_SET)
        with suppress(OSError) if shared else nullcontext():
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock_byte(handle: int, at: int) -> None:
        os.lseek(handle, at, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    BITS = 62

    def _lock_byte(handle: int, at: int, *, shared: bool) -> None:
        fcntl.lockf(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB, 1, at)

    def _unlock_byte(handle: int, at: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_UN, 1, at)


@dataclass(slots=True)
class _File:
    """The lock file as this process has it open, and the bytes that it has locked."""

    handle: int
    users: int = 0
    held: set[int] = field(default_factory=set)


# The kernel keeps these locks per process and file: it grants a lock again to the same process, and releases
# all of them when the process closes any handle of the file. So a process has one handle per file.
_files: dict[tuple[int, int], _File] = {}


class FileLocks:
    """The locks of one SQLite database, an implementation of :class:`~sitemap_cli.storage.locks.Locks`.

    The file is never removed: another process could take a lock in it at the same moment.

    Args:
        database: path of the database.
    """

    def __init__(self, database: str) -> None:
        # Like SQLite's own extra files, it lies beside the file itself, not beside a link to it.
        self._database = Path(os.path.realpath(database))  # resolve() raises for a link that leads to itself
        self._path = self._database.with_name(self._database.name + SUFFIX)
        # Each transaction looks for the file, and a path object takes longer.
        self._name = str(self._path)
        self._key: tuple[int, int] | None = None
        self._mine: set[int] = set()

    async def acquire(self, name: str, *, shared: bool = False) -> bool:
        """Take a lock without waiting; return whether it was free.

        Raises:
            StorageError: the file cannot be opened or locked.
        """
        at = lock_number(name, BITS)
        try:
            file = self._open_file()
            if at in file.held:
                return False
            _lock_byte(file.handle, at, shared=shared)
        except OSError as error:
            if error.errno in TAKEN and self._key is not None:
                return False
            raise StorageError("cannot lock", where=str(self._path), why=error.strerror) from error
        file.held.add(at)
        self._mine.add(at)
        return True

    async def release(self, name: str) -> None:
        """Release a lock."""
        self._release_byte(lock_number(name, BITS))

    async def verify(self) -> None:
        """Check that the lock file is still the one in which this process has its locks.

        Raises:
            LockLostError: the file was removed or replaced, so other processes lock another one.
        """
        if self._mine and self._find_open_file() != self._key:
            raise LockLostError(
                "the lock was lost",
                where=str(self._path),
                why="the lock file was removed or replaced",
                hint="leave the file alone while a command runs",
            )

    async def close(self) -> None:
        """Release all locks, and close the file unless this process has the database open twice."""
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
            _unlock_byte(file.handle, at)
            file.held.discard(at)
            self._mine.discard(at)

    def _open_file(self) -> _File:
        """Return the lock file, opened on first use."""
        if self._key is None:
            self._key = self._find_open_file() or self._create_file()
            _files[self._key].users += 1
        return _files[self._key]

    def _find_open_file(self) -> tuple[int, int] | None:
        """Return the key of the file if this process has it open: opening it again would risk its locks."""
        try:
            # A link is not followed: the file that it leads to is not ours.
            status = os.lstat(self._name)
        except FileNotFoundError:
            return None
        key = status.st_dev, status.st_ino
        return key if key in _files else None

    def _create_file(self) -> tuple[int, int]:
        """Open the file, or create it with the permissions of the database; a link is not followed."""
        flags = os.O_RDWR | os.O_CREAT | sum(getattr(os, name, 0) for name in SAFE)
        handle = os.open(self._path, flags, 0o666)
        status = os.fstat(handle)
        # A hard link to another file is not ours, either.
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and hasattr(os, "fchmod"):
            wanted = stat.S_IMODE(self._database.stat().st_mode)
            with suppress(PermissionError):  # another user owns the file and has set them
                os.fchmod(handle, wanted)
        key = status.st_dev, status.st_ino
        _files[key] = _File(handle)
        return key
