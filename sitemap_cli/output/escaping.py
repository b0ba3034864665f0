"""Escapes characters in text from the network that could harm a terminal."""

import json
import re

# Control characters, and the ones that reorder, join or hide text.
# https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
# https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
_HARMFUL = (
    "\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_IN_TEXT = re.compile(f"[\x00-\x1f{_HARMFUL}]")
# JSON escapes the characters below the space itself, and has line breaks only between values.
HARMFUL = re.compile(f"[{_HARMFUL}]")
# What GitHub Actions reads as a command: "::" at the beginning of a line, and this anywhere.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
COMMAND = "##["
_COLONS = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


PRINTABLE = bytes(range(0x20, 0x7F))
"""The printable characters of ASCII."""


def consists_of(text: str, characters: bytes) -> bool:
    """Return whether a text has only some characters of ASCII, much faster than a regular expression."""
    return text.isascii() and not text.encode().translate(None, characters)


def escape_text(text: str) -> str:
    """Return the text on one line, with every harmful character as an escape."""
    if text.isprintable():
        return text
    return _IN_TEXT.sub(lambda match: ascii(match[0])[1:-1], text)


def escape_line(text: str) -> str:
    """Return the text as a line that neither a terminal nor a pipeline acts on."""
    return defuse_line(escape_text(text))


def defuse_line(line: str) -> str:
    """Return a line that GitHub Actions does not read as a command."""
    if line.lstrip().startswith("::"):
        line = line.replace("::", r"\x3a:", 1)
    return line.replace(COMMAND, r"\x23#[") if COMMAND in line else line


def defuse_xml(encoded: str) -> str:
    """Return XML of the same meaning, without a line that GitHub Actions reads as a command."""
    text = encoded.replace(COMMAND, "&#35;#[") if COMMAND in encoded else encoded
    return _COLONS.sub(r"\1&#58;", text) if "::" in text else text


def escape_json(encoded: str) -> str:
    """Return JSON of the same meaning, with every harmful character as a JSON escape."""
    if COMMAND in encoded:
        encoded = encoded.replace(COMMAND, r"\u0023#[")
    if encoded.isascii() and "\x7f" not in encoded:
        return encoded
    return HARMFUL.sub(_escape_match, encoded)


def _escape_match(match: re.Match[str]) -> str:
    # json.dumps does not escape DEL.
    return r"\u007f" if match[0] == "\x7f" else json.dumps(match[0])[1:-1]
