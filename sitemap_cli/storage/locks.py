"""The interface of locks between processes; a lock is freed when its process ends, even if it is killed."""

import hashlib
from typing import Protocol


class Locks(Protocol):
    """Named locks of one database; a lock has one holder, in this process or another, unless it is shared."""

    async def acquire(self, name: str, *, shared: bool = False) -> bool:
        """Take a lock without waiting; return whether it was free.

        Several processes can hold a ``shared`` lock at once, while no process holds it alone.
        """
        ...

    async def release(self, name: str) -> None:
        """Release a lock."""
        ...

    async def verify(self) -> None:
        """Check that the locks of this process are still held, and take lost ones again.

        Raises:
            LockLostError: another process may have one of them.
        """
        ...

    async def close(self) -> None:
        """Release all locks."""
        ...


def lock_number(name: str, bits: int) -> int:
    """Return the number of a named lock; with 62 bits, two names practically never share one."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()) >> (256 - bits)
