"""Small jobs that are checked together have the findings that each has alone, with few statements."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from sitemap_cli.audit.gate import Gate
from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Acceptance, Severity, Verdict
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.catalog import domain_catalog
from sitemap_cli.services.catalog.group_rows import load_tagged_group
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.services.checking.job_records import JobRecord
from sitemap_cli.services.recording import domains
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, Job
from sitemap_cli.tasks import check, small_checks
from sitemap_cli.tasks.check import CheckedJob, check_job
from sitemap_cli.tasks.group_reporting import build_group_report
from sitemap_cli.tasks.site_reporting import ReportOptions
from sitemap_cli.tasks.small_checks import check_recorded_jobs, check_small_jobs
from tests.integration.audit.checking import record_job
from tests.integration.audit.test_rules import CASES
from tests.integration.statements import listing_statements

TIME = re.compile(r"\d{4}-\d\d-\d\d[ T][\d:.]+")
MOST_PER_SITE = 4
"""Statements that a report may run for one more site: for its entries, its home page and what changed."""


def _move(case: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return a case with a domain of its own, so that jobs of one tenant are not compared."""
    return {**case, "site": f"https://site{number}.test"}


async def _check_together(db: Database, job_ids: list[str], **options: Any) -> dict[str, CheckedJob]:
    found = dict[str, CheckedJob]()

    def keep(record: JobRecord, job: CheckedJob) -> None:
        found[record.job.id] = job

    await check_small_jobs(db, "default", job_ids, CheckOptions(), keep, **options)
    return found


async def test_the_findings_are_those_of_each_job_alone(db: Database) -> None:
    cases = [case for _, side, case in CASES.values() if side == "bad"]
    usable = [each for each in cases if not {"files", "against", "target"} & each.keys()]
    # Some dozens of them, without large sites, are enough.
    usable = [each for each in usable if "repeat" not in repr(each)]
    usable = usable[:: len(usable) // 30]
    ids = list[str]()
    for number, case in enumerate(usable):
        if "before" in case:
            await record_job(db, _move(case["before"], number), days_ago=1)
        ids.append(await record_job(db, _move(case, number)))
    alone = {each: await check_job(db, "default", each, CheckOptions(), concludes=False) for each in ids}
    together = await _check_together(db, ids[::-1])
    assert list(together) == [each for each in ids[::-1] if each in together]
    assert len(together) > len(ids) / 2
    assert together == {each: alone[each] for each in together}


async def test_jobs_that_are_large_packed_or_removed_are_passed_over(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases: list[dict[str, Any]] = [
        {"urls": ["/a"]},
        {"urls": ["/a", "/b", "/c", "/d"]},
        {"urls": ["/packed"]},
    ]
    small, large, packed = [await record_job(db, _move(case, number)) for number, case in enumerate(cases)]
    async with db.transaction() as session:
        await session.execute(
            update(Document).where(Document.first_loc.endswith("/packed")).values(is_packed=True)
        )
    monkeypatch.setattr(small_checks, "MAX_URLS", 3)
    found = await _check_together(db, [small, large, packed, "01a00000-0000-7000-8000-000000000000"])
    assert list(found) == [small]


async def test_a_deadline_cuts_each_of_them(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "GRACE", 0.0)
    monkeypatch.setattr(check, "LEAST", -1.0)
    job_id = await record_job(db, {"urls": ["/a", "/b#c"]})
    found = await _check_together(db, [job_id], deadline=-1.0)
    assert found[job_id].outcome.is_cut
    assert found[job_id].notes == (check.CUT,)


@pytest.mark.parametrize("kind", ["first job", "second job", "another one since"])
async def test_a_report_of_a_group_runs_few_statements_for_one_more_site(db: Database, kind: str) -> None:
    """So a report of thousands of sites stays fast; a fact with a statement of its own would show here."""
    first, second = {"urls": ["/", "/a"]}, {"urls": ["/", "/a", "/b"]}
    histories = {"first job": [first], "second job": [first, first], "another one since": [first, second]}
    names = [f"site{number}.test" for number in range(6)]
    for number in range(6):
        for days, case in enumerate(histories[kind]):
            await record_job(db, _move(case, number), days_ago=len(histories[kind]) - days)
    async with db.transaction() as session:
        known = await domains.ensure_domains(session, "default", names)
        for count, tag in ((3, "three"), (6, "six")):
            await domain_catalog.add_tags(session, {known[name]: [tag] for name in names[:count]})
    few, many = [await _count_statements(db, tag) for tag in ("three", "six")]
    assert (many - few) / 3 <= MOST_PER_SITE


async def _count_statements(db: Database, tag: str) -> int:
    async with db.reading() as session:
        group = await load_tagged_group(session, "default", [tag])
    with listing_statements() as statements:
        options = ReportOptions(lambda _: [], CheckOptions(parse_selection()))
        report = await build_group_report(db, "default", group, options, BatchProgress(0))
    assert report.rules
    assert {each.verdict for each in report.rows} == {Verdict.OK}
    return len(statements)


async def test_jobs_checked_together_are_accepted_and_refused_as_one_by_one(db: Database) -> None:
    whole, part = {"urls": ["/", *(f"/{n}" for n in range(30))]}, {"urls": ["/", "/1"]}
    gate = Gate(Severity.ERROR, 0)
    ids = dict[str, list[str]]()
    for tenant in ("together", "alone"):
        recorded = [
            await record_job(db, _move(case, number), tenant=tenant)
            for number, cases in enumerate(([whole, part, part], [whole, whole], [part], [{}]))
            for case in cases
        ]
        # All but the first job: it was never checked, and becomes the one to compare with.
        ids[tenant] = recorded[1:]
    together = await check_recorded_jobs(db, "together", ids["together"], CheckOptions(), gate)
    alone = [await check_job(db, "alone", each, CheckOptions(), gate=gate) for each in ids["alone"]]
    assert [_describe(each) for each in together] == [_describe(each) for each in alone]
    gates = [await _load_gates(db, tenant) for tenant in ids]
    assert gates[0] == gates[1]
    assert {Acceptance.PASSED, Acceptance.REFUSED} <= set(gates[0])


def _describe(checked: CheckedJob) -> str:
    """Return what a check found, without the id of the job and times, which may be of two minutes."""
    found = checked.notes, checked.outcome.findings, checked.outcome.idle, checked.result.sections
    return TIME.sub("TIME", repr(found).replace(checked.result.job_id, "ID"))


async def _load_gates(db: Database, tenant: str) -> list[str | None]:
    async with db.reading() as session:
        return list(await session.scalars(select(Job.gate).where(Job.tenant == tenant).order_by(Job.id)))
