"""Sections and sitemaps that lost URLs, in either database."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from sitemap_cli.model.values import Severity
from sitemap_cli.services.shared.section_counts import count_sections
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document
from tests.integration.audit.checking import check_case, record_job

Site = Mapping[str, Any]


def build_site(**sections: int) -> Site:
    """Return a site with numbers of URLs by the names of sections; each is a sitemap of its own."""
    names = sorted(sections)
    pages: dict[str, Any] = {"/sitemap.xml": {"index": [f"/{name}.xml" for name in names]}}
    for name in names:
        entries = [{"loc": f"/{name}/{name}-{{n}}", "repeat": sections[name]}]
        pages[f"/{name}.xml"] = {"urls": entries}
    return {"pages": pages}


async def find_losses(db: Database, before: Site, now: Site) -> list[tuple[str, Severity, str | None, str]]:
    findings = await check_case(db, {**now, "before": before}, select=["SM801", "SM808"])
    return [(each.rule, each.severity, each.sitemap, each.message) for each in findings]


@pytest.mark.parametrize("left", [500, 0])
async def test_a_site_that_keeps_its_number_of_urls_but_loses_a_section(db: Database, left: int) -> None:
    before, now = build_site(products=1200, blog=800), build_site(products=left, blog=2000 - left)
    rule, severity, *_, message = (await find_losses(db, before, now))[0]
    assert (rule, severity) == ("SM801", Severity.ERROR)
    assert message.startswith(f"/products/ lost URLs since the last complete job: 1,200 -> {left} (-")


async def test_sections_with_wildcards_in_their_names(db: Database) -> None:
    before, now = build_site(a_b=100, axb=100), build_site(a_b=20, axb=180)
    (found,) = await find_losses(db, before, now)
    assert found[3].endswith("100 -> 20 (-80%), such as https://example.com/a_b/a_b-20")


async def test_a_section_with_many_losses_is_said_once_for_its_total(db: Database) -> None:
    (found,) = await find_losses(db, build_site(products=100, blog=100), build_site(products=20, blog=100))
    assert found[3] == (
        "40.0% fewer URLs than in the last complete job: from 200 to 120; /products/ 100 -> 20 (-80%)"
    )


async def test_a_section_moves(db: Database) -> None:
    before = {"urls": [{"loc": "/shop/lamp-{n}", "repeat": 50}, "/"]}
    now = {"urls": [{"loc": "/products/lamp-{n}", "repeat": 50}, "/"]}
    (found,) = await find_losses(db, before, now)
    assert found[0] == "SM808"
    assert found[3].startswith("50 URLs moved from /shop/ to /products/")


async def test_documents_of_an_older_version_are_counted_when_a_job_uses_them(db: Database) -> None:
    site = build_site(products=30, blog=20)
    first = await record_job(db, site)
    async with db.transaction() as session:
        await session.execute(update(Document).values(sections=None))
        assert await count_sections(session, first) is None
    second = await record_job(db, site)
    async with db.reading() as session:
        assert await count_sections(session, second) == {"/products/": 30, "/blog/": 20}
        assert await count_sections(session, first) == {"/products/": 30, "/blog/": 20}
