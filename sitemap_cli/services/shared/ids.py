"""Identifiers that users see: UUIDv7, which sort by when they were made, even if the clock went back."""

import datetime as dt
import os
import time
import uuid
from collections.abc import Iterator
from itertools import count

MAX_MILLISECONDS = 2**48 - 1

# The milliseconds of the newest id that is known. New ids are newer, whatever the clock says: jobs are sorted
# by id.
_newest = [0]


def follow_id(recorded: str | None) -> None:
    """Make new ids of this process sort after a recorded one, which a clock that was ahead may have made."""
    if recorded:
        _newest[0] = max(_newest[0], int(recorded.replace("-", "")[:12], 16))


def generate_id() -> str:
    """Return a new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, the rest random."""
    return _format_uuid7(_next_milliseconds(), int.from_bytes(os.urandom(10)))


def generate_ids() -> Iterator[str]:
    """Yield new UUIDv7 in ascending order; within a millisecond their random part is incremented.

    https://www.rfc-editor.org/rfc/rfc9562#section-6.2
    """
    milliseconds = _next_milliseconds()
    # The bits that version and variant overwrite stay zero; half of the others leave room for increments.
    for random in count(int.from_bytes(os.urandom(7))):
        yield _format_uuid7(milliseconds, random)


def make_first_id(moment: dt.datetime) -> str:
    """Return the id that sorts before all that are made at a time or later."""
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), MAX_MILLISECONDS)
    return str(uuid.UUID(int=milliseconds << 80))


def read_time(id_: str) -> dt.datetime:
    """Return the time when an id was made."""
    return dt.datetime.fromtimestamp((uuid.UUID(id_).int >> 80) / 1000, dt.UTC)


def _next_milliseconds() -> int:
    """Return the time, or a millisecond after the newest id if the clock is behind it."""
    now = max(time.time_ns() // 1_000_000, _newest[0] + 1)
    _newest[0] = min(now, MAX_MILLISECONDS)
    return _newest[0]


def _format_uuid7(milliseconds: int, random: int) -> str:
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))
