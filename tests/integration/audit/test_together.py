"""Sites that are judged together: what the sitemaps of one say about the pages of another."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Finding
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.spool import Spool, open_spool
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import CheckedJob
from sitemap_cli.tasks.joint_check import StartedCheck, check_together, suggest_together
from tests.integration.audit.checking import record_job

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "audits" / "together" / "sites.yaml").read_text()
)
ORIGINS = {"a": "https://a.com", "b": "https://a.de", "c": "https://a.fr"}
RULES = ["SM308", "SM406", "SM411", "SM412", "SM541", "SM547"]


def expand(value: Any) -> Any:
    """Return a value with the origins in place of their letters."""
    text = json.dumps(value)
    for letter, origin in ORIGINS.items():
        text = text.replace(f'"{letter}/', f'"{origin}/')
    return json.loads(text)


async def record_sites(db: Database, case: dict[str, Any], tenant: str) -> dict[str, str]:
    """Analyze the sites of a case, and return the ids of their jobs by letter."""
    return {
        letter: await record_job(db, {"site": ORIGINS[letter], **expand(site)}, tenant=tenant)
        for letter, site in case["sites"].items()
    }


async def check(db: Database, tenant: str, jobs: list[str], spool: Spool | None = None) -> list[CheckedJob]:
    options = CheckOptions(parse_selection(select=RULES), spool=spool)
    return await check_together(db, tenant, [StartedCheck(each) for each in jobs], options, None)


def describe(letter: str, finding: Finding) -> tuple[Any, ...]:
    return finding.rule, finding.severity, letter, finding.loc, finding.count


@pytest.mark.parametrize("name", CASES)
async def test_sites_are_judged_over_the_sitemaps_of_all(name: str, db: Database) -> None:
    case = CASES[name]
    jobs = await record_sites(db, case, name)
    checked = await check(db, name, [*jobs.values()])
    found = [
        (letter, each) for letter, job in zip(jobs, checked, strict=True) for each in job.outcome.findings
    ]
    expected = [(*each[:3], expand(each[3]), each[5] if len(each) > 5 else 1) for each in case["findings"]]
    assert [describe(*each) for each in found] == expected
    for (_, finding), row in zip(found, case["findings"], strict=True):
        assert row[4] in finding.message
    with open_spool() as spool:
        every = await check(db, name, [*jobs.values()], spool)
        for job, listed in zip(checked, every, strict=True):
            findings = listed.outcome.findings
            assert [describe("", each) for each in findings] == [
                describe("", each) for each in job.outcome.findings
            ]
            assert listed.outcome.places is not None
            for each in findings:
                assert len(list(listed.outcome.places.read(each))) == each.count


async def test_the_result_says_what_was_judged_together_and_what_was_not_read(db: Database) -> None:
    case = CASES["a site that was read in part keeps links to what is not known of it unconfirmed"]
    jobs = await record_sites(db, case, "default")
    first, second = await check(db, "default", [*jobs.values()])
    assert (first.together, second.together) == (("a.de",), ("a.com",))
    assert first.notes == (
        "judged together with a.de: hreflang, cross-submission, duplicates",
        "a.de was not read wholly, so return links there stay unconfirmed",
    )
    assert second.notes == ("judged together with a.com: hreflang, cross-submission, duplicates",)


async def test_a_job_that_is_named_twice_is_no_other_site(db: Database) -> None:
    jobs = await record_sites(db, {"sites": {"a": {"urls": ["/1"]}}}, "default")
    checked = await check(db, "default", [jobs["a"], jobs["a"]])
    assert [each.notes for each in checked] == [("there is no other site to judge it together with",)] * 2


async def test_sites_that_hreflang_links_lead_to_are_suggested_once(db: Database) -> None:
    case = CASES["every return link is in the sitemap of another site"]
    jobs = await record_sites(db, case, "default")
    alone = CheckOptions(parse_selection(select=RULES))
    checked = [
        (await check_together(db, "default", [StartedCheck(each)], alone, None))[0] for each in jobs.values()
    ]
    among = await suggest_together(db, "default", checked)
    assert among is not None
    assert among.startswith("hreflang links lead to a.com, a.de, a.fr, which are checked, too; --together")
    before = await suggest_together(db, "default", checked[:1])
    assert before is not None
    assert "a.de, a.fr, which were analyzed before" in before
    assert before.endswith("sitemap check a.com a.de a.fr --together")
    assert await suggest_together(db, "another tenant", checked[:1]) is None
    assert await suggest_together(db, "default", await check(db, "default", [*jobs.values()])) is None
