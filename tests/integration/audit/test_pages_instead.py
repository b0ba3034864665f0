"""Servers that send HTML pages where sitemaps are looked for: one error, which names the cause."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Severity
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import check_job
from tests.integration.audit.checking import record_job

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "audits" / "pages" / "servers.yaml").read_text()
)


@pytest.mark.parametrize("name", CASES)
async def test_one_finding_names_the_cause_in_the_words_of_the_job(name: str, db: Database) -> None:
    case = CASES[name]
    job_id = await record_job(db, {**case["site"], "guess": True}, tenant=name)
    checked = await check_job(db, name, job_id, CheckOptions(parse_selection()))
    error = re.sub(r"\b[34]\d (?=usual)", "N ", checked.result.error or "") or None
    assert (checked.result.verdict, error) == (case["verdict"], case["error"])
    found = [each for each in checked.outcome.findings if each.severity is not Severity.INFO]
    assert [each.rule for each in found] == case["findings"]
    if case["findings"] == ["SM607"]:
        assert found[0].message == checked.result.error
