"""One fault is one finding, which says how much a strict parser reads because of it."""

from typing import Any

import pytest

from sitemap_cli.model.values import Severity
from sitemap_cli.services.reporting import job_result
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case, record_job
from tests.integration.audit.test_rules import database, db

__all__ = ("database", "db")

HTTPS = '<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">'
ENTRY = "<url><loc>{site}/%s</loc></url>\n"
FIRST, LAST = ENTRY % "a", ENTRY % "z"
FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unescaped character": ("SM210", {"xml": FIRST + ENTRY % "?b&c" + LAST}, "1 of 3 URLs"),
    "a tag without end": ("SM201", {"xml": FIRST + "<url><loc>{site}/b</url>\n" + LAST}, "1 of 3 URLs"),
    "a wrong namespace": (
        "SM204",
        {"pages": {"/sitemap.xml": {"urls": ["/a"], "root": HTTPS}}},
        "0 of 1 URL",
    ),
    "a name in another case": ("SM206", {"xml": FIRST + "<url><Loc>{site}/b</Loc></url>"}, "1 of 2 URLs"),
    "a relative URL": ("SM302", {"xml": FIRST + "<url><loc>/b</loc></url>"}, "1 of 2 URLs"),
    "a blank line first": (
        "SM203",
        {
            "pages": {
                "/sitemap.xml": {
                    "text": f'\n<?xml version="1.0"?>{HTTPS.replace("https", "http", 1)}{FIRST}</urlset>'
                }
            }
        },
        "0 of 1 URL",
    ),
    "a line that is no URL": (
        "SM212",
        {"pages": {"/sitemap.xml": {"text": "{site}/a\n- {site}/b\n"}}},
        "1 of 2 URLs",
    ),
    "an entry in another element": ("SM213", {"xml": FIRST + f"<part>{LAST}</part>"}, "1 of 2 URLs"),
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", FAULTS)
async def test_one_fault_is_one_finding_with_the_numbers(name: str, db: Database) -> None:
    rule, case, numbers = FAULTS[name]
    findings = await check_case(db, case, tenant=name, select=["SM2", "SM3"])
    assert all(any(numbers in cause.message for cause in each.causes) for each in findings if each.causes)
    told = [each for each in findings if "a strict parser reads" in each.message]
    assert [each.rule for each in told] == [rule]
    assert told[0].message.endswith(f"; a strict parser reads {numbers}")
    assert "SM216" not in {each.rule for each in findings}


@pytest.mark.asyncio(loop_scope="module")
async def test_the_rule_of_its_own_has_the_numbers_where_the_other_one_is_ignored(db: Database) -> None:
    _, case, _ = FAULTS["a wrong namespace"]
    findings = await check_case(db, case, tenant="ignored", ignore=["SM204"])
    (message,) = (each.message for each in findings if each.rule == "SM216")
    assert message.startswith("a strict parser reads 0 of 1 URL: the namespace is 'https://www.")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_result_of_a_job_has_the_numbers_of_each_sitemap_that_is_read_in_part(db: Database) -> None:
    case = {
        "pages": {"/b.xml": {"urls": ["/b"]}},
        "robots": "Sitemap: {site}/sitemap.xml\nSitemap: {site}/b.xml",
    }
    job = await record_job(db, {**FAULTS["an unescaped character"][1], **case}, tenant="result")
    async with db.reading() as session:
        result = await job_result.load_job_result(session, "result", job)
    found = {each.url: each.strict for each in result.sitemaps if each.strict}
    (strict,) = found.values()
    assert list(found) == ["https://example.com/sitemap.xml"]
    assert (strict.read, strict.total, strict.code, strict.line, strict.stops) == (
        1,
        3,
        "unescaped-data",
        4,
        True,
    )


ONE_FAULT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a compressed file that is cut": (
        {"pages": {"/sitemap.xml": {"urls": ["/a", "/b"], "gzip": True, "cut": 40}}},
        ["SM108"],
    ),
    "an empty child of an index": (
        {
            "pages": {
                "/sitemap.xml": {"index": ["/a.xml", "/b.xml"]},
                "/a.xml": {"urls": ["/"]},
                "/b.xml": {"text": ""},
            }
        },
        ["SM405"],
    ),
    "an empty sitemap in robots.txt": ({"pages": {"/sitemap.xml": {"text": ""}}}, ["SM603"]),
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ONE_FAULT)
async def test_one_fault_of_a_file_is_one_finding(name: str, db: Database) -> None:
    case, rules = ONE_FAULT[name]
    findings = await check_case(db, case, tenant=name)
    assert [each.rule for each in findings if each.severity is not Severity.INFO] == rules
