"""Every rule names the same pages whether a sitemap is on one line or on many: the cases of all rules."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Finding
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Problem
from tests.integration.audit.checking import check_case, record_job, run_checks
from tests.integration.audit.test_rules import CASES, database, db

__all__ = ("database", "db")

# It says how many bytes a sitemap has.
TIME = re.compile(r"T[\d:]+")
OTHERS = {"SM109 bad: a megabyte as it is"}
BAD = {
    name: (rule, case) for name, (rule, side, case) in CASES.items() if side == "bad" and name not in OTHERS
}


def join_lines(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a case whose sitemaps are on one line, those of an earlier job and of another site, too."""
    inner = {key: join_lines(case[key]) for key in ("before", "against") if key in case}
    return {**case, **inner, "one_line": True}


def list_pages(findings: tuple[Finding, ...]) -> Counter[tuple[Any, ...]]:
    """Return each place without its line, and without the time of day, which may pass."""
    return Counter(
        (each.rule, each.sitemap, each.severity, each.count, place.loc, TIME.sub("", place.message))
        for each in findings
        for place in (each, *each.examples)
    )


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", BAD)
async def test_a_rule_names_the_same_pages_on_one_line(name: str, db: Database) -> None:
    rule, case = BAD[name]
    many = await check_case(db, case, tenant=f"{name}, many lines", select=[rule])
    one = await check_case(db, join_lines(case), tenant=f"{name}, one line", select=[rule])
    assert list_pages(one) == list_pages(many)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("one_line", "loc"), [(False, "https://example.com/b"), (True, None)])
async def test_a_job_of_an_older_version_names_a_page_only_where_it_is_certain(
    db: Database, one_line: bool, loc: str | None
) -> None:
    urls = [{"loc": "/a"}, {"loc": "/b", "lastmod": "yesterday"}, {"loc": "/c"}]
    tenant = f"old, {one_line}"
    job_id = await record_job(db, {"urls": urls, "one_line": one_line}, tenant=tenant)
    async with db.transaction() as session:
        await session.execute(update(Problem).values(position=None))
    outcome = await run_checks(db, tenant, job_id, CheckOptions(parse_selection(select=["SM321"])))
    assert [(each.loc, each.message) for each in outcome.findings] == [(loc, "not a date: 'yesterday'")]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_problem_of_an_index_names_its_child(db: Database) -> None:
    children = [{"loc": "/a.xml"}, {"loc": "/b.xml", "lastmod": "yesterday"}]
    pages = {"/sitemap.xml": {"index": children}, "/a.xml": {"urls": ["/a"]}, "/b.xml": {"urls": ["/b"]}}
    found = await check_case(db, {"pages": pages, "one_line": True}, tenant="index", select=["SM321"])
    assert [each.loc for each in found] == ["https://example.com/b.xml"]


@pytest.mark.asyncio(loop_scope="module")
async def test_an_index_with_a_page_among_its_children_names_the_page(db: Database) -> None:
    inner = (
        "<sitemap><loc>{site}/a.xml</loc></sitemap>"
        "<url><loc>{site}/page</loc><changefreq>often</changefreq></url>"
        "<sitemap><loc>{site}/b.xml</loc></sitemap>"
    )
    root = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    text = f'<?xml version="1.0" encoding="UTF-8"?>{root}{inner}</sitemapindex>'
    pages = {"/sitemap.xml": {"text": text}, "/a.xml": {"urls": ["/a"]}, "/b.xml": {"urls": ["/b"]}}
    found = await check_case(db, {"pages": pages}, tenant="mixed", select=["SM331"])
    assert [each.loc for each in found] == ["https://example.com/page"]
