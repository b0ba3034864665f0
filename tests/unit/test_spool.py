"""Lists in a temporary file: the same items in the same order, more than are in memory at a time."""

from pathlib import Path
from typing import NamedTuple

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.spool import CHUNK, SpooledItems, open_spool


class Pair(NamedTuple):
    text: str | None
    number: int | None


def test_items_come_back_as_they_were_in_their_order() -> None:
    rows = [(f"text {n} \udcff\U0001f600", n) if n % 3 else (None, None) for n in range(CHUNK * 2 + 5)]
    with open_spool() as spool:
        items, others = SpooledItems(spool, Pair), SpooledItems(spool, str)
        items.extend(rows[:7])
        others.extend(("between",) for _ in range(3))
        items.extend(iter(rows[7:]))
        assert len(items) == len(rows)
        for _ in range(2):
            assert list(items) == [Pair(*row) for row in rows]
        assert list(others) == ["between"] * 3


def test_two_readers_do_not_disturb_each_other() -> None:
    with open_spool() as spool:
        items = SpooledItems(spool, int)
        items.extend((n,) for n in range(CHUNK + 1))
        assert all(one == other for one, other in zip(items, items, strict=True))


def test_a_full_disk_is_an_error_that_names_the_folder() -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full, open_spool() as spool:
        spool.file = full
        with pytest.raises(StorageError, match="cannot write"):
            spool.write_block([("text",)])
