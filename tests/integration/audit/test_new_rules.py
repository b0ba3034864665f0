"""A new rule or fact is one file: nothing else in the project changes."""

import contextlib
import importlib
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.audit import engine
from sitemap_cli.audit.rule import SECTIONS, Rule
from sitemap_cli.services.checking import fact_gathering
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case
from tests.markdown import FENCED
from tests.new_rule import ROOT, SKELETONS, create_rule, describe_next_steps

RULE = """
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM998", Severity.INFO, Scope.SITE, needs=("longest_url",))
def long_url(site: SiteFact) -> Hits:
    yield Hit(f"the longest URL has {site.other_facts['longest_url']} characters")
"""
FACT = """
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.storage.models import entries


@fact("longest_url")
async def gather_longest_url(session: AsyncSession, source: FactSource) -> int:
    documents = list(source.site.sitemaps_by_document)
    query = select(func.max(func.length(entries.c.loc))).where(entries.c.document_id.in_(documents))
    return await session.scalar(query) or 0
"""


def clear_caches() -> None:
    engine.discover_rules.cache_clear()
    fact_gathering.discover_facts.cache_clear()


@contextlib.contextmanager
def found_in(package: str, folder: Path) -> Iterator[None]:
    """Let the files of a folder be found as if they lay in a package."""
    parent = importlib.import_module(package)
    before = list(parent.__path__)
    parent.__path__.append(str(folder))
    clear_caches()
    try:
        yield
    finally:
        parent.__path__[:] = before
        for file in folder.glob("*.py"):
            sys.modules.pop(f"{package}.{file.stem}", None)
        clear_caches()


def rule_of(id_: str) -> Rule:
    return next(rule for rule in engine.discover_rules() if rule.id == id_)


async def findings_of(db: Database, id_: str, cases: dict[str, Any]) -> list[tuple[str, str]]:
    """The kind of every case and the id of each of its findings."""
    found = []
    for kind in ("bad", "good"):
        for name, case in cases[kind].items():
            findings = await check_case(db, case, tenant=f"{id_} {kind} {name}", select=[id_])
            found += [(kind, finding.rule) for finding in findings]
            named = {key: case[key] for key in ("severity", "count", "loc") if key in case}
            for finding in findings[:1]:
                assert {key: getattr(finding, key) for key in named} == named
                assert case.get("message", "") in finding.message
    return found


@pytest.fixture
async def sqlite_db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


def example_of(language: str) -> str:
    """The block in a language of the section about rules in CONTRIBUTING."""
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A rule, step by step")[2]
    return next(text for kind, text in FENCED.findall(section) if kind == language)


async def test_the_example_in_contributing_is_true(tmp_path: Path, sqlite_db: Database) -> None:
    command, _, printed = example_of("console").partition("\n")
    name, family = command.split()[4], command.split()[6]
    id_, (file, cases) = create_rule(name, family, tmp_path)
    expected = describe_next_steps(id_, name, [each.relative_to(tmp_path) for each in (file, cases)])
    (example,) = set(re.findall(r"SM\d{3}", printed))
    assert command == f"$ .venv/bin/python -m tests.new_rule {name} --family {family}"
    assert printed.strip().replace(example, id_) == expected
    file.write_text(example_of("python").replace(example, id_))
    with found_in(f"sitemap_cli.audit.rules.{family}", file.parent):
        assert rule_of(id_).name == name
        assert set(SECTIONS) - {"Systems"} == set(rule_of(id_).sections)
        found = await findings_of(sqlite_db, id_, yaml.safe_load(example_of("yaml"))[example])
    assert found == [("bad", id_), ("bad", id_)]


@pytest.mark.parametrize("family", SKELETONS)
async def test_the_skeleton_of_a_rule_works(family: str, tmp_path: Path, sqlite_db: Database) -> None:
    id_, (file, cases) = create_rule("a-new-rule", family, tmp_path)
    with found_in(f"sitemap_cli.audit.rules.{family}", file.parent):
        rule = rule_of(id_)
        assert (rule.name, rule.family) == ("a-new-rule", family)
        found = await findings_of(sqlite_db, id_, yaml.safe_load(cases.read_text())[id_])
    assert found == [("bad", id_)]
    assert all(each.id != id_ for each in engine.discover_rules())


async def test_a_new_fact_is_there_for_the_rules_that_need_it(tmp_path: Path, sqlite_db: Database) -> None:
    for name, text in (("rules", RULE), ("facts", FACT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "longest_url.py").write_text(text)
    with (
        found_in("sitemap_cli.audit.rules.entries", tmp_path / "rules"),
        found_in("sitemap_cli.services.checking", tmp_path / "facts"),
    ):
        (finding,) = await check_case(sqlite_db, {"urls": ["/a", "/abc"]}, select=["SM998"])
    assert finding.message == "the longest URL has 23 characters"


def test_a_rule_is_not_made_twice(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        create_rule("loc-fragment", "entries", tmp_path)
    assert list(tmp_path.iterdir()) == []
