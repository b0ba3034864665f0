"""Lists in parts that are small enough to be loaded or stored at a time."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def split_by_size(
    items: Iterable[T], size_of: Callable[[T], int], most: int, most_items: int = sys.maxsize
) -> Iterator[list[T]]:
    """Yield consecutive items together, up to a size and a number of them; a larger one is alone.

    Args:
        items: the items.
        size_of: returns the size of one of them.
        most: the largest size of several items together.
        most_items: the largest number of them.
    """
    part, size = list[T](), 0
    for each in items:
        more = size_of(each)
        if part and (size + more > most or len(part) == most_items):
            yield part
            part, size = [], 0
        part.append(each)
        size += more
    if part:
        yield part
