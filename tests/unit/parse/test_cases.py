"""A parse case is two files in ``tests/data/parse``: a document, and a JSON file with what it holds.

Problems are compared without their messages, which are for people and may get better.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sitemap_cli.model import Item
from sitemap_cli.parse.reader import Reading, read

CASES = Path(__file__).parents[2] / "data" / "parse"
DOCUMENTS = sorted(path for path in CASES.iterdir() if path.suffix != ".json")


def plain(item: Item) -> dict[str, Any]:
    values = {key: value for key, value in msgspec.to_builtins(item).items() if value is not None}
    values.pop("message", None)
    return {"type": type(item).__name__.lower(), **values}


def summary(reading: Reading) -> dict[str, Any]:
    names = ("kind", "encoding", "complete", "bytes", "urls", "sitemaps", "problems", "generator")
    return {name: getattr(reading, name) for name in names}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_read_as_its_case_says(path):
    expected = json.loads(path.with_suffix(".json").read_text())
    reading = read([path.read_bytes()], base_url=expected.get("base_url"))
    items = [plain(item) for batch in reading for item in batch]
    assert items == expected["items"]
    assert summary(reading) == expected["summary"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_size_of_the_chunks_changes_nothing(path):
    expected = json.loads(path.with_suffix(".json").read_text())
    data = path.read_bytes()
    reading = read((data[at : at + 1] for at in range(len(data))), base_url=expected.get("base_url"))
    assert [plain(item) for batch in reading for item in batch] == expected["items"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_problem_has_a_message_in_printable_ascii(path):
    problems = [item for batch in read([path.read_bytes()]) for item in batch if hasattr(item, "message")]
    assert all(problem.message.isascii() and problem.message.isprintable() for problem in problems)


def test_every_case_has_both_of_its_files():
    assert {path.stem for path in DOCUMENTS} == {path.stem for path in CASES.glob("*.json")}
    assert len(DOCUMENTS) >= 100
