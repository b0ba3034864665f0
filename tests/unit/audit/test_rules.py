"""No fault goes without a finding: whatever makes a sitemap unreadable, or loses a part of it, has a rule."""

import dataclasses

import pytest

from sitemap_cli.audit import engine
from sitemap_cli.audit.facts import ProblemFact, SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Scope
from sitemap_cli.model import Severity
from sitemap_cli.parse.problems import NATURES
from sitemap_cli.services.verdicts import BY_REASON

URL = "https://example.com/sitemap.xml"
READ = SitemapFact(
    url=URL,
    final_url=URL,
    kind="urlset",
    status_code=200,
    bytes=1_000,
    wire_bytes=300,
    urls=7,
    content_type="application/xml",
    etag='"1"',
    days={"20000": 7},
)


def found(sitemap: SitemapFact) -> set[tuple[str, Severity]]:
    """The ids and severities that single sitemaps are found guilty of."""
    site = SiteFact(url="https://example.com/", sitemaps=(sitemap,))
    running = [rule for rule in engine.rules() if rule.scope is Scope.DOCUMENT]
    return {(rule.id, hit.severity or rule.severity) for rule, _, hit in engine.judge(site, running)}


def errors(sitemap: SitemapFact) -> set[str]:
    return {rule for rule, severity in found(sitemap) if severity is Severity.ERROR}


@pytest.mark.parametrize("reason", sorted(BY_REASON))
def test_a_sitemap_that_could_not_be_had_is_an_error_of_one_rule(reason: str) -> None:
    failed = dataclasses.replace(READ, kind=None, urls=0, status_code=None, error=reason, error_message="why")
    expected = 0 if reason == "empty" else 1
    assert len(errors(failed)) == expected
    assert found(failed)


@pytest.mark.parametrize("code", sorted(NATURES))
def test_a_problem_of_a_document_has_a_rule(code: str) -> None:
    nature = NATURES[code]
    problem = ProblemFact(code, nature.severity, 3, (Hit("it is so", line=12),))
    error = code if nature.lost else None
    kind = None if code in ("html-instead", "not-a-sitemap", "empty", "nested-compression") else "urlset"
    broken = dataclasses.replace(READ, kind=kind, problems=(problem,), error=error, error_message="it is so")
    assert len({rule for rule, _ in found(broken)}) == 1, found(broken)


def test_the_exact_count_is_kept_where_not_all_places_are() -> None:
    problem = ProblemFact("lastmod-invalid", Severity.WARNING, 50_000, (Hit("a", line=1), Hit("b", line=2)))
    hits = list(dataclasses.replace(READ, problems=(problem,)).told("lastmod-invalid"))
    assert [(hit.message, hit.line, hit.count) for hit in hits] == [("a", 1, 49_999), ("b", 2, 1)]


def test_a_sitemap_that_is_well_is_well() -> None:
    assert found(READ) == set()
