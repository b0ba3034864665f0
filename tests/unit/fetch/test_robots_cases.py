"""A robots.txt case is two files in ``tests/data/robots``: the file, and a JSON file with what it says.

The JSON file has one sentence about what the case ``shows``, and perhaps a ``base_url``. Sitemaps and
problems that it does not name must not be there; groups are compared only if it names them. Messages of
problems are for people and may get better. The expected values are those of RFC 9309 and of what search
engines document.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.fetch.robots.robots_lines import SEVERITIES
from sitemap_cli.fetch.robots.robots_txt import Group, RobotsTxt

CASES = Path(__file__).parents[2] / "data" / "robots"
FILES = sorted(CASES.glob("*.txt"))
SOURCES = Path(__file__).parents[3] / "sitemap_cli" / "fetch" / "robots"
KEYS = {"shows", "base_url", "readable", "sitemaps", "groups", "problems", "signals", "tests"}


def case(path: Path) -> tuple[dict[str, Any], RobotsTxt]:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return expected, RobotsTxt(path.read_bytes(), expected.get("base_url"))


def plain(group: Group) -> dict[str, Any]:
    delay = {} if group.crawl_delay is None else {"crawl_delay": group.crawl_delay}
    return {"agents": group.agents, "rules": group.rules, "line": group.line, **delay}


def answer(robots: RobotsTxt, test: dict[str, Any]) -> dict[str, Any]:
    url, agent = test["url"], test["agent"]
    return {**test, "allowed": robots.is_allowed(url, agent), "rule": robots.find_deciding_rule(url, agent)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_parsed_as_its_case_expects(path):
    expected, robots = case(path)
    problems = [{"code": each.code, "severity": each.severity, "line": each.line} for each in robots.problems]
    assert problems == expected.get("problems", [])
    assert [{"loc": each.loc, "line": each.line} for each in robots.sitemaps] == expected.get("sitemaps", [])
    assert robots.is_readable is expected.get("readable", True)
    signals = [
        {"agents": list(each.agents), "signals": each.signals, "line": each.line}
        | ({} if each.field == "Content-Signal" else {"field": each.field})
        | ({} if each.path is None else {"path": each.path})
        for each in robots.content_signals
    ]
    assert signals == expected.get("signals", signals)
    if "groups" in expected:
        assert [plain(group) for group in robots.groups] == expected["groups"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rules_decide_as_the_case_expects(path):
    expected, robots = case(path)
    tests = expected.get("tests", [])
    assert [answer(robots, test) for test in tests] == tests


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_has_a_message_in_printable_ascii(path):
    messages = [each.message for each in case(path)[1].problems]
    assert all(message.isascii() and message.isprintable() and len(message) < 400 for message in messages)


def test_every_case_has_two_files_and_a_description():
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.json"))]
    assert {path.stem for path in FILES} == {path.stem for path in CASES.glob("*.json")}
    assert len(FILES) >= 45
    assert all(each["shows"].endswith(".") and each.keys() <= KEYS for each in cases)


def test_every_problem_is_in_the_table_and_in_the_code():
    code = "".join(path.read_text() for path in SOURCES.glob("*.py"))
    used = re.findall(r"\.(?:add|add_once)\(\s*\"(robots-[a-z0-9-]+)\"", code)
    assert set(used) == set(SEVERITIES)
