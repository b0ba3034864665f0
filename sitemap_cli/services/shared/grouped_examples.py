"""Examples by what they have in common, with exact counts, for what may have millions of places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sitemap_cli.spool import Items, Row, Spool, SpooledItems

EXAMPLES = 20
MAX_GROUPS = 2_000
"""Groups that are counted apart; more are counted together."""
OTHERS = "other sections"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ExampleGroup(Generic[Item]):
    """The items of one group: what they have in common, their number, and some or all of them."""

    cause: str | None
    count: int
    examples: Items[Item]


@dataclass(slots=True)
class _Group(Generic[Item]):
    count: int
    examples: list[Item]
    spooled: SpooledItems[Item] | None


class GroupedExamples(Generic[Item]):
    """Collects items by group. With a spool, all are kept there; otherwise the first ones of each group.

    Args:
        spool: where to keep all.
        make: makes an item of the values of a row.
    """

    def __init__(self, spool: Spool | None, make: Callable[..., Item]) -> None:
        self._spool = spool
        self._make = make
        self._groups = dict[str | None, _Group[Item]]()

    def add(self, cause: str | None, rows: Sequence[Row]) -> None:
        """Add the rows of some items to a group."""
        if not rows:
            return
        if cause not in self._groups and len(self._groups) >= MAX_GROUPS:
            cause = OTHERS
        group = self._groups.get(cause)
        if group is None:
            spooled = None if self._spool is None else SpooledItems(self._spool, self._make)
            group = self._groups[cause] = _Group(0, [], spooled)
        group.count += len(rows)
        if group.spooled is not None:
            group.spooled.extend(rows)
        elif len(group.examples) < EXAMPLES:
            group.examples.extend(self._make(*row) for row in rows[: EXAMPLES - len(group.examples)])

    def build(self) -> Iterator[ExampleGroup[Item]]:
        """Yield the groups, those with most items first."""
        for cause, each in sorted(self._groups.items(), key=lambda item: -item[1].count):
            examples: Items[Item] = tuple(each.examples) if each.spooled is None else each.spooled
            yield ExampleGroup(cause, each.count, examples)
