"""Regular expressions: parts that mean the same in every version of Python, and searches that end."""

import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sitemap_cli.errors import UsageError

LONGEST_SEARCH = 10.0
"""Seconds of processor time that a pattern of the user may take for some thousand texts."""

# The matcher keeps about 250 bytes for each repetition until the innermost atomic group has matched.
_AT_ONCE = 1_000


def repeat_possessively(body: str, least: int = 0) -> str:
    """Return a possessive repetition: as many repetitions as possible, without backtracking.

    Before 3.11.5, Python matches ``(?:...)*+`` wrongly after a repetition that matches only in part, see
    https://github.com/python/cpython/issues/106052. Repeated characters, such as ``[a-z]*+``, are safe.

    Args:
        body: what is repeated; it must not match the empty string.
        least: the least number of repetitions, 0 or 1.
    """
    return f"(?>(?:(?>(?:{body}){{1,{_AT_ONCE}}})){'+' if least else '*'})"


def translate_stars(text: str, character: str) -> str:
    """Return a pattern for a text in which ``*`` stands for any number of characters.

    What is between two stars is taken where it comes first, so that a search takes linear time.

    Args:
        text: the text with stars.
        character: the pattern of a character that a star stands for.
    """
    first, *rest = map(re.escape, text.split("*"))
    if not rest:
        return first
    *inner, last = rest
    return f"{first}{''.join(f'(?>{character}*?{each})' for each in inner if each)}{character}*{last}"


def search_all(pattern: re.Pattern[str], texts: Sequence[str], option: str) -> list[bool]:
    """Return for each text whether a pattern of the user, given by an option, is found in it.

    A pattern such as ``(a+)+$`` takes exponential time for some texts, which may come from a hostile site.

    Raises:
        UsageError: the search takes too long.
    """
    try:
        with _limit_time():
            return [pattern.search(text) is not None for text in texts]
    except _TooLongError:
        hint = "a repetition inside of a repetition, such as (a+)+, takes exponential time: write a+"
        why = f"one of the texts takes more than {LONGEST_SEARCH:g} seconds"
        raise UsageError(
            "the regular expression is too slow", where=f"{option} {pattern.pattern}", why=why, hint=hint
        ) from None


class _TooLongError(Exception):
    """The time of a search is over."""


@contextmanager
def _limit_time() -> Iterator[None]:
    """End the block when its time is over; the matcher looks for signals while it works.

    Only the main thread gets signals, and only some systems have the timer; elsewhere there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: Any) -> None:
        raise _TooLongError

    previous = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_SEARCH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)
