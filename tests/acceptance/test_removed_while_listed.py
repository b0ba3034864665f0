"""Domains whose jobs are removed while the URLs of all domains are listed."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework.url_export import _write_columns
from sitemap_cli.cli.framework.url_sources import DomainUrls
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.progress import StepProgress
from sitemap_cli.services.catalog import removal
from sitemap_cli.services.reporting.listed_urls import UrlFilter, Window
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Domain, Job, Sitemap
from tests.runs import analyze_target
from tests.web import urlset


class Disturbed(DomainUrls):
    """The URLs of all domains, of which one is removed once it is known what to read."""

    async def iter_windows(self, db: Database, wanted: UrlFilter) -> AsyncGenerator[Window]:
        async for window in super().iter_windows(db, wanted):
            async with db.transaction() as session:
                of_b = (
                    select(Job.id).join(Domain, Domain.id == Job.domain_id).where(Domain.name == "b.example")
                )
                documents = select(Sitemap.document_id).where(Sitemap.job_id.in_(of_b))
                jobs, known = (await session.scalars(of_b)).all(), (await session.scalars(documents)).all()
                await removal.mark_jobs_removed(session, jobs)
                while await removal.delete_removed_jobs(session):
                    pass
                # The entries are still there: they are deleted in steps.
                await removal.mark_unused_documents(session, [each for each in known if each])
            yield window


@pytest.fixture
async def db(upgraded_database_url: str) -> AsyncIterator[Database]:
    async with Database.open(upgraded_database_url) as opened:
        yield opened


async def test_a_domain_that_is_removed_meanwhile_is_left_out(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.example", "b.example", "c.example"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sitemap.xml").write_bytes(urlset(f"https://{name}/1", f"https://{name}/2"))
        await analyze_target(db, Settings(), str(tmp_path / name), f"https://{name}")
    async with db.transaction() as session:
        await session.execute(update(Job).values(is_local=False, history="/"))
    source, written = Disturbed("default"), list[str]()

    def write(columns: Any) -> None:
        (column,) = columns
        assert isinstance(column, TextColumn)
        written.extend(column.split_filled())

    await _write_columns(db, source, UrlFilter(), ["loc"], write, StepProgress("URLs"), send=None)
    assert written == [f"https://{name}.example/{n}" for name in "ac" for n in (1, 2)]
    assert source.report(Console()) == 3
    warning = "warning: the jobs of 1 domain were removed while their URLs were listed (b.example)\n"
    assert capsys.readouterr().err == warning
