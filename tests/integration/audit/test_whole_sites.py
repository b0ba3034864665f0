"""Whole sites: one on which no rule fires, and one with more than sixty planted defects."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.model.values import Finding
from sitemap_cli.spool import open_spool
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case

AUDITS = Path(__file__).parents[2] / "data" / "audits"
SITE = "https://example.com"


def load_site(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((AUDITS / f"{name}.yaml").read_text()))


def locate(finding: Finding) -> tuple[str, str | None]:
    return finding.rule, finding.sitemap.removeprefix(SITE) if finding.sitemap else None


@pytest.mark.parametrize("engine", [None, "google", "bing", "yandex"])
async def test_no_rule_fires_on_a_clean_site(db: Database, engine: str | None) -> None:
    clean = load_site("clean")
    findings = await check_case(db, {**clean, "before": clean, **({"engine": engine} if engine else {})})
    assert [(each.rule, each.message) for each in findings] == []


async def test_every_planted_defect_is_found_and_nothing_else(db: Database) -> None:
    site = load_site("defects")
    planted = {(rule, where) for rule, where in site["planted"]}
    with open_spool() as spool:
        found = {locate(each) for each in await check_case(db, site, spool=spool)}
    assert len(planted) > 60
    assert planted - found == set(), "not found"
    assert found - planted == set(), "false alarms"
