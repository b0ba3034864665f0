"""Lists are split into parts that are small enough, in their order, and nothing is left out."""

import pytest

from sitemap_cli.services.shared.size_groups import split_by_size


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ([], []),
        ([3], [[3]]),
        ([3, 4, 3], [[3, 4, 3]]),
        ([3, 4, 4], [[3, 4], [4]]),
        ([11], [[11]]),
        ([1, 11, 1], [[1], [11], [1]]),
        ([0, 0, 0, 0, 0], [[0, 0, 0, 0], [0]]),
        ([10, 0, 1], [[10, 0], [1]]),
    ],
)
def test_items_come_together_up_to_a_size_and_a_number(sizes: list[int], parts: list[list[int]]) -> None:
    assert list(split_by_size(sizes, lambda each: each, most=10, most_items=4)) == parts


def test_the_number_can_be_left_open() -> None:
    assert list(split_by_size([0] * 1_000, lambda each: each, most=10)) == [[0] * 1_000]
