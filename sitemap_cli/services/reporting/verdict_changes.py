"""How a job compares with the previous job of the same history: the one definition of "worse"."""

from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.model.results import Comparison, FindingCounts
from sitemap_cli.model.values import UNFINISHED, Status, Verdict

WORSE_DROP = 0.1
"""Share of lost URLs that makes a site worse; the same as the default of ``--max-drop``."""

_BEST = 2


class JobPair(NamedTuple):
    """A job and the verdict of the previous one; ``has_previous`` says that there is one."""

    status: str
    verdict: str | None
    has_previous: bool
    previous_verdict: str | None
    has_other_urls: bool = False


class WorseSigns(NamedTuple):
    """What a job and the previous one found, and the URLs of the last two complete jobs, where known."""

    findings: FindingCounts | None = None
    previous_findings: FindingCounts | None = None
    urls: int | None = None
    previous_urls: int | None = None

    @property
    def change(self) -> int | None:
        """How many more URLs there are."""
        return None if self.urls is None or self.previous_urls is None else self.urls - self.previous_urls

    @property
    def share(self) -> float | None:
        """The change as a share of the previous URLs; unknown if there were none."""
        return self.change / self.previous_urls if self.change is not None and self.previous_urls else None


def compare_verdicts(pair: JobPair) -> Comparison | None:
    """Return how a job compares with the previous one; None if it has not ended or was cancelled."""
    if pair.status in (*UNFINISHED, Status.CANCELLED):
        return None
    now, then = _rate(pair.verdict), _rate(pair.previous_verdict)
    if not pair.has_previous:
        return Comparison.FIRST if now == _BEST else Comparison.FIRST_JOB_FAILED
    if now != then:
        fell = Comparison.WORSE if now else Comparison.NEWLY_FAILING
        return Comparison.RECOVERED if now > then else fell
    if now != _BEST:
        return Comparison.STILL_FAILING
    return Comparison.CHANGED if pair.has_other_urls else Comparison.UNCHANGED


def explain_worse(pair: JobPair, signs: WorseSigns) -> str | None:
    """Return why a site got worse; None if it did not.

    It did if its last job reads less of it than the previous one, has more errors, or if the last complete
    job lists much fewer URLs than the one before.
    """
    comparison = compare_verdicts(pair)
    if comparison in (None, Comparison.RECOVERED):
        return None
    return "; ".join(_list_reasons(comparison, pair, signs)) or None


def _list_reasons(comparison: Comparison | None, pair: JobPair, signs: WorseSigns) -> Iterator[str]:
    if comparison is Comparison.NEWLY_FAILING:
        yield f"newly failing, was {pair.previous_verdict}"
    if comparison is Comparison.WORSE:
        yield f"read in part, was {pair.previous_verdict}"
    now, then = signs.findings, signs.previous_findings
    if now is not None and then is not None and now.error > then.error:
        yield f"{now.error:,} error{'s' * (now.error > 1)}, {then.error:,} before"
    if signs.share is not None and signs.share <= -WORSE_DROP:
        yield f"{-signs.share:.0%} fewer URLs"


def _rate(verdict: str | None) -> int:
    """Return how much was read: all, a part, or nothing."""
    return {Verdict.OK: _BEST, Verdict.PARTIAL: 1}.get(Verdict(verdict), 0) if verdict else 0
