"""A site got worse if less of it is read, it has more errors, or it lists much fewer URLs."""

import pytest

from sitemap_cli.model.results import Comparison, FindingCounts
from sitemap_cli.services.reporting.verdict_changes import (
    JobPair,
    WorseSigns,
    compare_verdicts,
    explain_worse,
)

ERRORS = FindingCounts(3, 0, 0)
WARNINGS = FindingCounts(1, 9, 0)
GOOD = JobPair("completed", "ok", has_previous=True, previous_verdict="ok")
FIRST = JobPair("failed", "blocked", has_previous=False, previous_verdict=None)
PART = JobPair("partial", "partial", has_previous=True, previous_verdict="ok")
BLOCKED = JobPair("failed", "blocked", has_previous=True, previous_verdict="ok")
CASES = {
    "as before": (GOOD, WorseSigns(ERRORS, ERRORS, 900, 1000 - 99), None),
    "newly failing": (BLOCKED, WorseSigns(), "newly failing, was ok"),
    "failing at first": (
        BLOCKED._replace(has_previous=False, previous_verdict=None),
        WorseSigns(),
        None,
    ),
    "still failing": (BLOCKED._replace(previous_verdict="dns"), WorseSigns(ERRORS, ERRORS), None),
    "read in part": (PART, WorseSigns(), "read in part, was ok"),
    "still read in part": (PART._replace(previous_verdict="partial"), WorseSigns(), None),
    "a part again": (PART._replace(previous_verdict="dns"), WorseSigns(ERRORS, WARNINGS), None),
    "cancelled": (GOOD._replace(status="cancelled", verdict="cancelled"), WorseSigns(ERRORS, WARNINGS), None),
    "more errors": (GOOD, WorseSigns(ERRORS, WARNINGS), "3 errors, 1 before"),
    "more warnings": (GOOD, WorseSigns(WARNINGS, FindingCounts(1, 0, 0)), None),
    "fewer URLs": (GOOD, WorseSigns(None, None, 900, 1000), "10% fewer URLs"),
    "a few fewer URLs": (GOOD, WorseSigns(None, None, 901, 1000), None),
    "no URLs before": (GOOD, WorseSigns(None, None, 10, 0), None),
    "all at once": (
        PART,
        WorseSigns(ERRORS, WARNINGS, 0, 10),
        "read in part, was ok; 3 errors, 1 before; 100% fewer URLs",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_worse_is_explained(name: str) -> None:
    pair, signs, reason = CASES[name]
    assert explain_worse(pair, signs) == reason


@pytest.mark.parametrize(
    ("pair", "comparison"),
    [
        (FIRST, Comparison.FIRST_JOB_FAILED),
        (FIRST._replace(status="partial", verdict="partial"), Comparison.FIRST_JOB_FAILED),
        (FIRST._replace(status="completed", verdict="ok"), Comparison.FIRST),
        (FIRST._replace(status="cancelled", verdict="cancelled"), None),
        (BLOCKED, Comparison.NEWLY_FAILING),
        (BLOCKED._replace(previous_verdict="dns"), Comparison.STILL_FAILING),
    ],
)
def test_a_first_job_that_failed_is_not_newly_failing(pair: JobPair, comparison: Comparison | None) -> None:
    assert compare_verdicts(pair) == comparison
