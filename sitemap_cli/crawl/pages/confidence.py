"""How sure a share is that was found in a sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""Of 95 %, two-sided."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the whole: its ``size``, how many of it were ``asked``, and how many of these were hits."""

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
    """The bounds of a share that was found in ``count`` independent draws.

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
    """The share of hits in the whole, each stratum weighted by its size.

    Wilson's interval, for as many draws as would be as good as these: fewer where the strata are asked
    unevenly, more where a good part of all was asked, and beyond all doubt where that was everything.
    Strata of which nothing was asked are taken to be as the others.
    """
    asked = [each for each in strata if each.probed]
    size = sum(each.size for each in asked)
    if not size:
        return Rate(0.0, 0.0, 1.0)
    share = sum(each.size / size * each.hits / each.probed for each in asked)
    low, high = compute_wilson_interval(share, _draws(strata, asked, size))
    whole, hits = sum(each.size for each in strata), sum(each.hits for each in asked)
    clean = sum(each.probed for each in asked) - hits
    # What was seen is certain.
    return Rate(share, min(share, max(low, hits / whole)), max(share, min(high, 1 - clean / whole)))


def _draws(strata: Sequence[Stratum], asked: Sequence[Stratum], size: int) -> float:
    """How many independent draws are as good."""
    variance = sum((each.size / size) ** 2 * (1 - each.probed / each.size) / each.probed for each in asked)
    if len(asked) < len(strata):
        # One page stands for many documents: nothing is known for sure of those that were left out.
        variance = max(variance, 1 / sum(each.probed for each in asked))
    return math.inf if variance <= 0 else 1 / variance
