"""Confidence intervals: published values, and properties that must hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.crawl.pages.confidence import Rate, Stratum, compute_wilson_interval, estimate_rate

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3, and values of R's prop.test without
# continuity correction.
KNOWN = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
    (10, 10, 0.7225, 1.0),
    (5, 10, 0.2366, 0.7634),
]


@pytest.mark.parametrize(("hits", "count", "low", "high"), KNOWN)
def test_wilson(hits: int, count: int, low: float, high: float) -> None:
    assert compute_wilson_interval(hits / count, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "count", "low", "high"), KNOWN)
def test_a_sample_of_a_whole_without_end_has_wilsons_interval(
    hits: int, count: int, low: float, high: float
) -> None:
    found = estimate_rate([Stratum(10**9, count, hits)])
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert found.rate == pytest.approx(hits / count)


def test_a_rate_is_certain_if_every_page_was_probed() -> None:
    assert estimate_rate([Stratum(10, 10, 3), Stratum(30, 30, 0)]) == Rate(0.075, 0.075, 0.075)


def test_a_rate_is_unknown_if_no_page_was_probed() -> None:
    assert estimate_rate([]) == estimate_rate([Stratum(5, 0, 0)]) == Rate(0.0, 0.0, 1.0)


def test_a_stratum_counts_by_its_size() -> None:
    # One page in ten of the large file is bad, every page of the small one.
    found = estimate_rate([Stratum(900, 10, 1), Stratum(100, 10, 10)])
    assert found.rate == pytest.approx(0.19)
    assert found.low < 0.19 < found.high


def test_an_uneven_sample_is_worth_less_than_an_even_one() -> None:
    even = estimate_rate([Stratum(1_000, 50, 5), Stratum(1_000, 50, 5)])
    uneven = estimate_rate([Stratum(1_000, 90, 9), Stratum(1_000, 10, 1)])
    assert even.rate == uneven.rate == pytest.approx(0.1)
    assert uneven.high - uneven.low > even.high - even.low


def test_a_good_part_of_all_is_worth_more_than_a_small_one() -> None:
    small, large = (estimate_rate([Stratum(size, 100, 10)]) for size in (100_000, 120))
    assert large.high - large.low < small.high - small.low
    # Ten are bad and ninety are not, whatever the other twenty are.
    assert large.low >= 10 / 120
    assert large.high <= 30 / 120


@st.composite
def strata(draw: st.DrawFn) -> list[Stratum]:
    found = []
    for _ in range(draw(st.integers(1, 5))):
        size = draw(st.integers(1, 100))
        probed = draw(st.integers(0, size))
        found.append(Stratum(size, probed, draw(st.integers(0, probed))))
    return found


@given(strata())
def test_the_share_lies_within_its_bounds_and_these_within_what_is_possible(found: list[Stratum]) -> None:
    result = estimate_rate(found)
    assert 0 <= result.low <= result.rate <= result.high <= 1
    assert not any(map(math.isnan, (result.low, result.rate, result.high)))
