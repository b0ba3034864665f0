"""``--deadline`` bounds the rules of a check, whatever they do; what was found by then is reported."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit import engine
from sitemap_cli.audit.gate import Gate
from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Severity
from sitemap_cli.services.checking import checks, fact_gathering
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import check
from tests.integration.audit.checking import record_job
from tests.patience import PATIENCE, stretched

SITE = {"urls": ["/a", "/b#c", "/d"]}
GATE = Gate(Severity.ERROR, 0)


async def _check(
    db: Database, deadline: float = math.inf, select: Sequence[str] = ()
) -> tuple[check.CheckedJob, int]:
    job_id = await record_job(db, SITE)
    options = CheckOptions(parse_selection(select=select))
    checked = await check.check_job(db, "default", job_id, options, gate=GATE, deadline=deadline)
    report = check.build_report([checked], GATE, options.selection.select_rules())
    return checked, report.exit_code


@pytest.fixture
def without_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "GRACE", 0.0)
    monkeypatch.setattr(check, "LEAST", 0.0)


async def test_a_check_with_time_is_complete(db: Database) -> None:
    checked, code = await _check(db, PATIENCE)
    assert (checked.outcome.is_cut, code) == (False, 0)
    assert "SM306" in {each.rule for each in checked.outcome.findings}


@pytest.mark.usefixtures("without_grace")
async def test_a_check_without_time_says_that_it_is_cut(db: Database) -> None:
    checked, code = await _check(db, 0.0)
    assert (checked.outcome.is_cut, code) == (True, 3)
    assert check.CUT in checked.notes


async def test_a_fact_that_takes_too_long_is_given_up(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_session: AsyncSession, _source: Any, _name: str) -> None:
        await asyncio.sleep(PATIENCE)

    monkeypatch.setattr(fact_gathering, "gather_fact", hang)
    monkeypatch.setattr(check, "GRACE", 0.0)
    start = time.monotonic()
    checked, code = await _check(db, 0.1)
    assert time.monotonic() - start < stretched(PATIENCE / 2)
    assert (checked.outcome.is_cut, code) == (True, 3)
    assert "more time (--deadline)" in checked.outcome.idle.values()


async def test_what_was_found_before_the_end_is_reported(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The time is over as soon as the rules have seen the first entries.
    has_time, asked = checks.RunningCheck.has_time, list[str]()
    check_batch = engine.check_batch

    def note_batch(*arguments: Any) -> Any:
        yield from check_batch(*arguments)
        asked.append("over")

    def has_time_left(self: checks.RunningCheck) -> bool:
        self.until = -math.inf if asked else math.inf
        return has_time(self)

    monkeypatch.setattr(engine, "check_batch", note_batch)
    monkeypatch.setattr(checks.RunningCheck, "has_time", has_time_left)
    job_id = await record_job(db, SITE)
    checked = await check.check_job(db, "default", job_id, CheckOptions(), gate=GATE)
    assert "SM306" in {each.rule for each in checked.outcome.findings}


async def test_a_check_that_is_cut_accepts_no_job(db: Database, without_grace: None) -> None:
    del without_grace
    checked, _ = await _check(db, 0.0)
    async with db.reading() as session:
        check_of_job = await checks.start_check(session, "default", checked.result.job_id, CheckOptions())
    assert check_of_job.job.gate is None
