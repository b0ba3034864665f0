"""Local builds of common generators, checked with their pages: flawless ones, and ones with planted defects.

The builds are in ``tests/data/builds``, as :mod:`tests.integration.audit.builds` describes them. A faulty one
names what is ``planted``: a rule, and the file and line of a place, from beside the build.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.build_facts import UnlistedFile
from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.crawl.build import unlisted_files
from sitemap_cli.model.values import Severity
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.spool import open_spool
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import check_job
from tests.integration.audit import builds
from tests.integration.audit.checking import check_build, run_checks

BUILDS = Path(__file__).parents[2] / "data" / "builds"
FLAWLESS = sorted(each.stem for each in (BUILDS / "flawless").glob("*.yaml"))
PLANTED = sorted(each.stem for each in (BUILDS / "planted").glob("*.yaml"))
# What these builds are not about.
OTHERS = ("SM1", "SM3", "SM4", "SM5", "SM6", "SM8")


def load(kind: str, name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((BUILDS / kind / f"{name}.yaml").read_text()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with Database.open(str(tmp_path_factory.mktemp("builds") / "builds.db")) as opened:
        yield opened


async def check(db: Database, case: dict[str, Any], tenant: str, **options: Any) -> set[tuple[str, str, str]]:
    """Return severity, rule with place, and message of everything that is found in a build."""
    with builds.open_folder(case) as folder, open_spool() as spool:
        build = await builds.record_build(db, case, folder, tenant)
        wanted = build.add_to(CheckOptions(parse_selection(**options), spool=spool))
        outcome = await run_checks(db, tenant, build.job_id, wanted)
        assert outcome.places is not None
        return {
            (
                finding.severity,
                f"{finding.rule} {name_place(build.shorten(each.file), each.line)}",
                build.shorten(each.message),
            )
            for finding in outcome.findings
            for each in outcome.places.read(finding)
        }


def name_place(file: str, line: int | None) -> str:
    return f"{file}:{line}" if file and line else file


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("engine", [None, "google"])
@pytest.mark.parametrize("name", FLAWLESS)
async def test_a_flawless_build_has_no_errors_and_no_warnings(
    name: str, engine: str | None, db: Database
) -> None:
    options = {"engine": engine} if engine else {}
    found = await check(db, load("flawless", name), f"{name} {engine}", **options)
    assert {each for each in found if each[0] is not Severity.INFO} == set()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", PLANTED)
async def test_each_planted_defect_is_found_at_its_line_and_nothing_else(name: str, db: Database) -> None:
    case = load("planted", name)
    found = await check(db, case, name, ignore=OTHERS)
    places = {place for _, place, _ in found}
    assert set(case["planted"]) - places == set(), "not found"
    others = {each for each in found if each[0] is not Severity.INFO and each[1] not in case["planted"]}
    assert others == set(), "false alarms"


def test_there_are_many_builds_and_defects() -> None:
    defects = [each for name in PLANTED for each in load("planted", name)["planted"]]
    assert len(FLAWLESS) >= 5
    assert len(defects) >= 25


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [None, 3])
async def test_a_build_is_read_with_both_databases(upgraded_database_url: str, size: int | None) -> None:
    case = {
        "urls": ["/", {"loc": "/a/{n}/", "repeat": 1_200}, "/a/1/"],
        "files": {"index.html": {"page": "/"}, "b/index.html": {"page": "/b/"}},
        "probe_size": size,
    }
    async with Database.open(upgraded_database_url) as db:
        findings = await check_build(db, case, tenant=f"both {size}", select=["SM750", "SM753"])
    counts = {each.rule: each.count for each in findings}
    assert counts["SM753"] == 1
    assert counts["SM750"] == 1_200 if size is None else counts["SM750"] <= size


@pytest.mark.asyncio
async def test_no_transaction_is_open_while_a_build_is_searched(
    upgraded_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = {"urls": ["/"], "files": {"index.html": {"page": "/"}, "b/index.html": {"page": "/b/"}}}
    opened, seen = list[AsyncSession](), list[int]()
    begin, search = Database.reading, unlisted_files.iterate_unlisted

    @asynccontextmanager
    async def count_transactions(db: Database) -> AsyncIterator[AsyncSession]:
        async with begin(db) as session:
            opened.append(session)
            yield session
        opened.remove(session)

    def count_searches(*arguments: Any) -> Iterator[UnlistedFile | None]:
        seen.append(len(opened))
        return search(*arguments)

    monkeypatch.setattr(Database, "reading", count_transactions)
    monkeypatch.setattr(unlisted_files, "iterate_unlisted", count_searches)
    async with Database.open(upgraded_database_url) as db:
        with builds.open_folder(case) as folder:
            build = await builds.record_build(db, case, folder, "search")
            options = build.add_to(CheckOptions(parse_selection(select=["SM753"])))
            checked = await check_job(db, "search", build.job_id, options)
    assert [each.rule for each in checked.outcome.findings] == ["SM753"]
    assert seen == [0]
