"""The registry of JSON documents, and their schemas."""

import pytest
from jsonschema import Draft202012Validator
from msgspec import Struct

from sitemap_cli.model import json_documents
from sitemap_cli.model.json_documents import JsonDocument, json_document, register_document
from sitemap_cli.output.json_schema import build_schema


class Line(Struct, omit_defaults=True, tag_field="type", tag="line"):
    """A line that leaves out what it does not know."""

    number: int
    text: str | None = None


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_documents, "_documents", {})


def test_a_list_is_registered_together_with_its_lines() -> None:
    json_document("things", "sitemap things --format json", lines="sitemap things --format jsonl")(Line)
    assert json_documents._documents == {
        "things": JsonDocument("things", list[Line], ("sitemap things --format json",)),
        "things-line": JsonDocument("things-line", Line, ("sitemap things --format jsonl",)),
    }


def test_a_name_is_registered_once() -> None:
    register_document("thing", Line, "sitemap thing")
    with pytest.raises(ValueError, match="two JSON documents are named thing"):
        register_document("thing", Line, "sitemap thing")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"type": "line", "number": 1}, True),
        ({"type": "line", "number": 1, "text": "x"}, True),
        ({"type": "line", "number": 1, "text": None}, False),
        ({"number": 1}, False),
    ],
)
def test_a_field_that_is_left_out_is_never_null(value: object, valid: bool) -> None:
    schema = build_schema(JsonDocument("line", Line, ("sitemap lines",)))
    assert Draft202012Validator(schema).is_valid(value) == valid
