"""The report of a check, which every report format writes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sitemap_cli.model.check_results import ComparedUrls, ProbedPages, RequestedPages
from sitemap_cli.model.results import JobTotals
from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.values import Finding, FindingPlace, Severity

PROBE_HINT = "--probe checks status, noindex and canonical of listed pages"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report says about a rule: its default severity, what it means, how to fix what it finds.

    ``source`` is the URL of the specification behind it, if there is one; ``page`` is that of the page that
    documents the rule, if it is published. ``format_text`` and ``format_markdown`` return what that page
    says, or nothing. ``why`` says why it matters.
    """

    id: str
    name: str
    severity: Severity
    summary: str
    fix: str
    source: str | None = None
    page: str | None = None
    format_text: Callable[[], str] = str
    format_markdown: Callable[[], str] = str
    why: str = ""

    @property
    def link(self) -> str | None:
        """The URL to read more at: the page of the rule, else its source."""
        return self.page or self.source


@dataclass(frozen=True, slots=True)
class CheckedTarget:
    """One target that was checked.

    ``target`` is what the user named; ``job_id``, ``status``, ``verdict`` and ``error`` are those of its job.
    ``findings`` are the ones that count, by rule and sitemap: all, or those that the baseline does not have.
    ``totals`` say what changed since the previous job.
    ``sections`` are those of the site, if they are known. ``notes`` say what the job was compared with.
    ``part`` is the scope of its job, if that is about a part of a site, and the number of all of its URLs.
    ``pages`` says how its pages responded if the check probed them, ``requested_pages`` how many the rules
    know, and ``page_notes`` the same in words; ``needs_probe`` says that some rules had no page.
    ``together`` are the domains that it was judged together with. ``against`` is the list of
    URLs that it was compared with.
    ``read_places`` returns all places of a finding, if they were collected.
    ``files`` maps the URLs of sitemaps to the local files they were read from, if there are any.
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
    totals: JobTotals | None = None
    sections: tuple[SectionResult, ...] = ()
    exit_code: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    part: tuple[str, int] | None = None
    pages: ProbedPages | None = None
    requested_pages: RequestedPages | None = None
    page_notes: tuple[str, ...] = ()
    needs_probe: bool = False
    together: tuple[str, ...] = ()
    against: ComparedUrls | None = None
    read_places: Callable[[Finding], Iterator[FindingPlace]] | None = None

    @property
    def lacks_pages(self) -> bool:
        """Whether there are pages, rules that check pages, and no page that was requested."""
        known = self.requested_pages
        return self.needs_probe and known is not None and known.of > 0 and not known.requested

    @property
    def separate_error(self) -> str | None:
        """The error of the job, unless a finding has the same text."""
        is_reported = any(each.message == self.error for each in self.findings)
        return None if is_reported else self.error

    def list_places(self, finding: Finding) -> Iterator[FindingPlace]:
        """Yield every place of a finding for a format with ``every_place``; for others, the examples."""
        places = iter(()) if self.read_places is None else self.read_places(finding)
        if (first := next(places, None)) is not None:
            yield first
            yield from places
            return
        yield FindingPlace(finding.message, finding.loc, finding.line, finding.column, file=finding.file)
        for each in finding.examples:
            yield FindingPlace(each.message, each.loc, each.line, each.column, file=each.file)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one ``check``: the targets in the order of the command line, and the exit code.

    ``rules`` are the rules with findings, by id; ``checked`` is the number of rules that had data, ``idle``
    that of the others, and ``needs`` is what they need; ``few`` are the ids of the rules that had data, if
    hardly any had. Findings of the severity ``fail_on`` or worse fail
    the check; None never does. ``excused`` counts the findings that configured exceptions cover, ``known``
    those of the baseline; ``tolerated`` is the number of places that do not fail a target yet.
    """

    checks: tuple[CheckedTarget, ...]
    rules: Mapping[str, RuleInfo]
    checked: int
    fail_on: Severity | None
    exit_code: int
    excused: int = 0
    known: int = 0
    tolerated: int = 0
    idle: int = 0
    needs: tuple[str, ...] = ()
    few: tuple[str, ...] = ()

    @property
    def joint_targets(self) -> list[str]:
        """The targets that were judged together."""
        return [each.target for each in self.checks if each.together]

    @property
    def files(self) -> Mapping[str, str]:
        """The local files of all targets, by the URLs of their sitemaps."""
        return {url: file for checked in self.checks for url, file in checked.files.items()}

    @property
    def missing_pages(self) -> str | None:
        """A note that says that no page was requested, if that is so for some targets."""
        lacking = sum(each.lacks_pages for each in self.checks)
        if not lacking:
            return None
        of = "" if lacking == len(self.checks) else f" of {lacking:,} of {len(self.checks):,} targets"
        return f"No page{of} was requested; {PROBE_HINT}"

    def is_failure(self, finding: Finding) -> bool:
        """Return whether a finding is severe enough to fail the check."""
        return self.fail_on is not None and finding.severity.rank <= self.fail_on.rank
