"""One thing that a rule found."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from sitemap_cli.model.values import Severity


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One place where a rule is broken, or ``count`` of them of which this is the first.

    ``index`` is the place of the entry in the batch, from 0: its ``loc`` and ``line`` are found out by
    whoever shows it. ``severity`` and ``sitemap`` are there where they are not those of the rule and of
    the sitemap in hand.
    """

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    count: int = 1
    severity: Severity | None = None
    sitemap: str | None = None
    index: int | None = None


Hits = Iterable[Hit]

Place = TypeVar("Place")


def distribute_count(count: int, places: Sequence[Place]) -> Iterator[tuple[Place, int]]:
    """Some of ``count`` places, each with how many it stands for: the first also for those not here."""
    for number, place in enumerate(places):
        yield place, 1 if number else 1 + max(count - len(places), 0)


def format_value(text: str) -> str:
    """A value as it may stand in a message: on one line, and not too long."""
    text = text if len(text) <= 200 else f"{text[:200]}..."
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
