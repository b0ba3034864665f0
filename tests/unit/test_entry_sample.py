"""The entries of a sample are at equal distances over all documents together."""

from collections.abc import Mapping

import pytest

from sitemap_cli.services.reporting.entry_sample import _choose_positions


def chosen(sizes: Mapping[int, int], most: int) -> dict[int, list[int]]:
    return {document: list(found) for document, found in _choose_positions(sizes, most).items()}


@pytest.mark.parametrize(
    ("sizes", "most", "expected"),
    [
        ({1: 3}, 3, {1: [1, 2, 3]}),
        ({1: 3}, 100, {1: [1, 2, 3]}),
        ({1: 10}, 3, {1: [3, 7]}),
        ({2: 10, 1: 5}, 5, {1: [2, 5], 2: [3, 6, 9]}),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, 2, {2: [1], 5: [1]}),
        ({1: 0, 2: 4}, 4, {2: [1, 2, 3, 4]}),
        ({1: 4}, 0, {1: [3]}),
        ({}, 9, {}),
    ],
)
def test_every_nth_entry_is_chosen(
    sizes: Mapping[int, int], most: int, expected: Mapping[int, list[int]]
) -> None:
    assert chosen(sizes, most) == expected


def test_a_sample_is_nearly_as_large_as_it_may_be_and_no_larger() -> None:
    sizes = dict.fromkeys(range(1, 21), 50_000)
    found = chosen(sizes, 20_000)
    assert sum(map(len, found.values())) == 20_000
    assert {len(each) for each in found.values()} == {1_000}
