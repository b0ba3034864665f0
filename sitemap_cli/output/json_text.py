"""Encodes values as JSON that is harmless to a terminal."""

import json
from typing import Any

import msgspec

from sitemap_cli.output.escaping import escape_json


def encode_json(value: Any, *, indent: int | None = None) -> bytes:
    """Return a value or struct as JSON with a line break at the end: on one line, or indented."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(
        value, indent=indent, separators=separators, ensure_ascii=False, default=msgspec.to_builtins
    )
    return f"{escape_json(text)}\n".encode()
