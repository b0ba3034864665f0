"""Writes records as JSON Lines."""

from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.output.values import utc

_ENCODER = msgspec.json.Encoder()


def write(stream: BinaryIO, records: Iterable[dict[str, Any]]) -> None:
    """Write each record on a line; fields that are None are left out, extensions stand beside the fields."""
    stream.write(_ENCODER.encode_lines([_shaped(record) for record in records]))


def _shaped(record: dict[str, Any]) -> dict[str, Any]:
    shaped = {name: value for name, value in record.items() if value is not None}
    if "lastmod_utc" in shaped:
        shaped["lastmod_utc"] = utc(shaped["lastmod_utc"])
    extensions = shaped.pop("extensions", None)
    if isinstance(extensions, str):
        extensions = msgspec.json.decode(extensions)
    return shaped | extensions if extensions else shaped
