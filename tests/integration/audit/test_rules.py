"""Every rule fires on its bad cases and not on its good ones.

The cases are in ``tests/data/rules``: a YAML file for each file of rules, in which each id has ``bad`` and
``good`` cases, each with a name. A case is a site as :mod:`tests.integration.audit.sites` describes it, with
``engine`` and other options of ``check``; ``before`` is the site at an earlier job, ``files`` those of a
local build (:mod:`tests.integration.audit.builds`). What a bad case says of ``count``, ``severity``, ``loc``,
``line``, ``file``, ``sitemap``, ``message`` (a part of it) or ``fix`` (the case) must be true of the first
finding; ``causes`` are its causes with their counts, ``findings`` is the number of findings.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule import Rule
from sitemap_cli.model.values import Finding
from sitemap_cli.spool import open_spool
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case

ANY_TEXT = "…"
"""What stands for any text in the sample message of a rule, such as a date."""

FIELDS = ("count", "severity", "loc", "line", "sitemap", "file")
DATA = Path(__file__).parents[2] / "data" / "rules"


def load_cases() -> Iterator[tuple[str, str, str, Any]]:
    for file in sorted(DATA.rglob("*.yaml")):
        for rule, cases in yaml.safe_load(file.read_text()).items():
            for side in ("bad", "good"):
                yield from ((rule, side, name, case) for name, case in cases[side].items())


CASES = {f"{rule} {side}: {name}": (rule, side, case) for rule, side, name, case in load_cases()}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("rules") / "rules.db")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(database: str) -> AsyncIterator[Database]:
    """One database for all cases: half of the time of a case went into opening it and compiling SQL."""
    async with Database.open(database) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", CASES)
async def test_a_rule_finds_its_bad_cases_and_no_good_one(name: str, db: Database) -> None:
    rule, side, case = CASES[name]
    # With a tenant of its own, no case finds the job of another one as its previous job.
    with open_spool() as spool:
        findings = await check_case(
            db, case, tenant=name, spool=spool if side == "bad" else None, select=[rule]
        )
    assert {each.rule for each in findings} == ({rule} if side == "bad" else set())
    if side == "bad":
        expected = {key: case[key] for key in FIELDS if key in case}
        assert {key: getattr(findings[0], key) for key in expected} == expected
        assert case.get("message", "") in findings[0].message
        if "causes" in case:
            found = {each.cause: each.count for each in findings[0].causes}
            assert found == {str(cause): count for cause, count in case["causes"].items()}
        if "fix" in case:
            assert [each.case for each in findings[0].fixes] == [case["fix"]]
        assert len(findings) == case.get("findings", len(findings))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "rule", [each for each in discover_rules() if "Message" in each.sections], ids=lambda rule: rule.id
)
async def test_the_message_in_the_documentation_is_that_of_a_case(rule: Rule, db: Database) -> None:
    sample = " ".join(rule.sections["Message"].split())
    pattern = re.compile(".+".join(map(re.escape, sample.split(ANY_TEXT))))
    bad = [case for id_, side, case in CASES.values() if (id_, side) == (rule.id, "bad")]
    found = list[str]()
    for number, case in enumerate(sorted(bad, key=lambda case: not _is_likely(case, sample))):
        findings = await check_case(db, case, tenant=f"{rule.id} message {number}", select=[rule.id])
        found += [message for each in findings for message in _list_messages(each)]
        if any(pattern.fullmatch(" ".join(message.split())) for message in found):
            return
    pytest.fail(f"{sample!r} is none of {sorted(set(found))}")


def _is_likely(case: dict[str, Any], sample: str) -> bool:
    """Return whether the case says of its message what the sample has."""
    return case.get("message", "\n") in sample


def _list_messages(finding: Finding) -> list[str]:
    return [finding.message, *(each.message for each in (*finding.examples, *finding.causes))]


def test_every_rule_has_good_and_bad_cases() -> None:
    have = {(rule, side) for rule, side, _ in CASES.values()}
    assert {(rule.id, side) for rule in discover_rules() for side in ("bad", "good")} == have
