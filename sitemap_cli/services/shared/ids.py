"""Identifiers that users see: UUIDv7, which sort by time."""

import os
import time
import uuid
from collections.abc import Iterator
from itertools import count


def generate_id() -> str:
    """Return a new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, the rest random."""
    return _format_uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def generate_ids() -> Iterator[str]:
    """Yield new UUIDv7 in ascending order; within a millisecond their random part is incremented.

    https://www.rfc-editor.org/rfc/rfc9562#section-6.2
    """
    milliseconds = time.time_ns() // 1_000_000
    # The bits that version and variant overwrite stay zero; half of the others leave room for increments.
    for random in count(int.from_bytes(os.urandom(7))):
        yield _format_uuid7(milliseconds, random)


def _format_uuid7(milliseconds: int, random: int) -> str:
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))
