"""Locks that many processes share, and that are free again when their holder is gone, however it went."""

import hashlib
from typing import Protocol


class Locks(Protocol):
    """Named locks of one database; who asks for one that is held, by this process or another, is refused."""

    async def acquire(self, name: str) -> bool:
        """Take a lock at once, or say that somebody has it."""
        ...

    async def release(self, name: str) -> None:
        """Give a lock back."""
        ...

    async def close(self) -> None:
        """Give all of them back."""
        ...


def lock_number(name: str, bits: int) -> int:
    """What a name is to those who know locks by number only: for 62 bits, none is met twice by chance."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()) >> (256 - bits)
