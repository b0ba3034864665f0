"""Files under temporary names, which get their own names when they are complete.

Such a file is written beside its place under a name that ends with ``.incomplete``, and is locked meanwhile.
So the next process that makes the same file can see what a killed process left behind, and removes it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SUFFIX = ".incomplete"
# A name may have 255 bytes on most file systems.
MOST_BYTES = 200
RANDOM_BYTES = 4
FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NOFOLLOW"))

if sys.platform == "win32":

    def _lock(_handle: int) -> bool:
        # Windows does not remove a file that is open, so it needs no lock.
        return True
else:
    import fcntl

    def _lock(handle: int) -> bool:
        """Lock a file; return whether no other process has it. This lock and those of SQLite do not meet."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def create_unfinished(place: Path, *, hidden: bool = False) -> tuple[Path, int]:
    """Create a file under a temporary name, for its owner only, and lock it until its handle is closed.

    Args:
        place: the name that the file gets at the end.
        hidden: whether the temporary name begins with a dot.

    Returns:
        The temporary name, and the handle of the file.

    Raises:
        OSError: it cannot be created.
    """
    while True:
        name = f"{_begin_name(place, hidden=hidden)}{os.urandom(RANDOM_BYTES).hex()}{SUFFIX}"
        path = place.with_name(name)
        handle = os.open(path, FLAGS, 0o600)
        _lock(handle)
        if os.fstat(handle).st_nlink:
            return path, handle
        # Another process took it for left over before it was locked.
        os.close(handle)


def remove_left_over(place: Path, *, hidden: bool = False) -> None:
    """Remove what processes left behind that were killed while they made the same file."""
    found = list[Path]()
    with suppress(OSError):  # a folder may be writable, but not readable
        found += _list_unfinished(place, hidden=hidden)
    for each in found:
        with suppress(OSError):
            handle = os.open(each, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
            try:
                if _lock(handle):
                    each.unlink()
            finally:
                os.close(handle)


def _list_unfinished(place: Path, *, hidden: bool) -> Iterator[Path]:
    begin = _begin_name(place, hidden=hidden)
    for each in place.parent.iterdir():
        middle = each.name.removeprefix(begin).removesuffix(SUFFIX)
        if each.name == f"{begin}{middle}{SUFFIX}" and len(middle) == 2 * RANDOM_BYTES:
            yield each


def _begin_name(place: Path, *, hidden: bool) -> str:
    name = os.fsdecode(os.fsencode(place.name)[:MOST_BYTES])
    return f"{'.' if hidden else ''}{name}."
