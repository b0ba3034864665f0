"""A site with thousands of small sitemaps is checked with few statements, and as exactly as any other."""

import pytest

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Finding
from sitemap_cli.services.checking import entry_columns, finding_places
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import check_job
from tests.integration.audit.checking import record_job
from tests.integration.audit.sites import SITE
from tests.integration.statements import listing_statements

MANY = 60


def build_case(sitemaps: int) -> dict[str, object]:
    """Return a site with sitemaps of three entries: one has a fragment, and one an invalid lastmod."""
    listed = "".join(f"Sitemap: {SITE}/s{number:02}.xml\n" for number in range(sitemaps))
    pages = {
        f"/s{number:02}.xml": {
            "urls": [f"/{number}/a", f"/{number}/b#c", {"loc": f"/{number}/d", "lastmod": "yesterday"}]
        }
        for number in range(sitemaps)
    }
    return {"robots": f"User-agent: *\n{listed}", "pages": pages}


async def check(db: Database, job_id: str) -> tuple[Finding, ...]:
    options = CheckOptions(parse_selection())
    return (await check_job(db, "default", job_id, options, concludes=False)).outcome.findings


async def test_more_sitemaps_need_no_more_statements(db: Database) -> None:
    counts = list[int]()
    for sitemaps in (MANY // 2, MANY):
        job_id = await record_job(db, build_case(sitemaps))
        with listing_statements() as statements:
            found = await check(db, job_id)
        fragments = [each for each in found if each.rule == "SM306"]
        assert [(each.loc, each.line) for each in fragments] == [
            (f"{SITE}/{number}/b#c", fragments[0].line) for number in range(sitemaps)
        ]
        counts.append(len(statements))
    # The second job has one to compare with.
    assert counts[1] - counts[0] <= MANY // 10


@pytest.mark.parametrize("together", [1, 7])
async def test_the_findings_are_the_same_however_many_documents_come_together(
    db: Database, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    job_id = await record_job(db, build_case(MANY))
    usual = await check(db, job_id)
    assert {"SM306", "SM321"} <= {each.rule for each in usual}
    monkeypatch.setattr(entry_columns, "MOST_TOGETHER", together)
    monkeypatch.setattr(finding_places, "MAX_KEYS", together)
    assert await check(db, job_id) == usual
