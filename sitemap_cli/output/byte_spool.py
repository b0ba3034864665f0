"""Bytes that are written later, in a temporary file, because others come before them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

from sitemap_cli.errors import StorageError

MAX_IN_MEMORY = 1_000_000
"""Bytes of a spool that are kept in memory."""
_CHUNK = 1_000_000


@dataclass(slots=True)
class ByteSpool:
    """Bytes in memory, or in a temporary file if they are many; :func:`open_byte_spools` deletes it."""

    file: IO[bytes]
    size: int = 0

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            StorageError: the file cannot be written.
        """
        try:
            self.file.write(data)
        except OSError as error:
            why = error.strerror or str(error)
            raise StorageError("cannot write", where=tempfile.gettempdir(), why=why) from error
        self.size += len(data)

    def copy_to(self, stream: BinaryIO) -> None:
        """Write all bytes to a stream."""
        self.file.seek(0)
        shutil.copyfileobj(self.file, stream, _CHUNK)


@contextmanager
def open_byte_spools(count: int) -> Iterator[list[ByteSpool]]:
    """Open some spools for the duration of the block."""
    with ExitStack() as stack:
        yield [
            ByteSpool(
                stack.enter_context(tempfile.SpooledTemporaryFile(max_size=MAX_IN_MEMORY, prefix="sitemap-"))
            )
            for _ in range(count)
        ]
