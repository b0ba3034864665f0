"""A parse case is two files in ``tests/data/parse``: a document, and a JSON file with what it holds.

The JSON says in one sentence what the case ``shows``, and may name the ``base_url`` and the ``charset`` that
came with the document. A document named ``.gz`` is decompressed first; ``content_encoding`` may come with it,
and ``faults`` are the codes of what the decoder found. Problems are compared without their messages, which
are for people and may get better, and without the entries that they belong to, which
``test_problem_entries.py`` compares.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.model.values import Item, Problem
from sitemap_cli.parse.reader import DocumentReader, read_document

CASES = Path(__file__).parents[2] / "data" / "parse"
DOCUMENTS = sorted(path for path in CASES.iterdir() if path.suffix != ".json")
MAX_BYTES = 100 * 1024 * 1024


def plain(item: Item) -> dict[str, Any]:
    values = {key: value for key, value in msgspec.to_builtins(item).items() if value is not None}
    values.pop("message", None)
    if isinstance(item, Problem):
        values.pop("entry", None)
    return {"type": type(item).__name__.lower(), **values}


def summary(reading: DocumentReader) -> dict[str, Any]:
    names = ("kind", "encoding", "complete", "bytes", "urls", "sitemaps", "problems", "generator")
    return {name: getattr(reading, name) for name in names}


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def result(path: Path, case: dict[str, Any], size: int) -> dict[str, Any]:
    """Return what the reader makes of a case if its document comes in chunks of ``size`` bytes."""
    pieces = chunks(path.read_bytes(), size)
    decoder = Decoder(max_bytes=MAX_BYTES, content_encoding=case.get("content_encoding"))
    if path.suffix == ".gz":
        pieces = decode_chunks(pieces, decoder)
    reading = read_document(
        pieces,
        base_url=case.get("base_url"),
        charset=case.get("charset"),
        is_truncated=lambda: decoder.fault is not None,
    )
    items = [plain(item) for batch in reading for item in batch]
    found = {"items": items, "summary": summary(reading)}
    if path.suffix == ".gz":
        codes = [decoder.fault.reason] if decoder.fault else []
        found["faults"] = codes + [problem.code for problem in decoder.problems]
    return found


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {key: case[key] for key in ("items", "summary", "faults") if key in case}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", [1, 1024 * 1024])
def test_every_case_is_read_as_expected_with_any_chunk_size(path: Path, size: int) -> None:
    case = json.loads(path.with_suffix(".json").read_text())
    assert result(path, case, size) == expected(case)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_problem_has_a_message_in_printable_ascii(path: Path) -> None:
    items = [item for batch in read_document([path.read_bytes()]) for item in batch]
    problems = [item for item in items if isinstance(item, Problem)]
    assert all(problem.message.isascii() and problem.message.isprintable() for problem in problems)


def test_every_case_has_both_files_and_a_description() -> None:
    assert {path.stem for path in DOCUMENTS} == {path.stem for path in CASES.glob("*.json")}
    shows = [json.loads(path.read_text())["shows"] for path in CASES.glob("*.json")]
    assert len(set(shows)) == len(shows) >= 600
    assert all(len(each.split()) >= 3 for each in shows)
