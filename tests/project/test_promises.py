"""SECURITY.md is true: every test that it names exists, and every promise names one."""

import ast
import re
from pathlib import Path

import pytest

from tests.markdown import Page

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PROMISE = re.compile(r"^### (\d+\. .+)$", re.MULTILINE)
TEXT = Page.of(ROOT / "SECURITY.md").text
PROMISES = dict(zip(PROMISE.findall(TEXT), PROMISE.split(TEXT)[2::2], strict=True))


def list_tests(file: Path) -> set[str]:
    """Return the names of the test functions of a module."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {each.name for each in nodes if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_names_tests_that_exist(promise: str) -> None:
    named = NAMED.findall(PROMISES[promise])
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in list_tests(ROOT / file)] == []


def test_there_are_all_promises_in_their_order() -> None:
    assert [int(each.partition(".")[0]) for each in PROMISES] == list(range(1, 16))
