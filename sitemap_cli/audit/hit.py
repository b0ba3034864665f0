"""Hits: the places where a rule finds something."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from sitemap_cli.model.values import Severity
from sitemap_cli.spool import Items

MAX_SHOWN = 200


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One place where a rule is broken, or the first of ``count`` such places.

    Attributes:
        message: what is wrong there.
        loc: the URL of the entry.
        line: the line in the document, from 1.
        column: the column in the line, from 1.
        count: the number of places, of which this is the first.
        severity: only set if it differs from that of the rule.
        file: the file of a local build that ``line`` and ``column`` are in, instead of the sitemap.
        sitemap: only set if it differs from the sitemap that the rule was run over.
        position: the number of the entry or child in the document, from 1; 0 if the place is in none, None if
            that is not known.
        index: the position of the entry in the batch, from 0; its ``loc`` and ``line`` are looked up later.
        value: the value that is wrong there.
        cause: a short text that many places can have in common, such as a value, a host or a line of
            robots.txt; findings count their places by it.
        fix: the case of the rule's section ``Fix`` that says what to do; None for what it says in general.
        limits_strict: whether this is what keeps a strict parser from reading the whole document.
        explains: URLs of files whose own findings this hit explains, for rules that it covers.
        places: for a hit that stands for several entries of the batch: returns all their positions.
    """

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    count: int = 1
    severity: Severity | None = None
    sitemap: str | None = None
    index: int | None = None
    value: str | None = None
    cause: str | None = None
    position: int | None = None
    limits_strict: bool = False
    explains: tuple[str, ...] = ()
    places: Callable[[], Iterable[int]] | None = None
    fix: str | None = None
    file: str | None = None

    @property
    def has_place(self) -> bool:
        """Whether the hit names an entry or a line."""
        return any(each is not None for each in (self.index, self.line, self.loc)) or bool(self.position)


Hits = Iterable[Hit]

Example = TypeVar("Example")


def distribute_count(count: int, examples: Items[Example]) -> Iterator[tuple[Example, int]]:
    """Distribute ``count`` over the known examples: 1 for each, and the first one gets the rest."""
    for number, example in enumerate(examples):
        yield example, 1 if number else 1 + max(count - len(examples), 0)


def format_value(text: str) -> str:
    """Return a value from a document for use in a message: printable, on one line, and shortened."""
    text = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
