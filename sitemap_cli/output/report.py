"""What a check has to tell, for every format that tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sitemap_cli.model.values import Finding, Severity


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a reader wants to know of a rule: how severe it is by default, what it means, how to fix it.

    ``source`` is the address of the document that demands it, if there is one.
    """

    id: str
    name: str
    severity: Severity
    summary: str
    fix: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedTarget:
    """One target that was checked.

    ``target`` is as the user named it; ``job_id``, ``status``, ``verdict`` and ``error`` are those of the job
    behind it. ``new`` are the findings that count, by rule and sitemap: all of them, unless there is a
    baseline. ``files`` are the local files behind sitemaps, by address, if there are any.
    """

    target: str
    domain: str
    job_id: str
    status: str
    verdict: str | None
    error: str | None
    findings: tuple[Finding, ...]
    sitemaps: int = 0
    urls: int = 0
    exit_code: int = 0
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one ``check``: the targets in the order they were named, and what the process says.

    ``rules`` are those that were broken, by id; ``checked`` is how many rules ran. ``fail_on`` is the
    severity from which on findings fail the check, None for never. ``excused`` counts what configured
    exceptions cover, ``known`` what the baseline does.
    """

    checks: tuple[CheckedTarget, ...]
    rules: Mapping[str, RuleInfo]
    checked: int
    fail_on: Severity | None
    exit_code: int
    excused: int = 0
    known: int = 0

    def is_failure(self, finding: Finding) -> bool:
        """Whether a finding is severe enough to fail the check."""
        return self.fail_on is not None and finding.severity.rank <= self.fail_on.rank
