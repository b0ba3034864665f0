"""Shorten texts in the middle to a number of columns of a terminal, and ids to what tells them apart."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from rich.cells import cell_len
from rich.text import Text

from sitemap_cli.model.short_ids import BETWEEN

ELLIPSIS = "…"
SHORTEST_ID = 8
"""The first characters of an id, which stand for the minute."""
LONGEST_PREFIX = 13
LEAST_SUFFIX, LONGEST_SUFFIX = 4, 12
ID_LENGTH = 36


def shorten_text(text: Text, width: int, *, ellipsis: str = ELLIPSIS) -> Text:
    """Return a line of at most ``width`` columns: the beginning and the end of a text that is longer.

    The end is kept rather than the beginning, as it names the file or the page. A wide or a combined
    character is kept whole.
    """
    if text.cell_len <= width:
        return text
    room = width - cell_len(ellipsis)
    if room < 2:
        return text[: _count_fitting(text.plain, width)]
    end = _count_fitting(reversed(text.plain), (room + 1) // 2)
    last = text.plain[len(text.plain) - end :]
    end -= next((at for at, each in enumerate(last) if cell_len(each)), 0)
    start = _count_fitting(text.plain, room - cell_len(text.plain[len(text.plain) - end :]))
    return Text.assemble(text[:start], (ellipsis, text.style), text[len(text.plain) - end :])


def cut_text(text: Text, width: int, *, ellipsis: str = ELLIPSIS) -> Text:
    """Return a line of at most ``width`` columns: the beginning of a text that is longer."""
    if text.cell_len <= width:
        return text
    beginning = text[: _count_fitting(text.plain, max(width - cell_len(ellipsis), 0))]
    return Text.assemble(beginning, (ellipsis if width >= cell_len(ellipsis) else "", text.style))


def _count_fitting(characters: Iterable[str], width: int) -> int:
    """Return how many of the first characters take at most this many columns."""
    count = columns = 0
    for each in characters:
        columns += cell_len(each)
        if columns > width:
            break
        count += 1
    return count


def shorten_ids(ids: Sequence[str]) -> Iterator[str]:
    """Yield ids as short as they differ: the beginning, or with the end where many begin alike.

    Ids of jobs of one batch differ in their last characters only.
    """
    known = set(ids)
    prefix = _find_length(known, lambda each, length: each[:length], SHORTEST_ID)
    if prefix <= LONGEST_PREFIX:
        yield from (each[:prefix] for each in ids)
        return
    suffix = _find_length(known, lambda each, length: each[:SHORTEST_ID] + each[-length:], LEAST_SUFFIX)
    if suffix > LONGEST_SUFFIX:
        yield from ids
        return
    yield from (f"{each[:SHORTEST_ID]}{BETWEEN}{each[-suffix:]}" for each in ids)


def _find_length(ids: AbstractSet[str], cut: Callable[[str, int], str], least: int) -> int:
    """Return the smallest length at which these ids differ after they were cut."""
    lengths = range(least, ID_LENGTH)
    return next((each for each in lengths if len({cut(id_, each) for id_ in ids}) == len(ids)), ID_LENGTH)
