"""Identifiers that users see: UUIDv7, so that they sort by time."""

import os
import time
import uuid


def new() -> str:
    """A fresh UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))
