"""Samples: proportional, reproducible, and a smaller one is a part of a larger one."""

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.crawl.pages.sampling import sample_entries, shuffle_positions

SIZES = st.dictionaries(st.integers(1, 99), st.integers(0, 60), max_size=12)


@given(SIZES, st.text(max_size=5))
def test_everything_is_drawn_once(sizes: dict[int, int], seed: str) -> None:
    drawn = list(sample_entries(sizes, seed))
    assert len(drawn) == len(set(drawn)) == sum(sizes.values())
    assert set(drawn) == {(document, at) for document, size in sizes.items() for at in range(1, size + 1)}


@given(SIZES, st.text(max_size=5))
def test_the_same_seed_draws_the_same(sizes: dict[int, int], seed: str) -> None:
    turned = dict(reversed(sizes.items()))
    assert list(sample_entries(sizes, seed)) == list(sample_entries(turned, seed))


def test_another_seed_draws_others() -> None:
    first, second = (list(islice(sample_entries({1: 1000}, seed), 20)) for seed in "ab")
    assert first != second


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 200))
def test_each_document_has_its_share_to_one_page_and_one_at_least(sizes: dict[int, int], wanted: int) -> None:
    wanted = max(wanted, len(sizes))
    drawn = Counter(document for document, _ in islice(sample_entries(sizes, "x"), wanted))
    assert set(drawn) == set(sizes)
    # No document that could give one up has less right to it than another has to one more.
    for one, taken in drawn.items():
        for other, size in sizes.items():
            if taken > 1 and drawn[other] < size:
                assert sizes[one] / (2 * taken - 1) >= size / (2 * drawn[other] + 1)


def test_shares_are_proportional() -> None:
    sizes = {1: 50_000, 2: 30_000, 3: 20_000, 4: 10}
    drawn = Counter(document for document, _ in islice(sample_entries(sizes, "x"), 200))
    assert drawn == {1: 99, 2: 60, 3: 40, 4: 1}


def test_where_there_are_more_documents_than_pages_are_wanted_large_ones_are_likelier() -> None:
    sizes = {**dict.fromkeys(range(100), 1), **dict.fromkeys(range(100, 200), 9)}
    drawn = Counter(
        document >= 100 for seed in range(100) for document, _ in islice(sample_entries(sizes, str(seed)), 20)
    )
    assert 0.8 < drawn[True] / drawn.total() < 0.95


@given(st.integers(0, 300), st.text(max_size=5))
def test_positions_are_a_permutation(size: int, seed: str) -> None:
    assert sorted(shuffle_positions(size, seed)) == list(range(1, size + 1))


def test_every_position_is_as_likely_as_another_to_be_among_the_first() -> None:
    drawn = Counter(at for seed in range(2_000) for at in islice(shuffle_positions(10, str(seed)), 3))
    assert set(drawn) == set(range(1, 11))
    assert all(500 < count < 700 for count in drawn.values())


def test_a_few_of_very_many_cost_little() -> None:
    assert len(list(islice(shuffle_positions(10**12, "x"), 1_000))) == 1_000
