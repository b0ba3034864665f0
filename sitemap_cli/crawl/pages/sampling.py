"""Sampling of a site's pages: in proportion to its documents, and reproducible.

A larger sample begins with the pages of a smaller one. So the results of a smaller or interrupted probe are
a part of the larger one.
"""

import heapq
import math
import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class EntryPosition(NamedTuple):
    """The place of an entry: the id of its document, and its position in it, from 1."""

    document_id: int
    position: int


def sample_entries(sizes: Mapping[int, int], seed: str) -> Iterator[EntryPosition]:
    """Yield all entries of some documents in the order in which a sample takes them.

    The first entries are one of each document, large documents being more likely to come early. The others
    follow the Sainte-Laguë method, which gives seats to parties: the sample is proportional wherever it ends,
    and a larger sample takes no entry back, as it might with largest remainders.

    Args:
        sizes: the number of entries of each document, by its id.
        seed: another seed gives another sample.
    """
    known = {document: size for document, size in sorted(sizes.items()) if size > 0}
    positions = {document: shuffle_positions(size, f"{seed} {document}") for document, size in known.items()}
    for document in _order_documents(known, seed):
        yield EntryPosition(document, next(positions[document]))
    # The next document has the largest quotient of its size and its next odd number (negated for the heap).
    quotients = [(-size / 3, document, 1) for document, size in known.items()]
    heapq.heapify(quotients)
    while quotients:
        _, document, taken = heapq.heappop(quotients)
        if taken == known[document]:
            continue
        yield EntryPosition(document, next(positions[document]))
        heapq.heappush(quotients, (-known[document] / (2 * taken + 3), document, taken + 1))


def shuffle_positions(size: int, seed: str) -> Iterator[int]:
    """Yield the numbers from 1 to ``size`` in random order.

    This is a Fisher-Yates shuffle with a sparse array: ``moved`` holds only the places whose number was
    exchanged, so it needs memory for the numbers that were taken, not for all of them.
    """
    generator, moved = random.Random(seed), dict[int, int]()  # noqa: S311 - no secret
    for taken in range(size):
        place = generator.randrange(taken, size)
        number = moved.pop(place, place)
        if place != taken:
            moved[place] = moved.pop(taken, taken)
        yield number + 1


def _order_documents(sizes: Mapping[int, int], seed: str) -> list[int]:
    """Return the documents in random order, large ones more likely before small ones."""
    generator = random.Random(seed)  # noqa: S311 - no secret
    times = {document: -math.log(1 - generator.random()) / size for document, size in sizes.items()}
    return sorted(times, key=times.__getitem__)
