"""Reports of made-up groups of sites."""

from sitemap_cli.model.results import (
    Comparison,
    FailureGroup,
    FindingCounts,
)
from sitemap_cli.model.site_report import (
    GroupReport,
    GroupRow,
    GroupRule,
    ReportDocument,
)
from sitemap_cli.model.values import Status, Verdict
from tests.report_facts import FINDINGS
from tests.report_samples import document

VERDICTS = [
    *[Verdict.OK] * 14,
    Verdict.PARTIAL,
    Verdict.BLOCKED,
    Verdict.ABSENT,
    Verdict.DNS,
    Verdict.TIMEOUT,
]


def group_row(number: int) -> GroupRow:
    """One site of a group."""
    verdict = VERDICTS[number % len(VERDICTS)]
    is_ok = verdict is Verdict.OK
    comparison = (
        (Comparison.CHANGED if number % 3 else Comparison.UNCHANGED) if is_ok else Comparison.STILL_FAILING
    )
    if not is_ok and number % 11 == 0:
        comparison = Comparison.NEWLY_FAILING
    return GroupRow(
        domain=f"site-{number:04}.example",
        job_id=f"01a228fe-{number:04}-724b-8ae1-ed7d7ea766dc",
        status=Status.COMPLETED if is_ok else Status.FAILED,
        verdict=verdict,
        error=None if is_ok else f"the server responds with {verdict.value}",
        finished_at="2026-11-29T04:12:00.000Z",
        sitemaps=1 + number % 40,
        urls=(number * 7_919) % 90_000 if is_ok else 0,
        added=number % 211 if is_ok else None,
        removed=number % 37 if is_ok else None,
        comparison=comparison,
        previous_verdict=Verdict.OK,
        counts=FindingCounts(number % 3, number % 5, 0),
        first=["SM302", "SM321"][: number % 3],
        tags=["retail"] if number % 2 else [],
    )


def site_group(number: int = 40) -> ReportDocument:
    """A group of sites."""
    rows = [group_row(each) for each in range(number)]
    verdicts: dict[str, int] = {}
    comparisons: dict[Comparison, int] = {}
    for row in rows:
        assert row.verdict is not None
        assert row.comparison is not None
        verdicts[row.verdict.value] = verdicts.get(row.verdict.value, 0) + 1
        comparisons[row.comparison] = comparisons.get(row.comparison, 0) + 1
    failures = [
        FailureGroup(
            Comparison.STILL_FAILING,
            verdict,
            f"the server responds with {verdict}",
            sites,
            ["site-0015.example"],
        )
        for verdict, sites in verdicts.items()
        if verdict != "ok"
    ]
    rules = [
        GroupRule(
            rule=each.rule,
            name=each.name,
            severity=each.severity,
            summary=each.summary,
            fixes=each.fixes,
            link=each.link,
            sites=max(1, number * (len(FINDINGS) - place) // 6),
            places=each.places,
            domains=[row.domain for row in rows[:12]],
        )
        for place, each in enumerate(FINDINGS)
    ]
    return document(
        GroupReport(
            name="retail",
            batch_id="01a228fe-b7c7-7cb6-a38d-e1738e5dbc70",
            started_at="2026-11-29T04:00:00.000Z",
            finished_at="2026-11-29T04:40:00.000Z",
            sites=number,
            urls=sum(row.urls for row in rows),
            verdicts=verdicts,
            comparisons=comparisons,
            failures=failures,
            rules=rules,
            rows=rows,
        )
    )
