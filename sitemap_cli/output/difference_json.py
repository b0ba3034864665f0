"""Differences as JSON values, encoded thousands at a time."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sitemap_cli.model.difference import ChangedEntry, split_fields
from sitemap_cli.output.escaping import COMMAND, escape_json
from sitemap_cli.output.field_changes import list_field_changes
from sitemap_cli.output.json_text import encode_json

_ENCODER = msgspec.json.Encoder()
_COMMAND = COMMAND.encode()


def encode_lines(values: Sequence[Any]) -> bytes:
    """Return each value as JSON on a line, harmless to a terminal."""
    try:
        lines = _ENCODER.encode_lines(values)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape but UTF-8 cannot encode
        return b"".join(map(encode_json, values))
    harmless = lines.isascii() and b"\x7f" not in lines and _COMMAND not in lines
    return lines if harmless else escape_json(lines.decode()).encode()


def build_changes(entries: Sequence[ChangedEntry], **others: str) -> list[dict[str, Any]]:
    """Return changed entries with a pair of values for each field that differs.

    ``others`` are further fields of each, behind the URL.
    """
    fields = split_fields(entries) if entries else {}
    if all(values.is_same for name, values in fields.items() if name != "lastmod"):
        return [
            {"loc": each.loc, **others, "lastmod": (each.old.lastmod, each.new.lastmod)} for each in entries
        ]
    return [
        {"loc": each.loc, **others, **{name: (old, new) for name, old, new in list_field_changes(each)}}
        for each in entries
    ]
