"""The gate of a check: which findings count, and what exit code they give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sitemap_cli.audit.baseline import Baseline, subtract_baseline
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Finding, Severity


@dataclass(frozen=True, slots=True)
class Gate:
    """The conditions under which a check fails.

    ``fail_on`` is the lowest severity that counts; None never fails. Up to ``max_findings`` findings are
    tolerated, each place counted. Findings that the ``baseline`` knows do not count.
    """

    fail_on: Severity | None = Severity.ERROR
    max_findings: int = 0
    baseline: Baseline = field(default_factory=dict)

    def drop_known(self, findings: Iterable[Finding]) -> tuple[list[Finding], int]:
        """Return the findings that the baseline does not know, and the number of places that it knows."""
        return subtract_baseline(findings, self.baseline)

    def list_failures(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that are severe enough to fail a check, and that the baseline does not know."""
        limit = self.fail_on
        if limit is None:
            return []
        return [each for each in self.drop_known(findings)[0] if each.severity.rank <= limit.rank]

    def exit_code(self, verdict: str | None, new: Iterable[Finding]) -> int:
        """Return the exit code for one target, given its verdict and its new findings.

        A site that could not be read or has no sitemap outranks findings; findings outrank a partial read.
        """
        code = exit_codes.for_verdict(verdict)
        if code not in (exit_codes.OK, exit_codes.PARTIAL) or self.fail_on is None:
            return code
        count = sum(each.count for each in new if each.severity.rank <= self.fail_on.rank)
        return exit_codes.FINDINGS if count > self.max_findings else code


def combine_exit_codes(codes: Sequence[int]) -> int:
    """Return the exit code for several targets: 1 if any has findings that fail it."""
    return exit_codes.FINDINGS if exit_codes.FINDINGS in codes else exit_codes.combine(codes)
