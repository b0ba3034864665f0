"""What a rule is, and the facts it judges by; rules know neither network nor database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sitemap_cli.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """One kind of problem in one sitemap: how often, and where first."""

    code: str
    message: str
    count: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SitemapFact:
    """What is known of one recorded sitemap. ``bytes`` is its decompressed size."""

    url: str
    kind: str | None
    status_code: int | None
    error: str | None
    error_message: str | None
    bytes: int
    wire_bytes: int
    urls: int
    children: int
    problems: tuple[ProblemFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over one sitemap; ``check`` yields a message, with the problem behind it if there is one."""

    id: str
    name: str
    severity: Severity
    check: Callable[[SitemapFact], Iterable[tuple[str, ProblemFact | None]]]

    def findings(self, sitemap: SitemapFact) -> Iterable[Finding]:
        """Judge one sitemap."""
        for message, problem in self.check(sitemap):
            yield Finding(
                rule=self.id,
                name=self.name,
                severity=self.severity,
                message=message,
                sitemap=sitemap.url,
                line=problem.line if problem else None,
                count=problem.count if problem else 1,
            )


def from_problems(*codes: str) -> Callable[[SitemapFact], Iterable[tuple[str, ProblemFact | None]]]:
    """A check that reports what the reader or the fetch already found under one of these codes."""

    def check(sitemap: SitemapFact) -> Iterable[tuple[str, ProblemFact | None]]:
        for problem in sitemap.problems:
            if problem.code in codes:
                yield problem.message, problem

    return check


def from_errors(*reasons: str) -> Callable[[SitemapFact], Iterable[tuple[str, ProblemFact | None]]]:
    """A check that reports a sitemap which failed for one of these reasons."""

    def check(sitemap: SitemapFact) -> Iterable[tuple[str, ProblemFact | None]]:
        if sitemap.error in reasons:
            yield sitemap.error_message or sitemap.error, None

    return check
