"""Rules over probed pages: on either database, on a clean site, and with a sample."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case

DATA = Path(__file__).parents[2] / "data"
FILES = [
    *(DATA / "rules" / "pages").glob("*.yaml"),
    *(DATA / "rules" / "history" / f"{name}.yaml" for name in ("stale", "removed_still_200")),
]
CASES = {
    f"{rule}: {name}": (rule, case)
    for file in sorted(FILES)
    for rule, cases in yaml.safe_load(file.read_text()).items()
    for name, case in cases["bad"].items()
}
SITE = "https://example.com"


def build_page(path: str) -> dict[str, Any]:
    title, link = f"<title>Page {path}</title>", f'<link rel="canonical" href="{path}">'
    return {"html": f"{title}{link}<body>The text of {path}"}


async def test_rules_find_the_same_on_either_database(db: Database) -> None:
    for name, (rule, case) in CASES.items():
        findings = await check_case(db, case, tenant=name, select=[rule])
        assert [each.rule for each in findings][:1] == [rule], name
        assert case.get("message", "") in findings[0].message, name
        assert case.get("count", findings[0].count) == findings[0].count, name


async def test_no_rule_fires_for_good_pages(db: Database) -> None:
    paths = [f"/{n}" for n in range(30)]
    site = {
        "probe": True,
        "pages": {
            "/sitemap.xml": {"index": ["/a.xml", "/b.xml"]},
            "/a.xml": {"urls": paths[:20]},
            "/b.xml": {"urls": paths[20:]},
            **{path: build_page(path) for path in [*paths, "/"]},
        },
    }
    findings = await check_case(db, {**site, "before": site}, select=["SM7", "SM8"])
    assert [(each.rule, each.message) for each in findings] == []


@pytest.mark.parametrize(("wanted", "most"), [(10, 10), (True, 200)])
async def test_only_requested_pages_are_reported(db: Database, wanted: bool | int, most: int) -> None:
    site = {"probe": wanted, "urls": [{"loc": "/{n}", "repeat": 200}]}
    findings = await check_case(db, site, select=["SM701"])
    assert findings[0].count == most
    assert all(each.line is not None and each.loc for each in findings[0].examples)


async def test_a_page_that_contradicts_itself_is_one_finding(db: Database) -> None:
    both = {"html": '<meta name="robots" content="noindex"><link rel="canonical" href="/x">'}
    fine = {"html": '<link rel="canonical" href="/x">'}
    site = {
        "probe": True,
        "robots": "User-agent: bingbot\nDisallow: /old/\n\nSitemap: {site}/sitemap.xml\n",
        "urls": ["/x", "/both", "/moved", "/old/both", "/old/moved", "/old/a", "/old/b"],
        "pages": {
            "/x": fine,
            "/both": both,
            "/moved": {"to": "/both"},
            "/old/both": both,
            "/old/moved": {"to": "/x"},
            "/old/a": {"html": '<link rel="canonical" href="/old/a">'},
            "/old/b": {"html": '<link rel="canonical" href="/old/b">'},
        },
    }
    rules = ["SM703", "SM704", "SM705", "SM706", "SM716"]
    for engine in ({}, {"engine": "bing"}):
        findings = await check_case(db, site | engine, tenant=str(engine), select=rules)
        assert {(each.rule, each.count) for each in findings} == {("SM706", 2), ("SM716", 4)}
        (disallowed,) = (each for each in findings if each.rule == "SM706")
        assert [disallowed.loc, *(each.loc for each in disallowed.examples)] == [
            f"{SITE}/old/a",
            f"{SITE}/old/b",
        ]
    alone = await check_case(db, site, tenant="alone", select=rules[:4])
    assert {(each.rule, each.count) for each in alone} == {
        ("SM703", 2),
        ("SM704", 2),
        ("SM705", 2),
        ("SM706", 4),
    }
