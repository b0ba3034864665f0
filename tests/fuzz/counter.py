"""A counter in a file that two processes share, so that it survives the end of either."""

import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

_NUMBER = struct.Struct("<Q")


class Counter:
    """Counts executions: libFuzzer exits without returning to Python, and its own figures are lost."""

    def __init__(self, path: Path) -> None:
        with path.open("a+b") as file:
            file.truncate(_NUMBER.size)
            self._memory = mmap.mmap(file.fileno(), _NUMBER.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._memory.close()

    @property
    def value(self) -> int:
        """The number of executions."""
        return int(_NUMBER.unpack_from(self._memory)[0])

    def count(self) -> None:
        """Add one."""
        _NUMBER.pack_into(self._memory, 0, self.value + 1)
