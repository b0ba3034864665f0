"""Faults raised by this package itself, and messages that are safe to print."""

import re

from sitemap_cli.model.values import Fault
from sitemap_cli.redaction import redact_text

MAX_MESSAGE = 300
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


class RefusedError(Exception):
    """A URL that is not requested. It is raised and caught inside this package.

    Args:
        reason: the code of the fault.
        message: the explanation for the user.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(reason, sanitize_message(message))


def sanitize_message(text: str) -> str:
    """Return the text as one line of at most 300 characters, without control characters and passwords."""
    if len(text) <= MAX_MESSAGE and "@" not in text and text.isascii() and text.isprintable():
        return text
    line = " ".join(redact_text(text).split())
    escaped = UNSAFE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), line)
    return escaped if len(escaped) <= MAX_MESSAGE else escaped[: MAX_MESSAGE - 1] + "…"


def build_too_slow_fault(speed: int) -> Fault:
    """Return the fault of a body that arrives with less than ``speed`` bytes per second."""
    return Fault("too-slow", f"less than {speed:,} bytes per second arrived for several seconds")
