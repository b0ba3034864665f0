"""Draws pages of a site: fairly from each of its documents, and the same ones each time.

Whoever asks for more of them is given the same ones first. So what a smaller sample, or one that was
interrupted, has brought is a part of the larger one.
"""

import heapq
import math
import random
from collections.abc import Iterator, Mapping

EntryPosition = tuple[int, int]
"""A document and the position of an entry in it, from 1."""


def sample_entries(sizes: Mapping[int, int], seed: str) -> Iterator[EntryPosition]:
    """Every entry of some documents in the order in which a sample takes them.

    First one of each document, the documents drawn by their sizes; then as Sainte-Lague gives seats to
    parties. That is proportional however early one stops, and, unlike largest remainders, never takes a seat
    away again where there are more to give.

    Args:
        sizes: how many entries each document has, by its id.
        seed: whatever shall give another sample.
    """
    known = {document: size for document, size in sorted(sizes.items()) if size > 0}
    drawn = {document: shuffle_positions(size, f"{seed} {document}") for document, size in known.items()}
    for document in _in_turn(known, seed):
        yield document, next(drawn[document])
    # The more entries stand for each that is taken, the sooner it is a document's turn.
    turns = [(-size / 3, document, 1) for document, size in known.items()]
    heapq.heapify(turns)
    while turns:
        _, document, taken = heapq.heappop(turns)
        if taken == known[document]:
            continue
        yield document, next(drawn[document])
        heapq.heappush(turns, (-known[document] / (2 * taken + 3), document, taken + 1))


def shuffle_positions(size: int, seed: str) -> Iterator[int]:
    """The numbers from 1 to ``size``, shuffled; costs memory for those that were taken only."""
    chance, moved = random.Random(seed), dict[int, int]()  # noqa: S311 - no secret
    for taken in range(size):
        at = chance.randrange(taken, size)
        yield moved.pop(at, at) + 1
        if at != taken:
            moved[at] = moved.pop(taken, taken)


def _in_turn(sizes: Mapping[int, int], seed: str) -> list[int]:
    """The documents in random order, large ones more likely before small ones."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    times = {document: -math.log(1 - chance.random()) / size for document, size in sizes.items()}
    return sorted(times, key=times.__getitem__)
