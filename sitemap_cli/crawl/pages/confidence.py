"""Confidence intervals for shares that were found in a stratified sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the whole: how many pages it has, how many were probed, and how many of these are hits."""

    size: int
    probed: int
    hits: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the whole, and the bounds of its 95 % confidence interval."""

    rate: float
    low: float
    high: float


def compute_wilson_interval(share: float, count: float) -> tuple[float, float]:
    """Return the bounds of a share that was found in ``count`` independent draws.

    Source: https://www.itl.nist.gov/div898/handbook/prc/section2/prc241.htm
    """
    if count <= 0:
        return 0.0, 1.0
    if math.isinf(count):
        return share, share
    spread = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    middle, scale = share + Z * Z / (2 * count), 1 + Z * Z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def estimate_rate(strata: Sequence[Stratum]) -> Rate:
    """Return the share of hits in the whole, each stratum weighted by its size.

    The interval is Wilson's for the effective sample size. That is smaller than the number of probed pages
    where strata were sampled unevenly, larger where a good part of a stratum was probed, and infinite where
    all of it was. Strata without probed pages are assumed to be like the others.
    """
    sampled = [each for each in strata if each.probed]
    sampled_size = sum(each.size for each in sampled)
    if not sampled_size:
        return Rate(0.0, 0.0, 1.0)
    share = sum(each.size / sampled_size * each.hits / each.probed for each in sampled)
    low, high = compute_wilson_interval(share, _compute_effective_size(strata, sampled, sampled_size))
    size, hits = sum(each.size for each in strata), sum(each.hits for each in sampled)
    misses = sum(each.probed for each in sampled) - hits
    # The probed pages are certain: the share cannot be below their hits, nor above all but their misses.
    return Rate(share, min(share, max(low, hits / size)), max(share, min(high, 1 - misses / size)))


def _compute_effective_size(
    strata: Sequence[Stratum], sampled: Sequence[Stratum], sampled_size: int
) -> float:
    """Return the number of independent draws with the same variance."""
    variance = sum(
        (each.size / sampled_size) ** 2 * (1 - each.probed / each.size) / each.probed for each in sampled
    )
    if len(sampled) < len(strata):
        # Nothing is known about the strata that were left out, so the sample never counts as complete.
        variance = max(variance, 1 / sum(each.probed for each in sampled))
    return math.inf if variance <= 0 else 1 / variance
