"""Identifiers that users see: UUIDv7, so that they sort by time."""

import os
import time
import uuid
from collections.abc import Iterator
from itertools import count


def generate_id() -> str:
    """A fresh UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, the rest random."""
    return _format_uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def generate_ids() -> Iterator[str]:
    """Fresh ones that sort as they come, also those of one millisecond: their random part is counted up.

    https://www.rfc-editor.org/rfc/rfc9562#section-6.2
    """
    milliseconds = time.time_ns() // 1_000_000
    # The bits that a version and a variant take the place of stay zero, half of the others have room to grow.
    for random in count(int.from_bytes(os.urandom(7))):
        yield _format_uuid7(milliseconds, random)


def _format_uuid7(milliseconds: int, random: int) -> str:
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))
