import json

import msgspec
import pytest

from sitemap_cli.output.escaping import escape_json, escape_text
from sitemap_cli.output.json_text import encode_json

HARMFUL = {
    "\x1b": r"\x1b",
    "\x00": r"\x00",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\x7f": r"\x7f",
    "\x9b": r"\x9b",
    "\u061c": r"\u061c",
    "\u200b": r"\u200b",
    "\u200f": r"\u200f",
    "\u2028": r"\u2028",
    "\u202e": r"\u202e",
    "\u2066": r"\u2066",
    "\ufeff": r"\ufeff",
    "\ud800": r"\ud800",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.parametrize(("character", "escape"), HARMFUL.items())
def test_a_harmful_character_is_shown_as_an_escape(character: str, escape: str) -> None:
    assert escape_text(f"a{character}b") == f"a{escape}b"


@pytest.mark.parametrize(
    "text", ["", "plain", "[red]markup[/red]", "Größe", "日本語", "🙂", "a\u00a0b", "a\\x1bb"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert escape_text(text) == text
    assert escape_json(json.dumps(text, ensure_ascii=False)) == json.dumps(text, ensure_ascii=False)


@pytest.mark.parametrize("character", HARMFUL)
def test_json_escapes_it_and_means_the_same(character: str) -> None:
    line = encode_json({"loc": f"é{character}b"})
    assert json.loads(line) == {"loc": f"é{character}b"}
    assert escape_text(line.decode().rstrip("\n")) == line.decode().rstrip("\n")


def test_json_is_one_line_or_indented() -> None:
    assert encode_json({"a": [1, None]}) == b'{"a":[1,null]}\n'
    assert encode_json({"a": 1}, indent=2) == b'{\n  "a": 1\n}\n'
    assert msgspec.json.decode(encode_json({"a": "\x7f"})) == {"a": "\x7f"}
