"""What a job counts as its findings is what a check of all rules finds, for the cases of all rules."""

from typing import Any

import pytest

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.services.recording import recorded_findings
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import record_job, run_checks
from tests.integration.audit.test_rules import CASES, database, db

__all__ = ("database", "db")

FAMILIES = ("SM1", "SM2", "SM4", "SM6")
"""The rules about files; those about entries and pages say nothing new here, and take long."""
JOBS = {
    name: case for name, (rule, side, case) in CASES.items() if side == "bad" and rule.startswith(FAMILIES)
}


def describe(found: Finding) -> tuple[Any, ...]:
    return found.rule, found.sitemap, found.severity


@pytest.mark.asyncio(loop_scope="module")
async def test_each_finding_of_a_job_is_one_of_its_check(db: Database) -> None:
    odd = list[tuple[Any, ...]]()
    for number, (name, case) in enumerate(JOBS.items()):
        tenant = f"agreement {number}"
        job = await record_job(db, case, tenant=tenant)
        async with db.reading() as session:
            counted = await recorded_findings.list_findings(session, job)
        checked = (await run_checks(db, tenant, job, CheckOptions(parse_selection()))).findings
        counts = {describe(each): each.count for each in checked}
        odd += [(name, *describe(each)) for each in counted if counts.get(describe(each), 0) < each.count]
        assert all(each.severity is not Severity.INFO for each in counted)
    assert odd[:20] == []
