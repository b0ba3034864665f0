"""Rows in a temporary file, for lists that may have millions of items and are read once more, in order."""

import marshal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, Generic, NamedTuple, Protocol, TypeVar

from sitemap_cli.errors import StorageError

CHUNK = 5_000
"""Rows that are in memory at a time."""

Row = tuple[str | int | None, ...]
Item = TypeVar("Item")
Member_co = TypeVar("Member_co", covariant=True)


class Block(NamedTuple):
    """Consecutive rows in the file of a spool: their number, where they begin, and their bytes."""

    rows: int
    at: int
    size: int


@dataclass(slots=True)
class Spool:
    """A temporary file with blocks of rows; :func:`open_spool` deletes it."""

    file: IO[bytes]
    end: int = 0

    def write_block(self, rows: list[Row]) -> Block:
        """Write some rows, and return where they are.

        Raises:
            StorageError: the file cannot be written.
        """
        try:
            data = marshal.dumps(rows)
            self.file.seek(self.end)
            self.file.write(data)
            block = Block(len(rows), self.end, len(data))
            self.end += len(data)
        except OSError as error:
            why = error.strerror or str(error)
            raise StorageError("cannot write", where=tempfile.gettempdir(), why=why) from error
        return block

    def read_block(self, block: Block) -> list[Row]:
        """Return the rows of a block."""
        self.file.seek(block.at)
        # marshal.load() would read each value by a call of its own, which takes ten times as long.
        rows: list[Row] = marshal.loads(self.file.read(block.size))  # noqa: S302 - this process wrote it
        return rows


@contextmanager
def open_spool() -> Iterator[Spool]:
    """Open a spool for the duration of the block."""
    with tempfile.TemporaryFile(prefix="sitemap-") as file:
        yield Spool(file)


class Items(Protocol[Member_co]):
    """What a tuple and :class:`SpooledItems` have in common: a length, and items in order."""

    def __len__(self) -> int:
        """Return the number of items."""
        ...

    def __iter__(self) -> Iterator[Member_co]:
        """Yield the items in their order."""
        ...


@dataclass(slots=True)
class SpooledItems(Generic[Item]):
    """A list whose items are made of rows in a spool; only some are in memory at a time."""

    spool: Spool
    make: Callable[..., Item]
    blocks: list[Block] = field(default_factory=list)

    def extend(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append items by their rows, which have plain values: texts, numbers and None."""
        left = iter(rows)
        while chunk := [tuple(row) for row in islice(left, CHUNK)]:
            self.blocks.append(self.spool.write_block(chunk))

    def __len__(self) -> int:
        """Return the number of items."""
        return sum(block.rows for block in self.blocks)

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in their order."""
        for block in self.blocks:
            for row in self.spool.read_block(block):
                yield self.make(*row)
