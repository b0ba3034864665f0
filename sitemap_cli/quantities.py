"""Durations and sizes as people write them: ``1h30m``, ``500ms``, ``50MB``, ``1.5GiB``."""

import math
import re

SECONDS = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
}
BYTES: dict[str, int] = {
    "": 1,
    "b": 1,
    **{f"{prefix}{end}": 1000**n for n, prefix in enumerate("kmgt", 1) for end in ("", "b")},
    **{f"{prefix}i{end}": 1024**n for n, prefix in enumerate("kmgt", 1) for end in ("", "b")},
}
DURATION_EXAMPLES = "500ms, 30s, 10m, 1h30m or 7d"
SIZE_EXAMPLES = "500kB, 50MB, 50MiB or 1.5GB"

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_PLAIN = re.compile(rf"[+-]?(?:{_NUMBER})(?:e[+-]?\d+)?", re.IGNORECASE)
_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)\s*", re.IGNORECASE)
_SIZE = re.compile(rf"({_NUMBER})\s*([a-z]*)", re.IGNORECASE)


def parse_duration(text: str) -> float:
    """Return seconds; a number without a unit is in seconds.

    Raises:
        ValueError: the text is not a duration; the message gives examples.
    """
    text = text.strip()
    total, at = 0.0, 0
    if _PLAIN.fullmatch(text):
        total, at = float(text), len(text)
    while at < len(text) and (part := _PART.match(text, at)):
        unit = part[2].lower()
        seconds = SECONDS.get(unit) or SECONDS.get(unit.removesuffix("s"))
        if seconds is None:
            break
        total, at = total + float(part[1]) * seconds, part.end()
    if at < len(text) or not text or not math.isfinite(total):
        raise ValueError(f"{text!r} is not a duration; write seconds, or {DURATION_EXAMPLES}")
    return total


def parse_size(text: str) -> int:
    """Return bytes; kB, MB and GB are powers of 1000, KiB, MiB and GiB of 1024.

    Raises:
        ValueError: the text is not a size; the message gives examples.
    """
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    found = _SIZE.fullmatch(text)
    factor = BYTES.get(found[2].lower()) if found else None
    if found is None or factor is None or (factor == 1 and "." in found[1]):
        raise ValueError(f"{text!r} is not a size; write bytes, or {SIZE_EXAMPLES}")
    return round(float(found[1]) * factor)


def format_size(size: int) -> str:
    """Return a size as :func:`parse_size` reads it, with the largest unit that divides it."""
    for unit, factor in (("MiB", 1024**2), ("KiB", 1024)):
        if size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)
