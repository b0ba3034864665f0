"""Records as JSON Lines."""

from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.model.url_columns import EXTENSION_FIELDS
from sitemap_cli.output.escaping import COMMAND, escape_json
from sitemap_cli.output.iso_times import format_utc
from sitemap_cli.output.json_text import encode_json

_ENCODER = msgspec.json.Encoder()


def write_records(stream: BinaryIO, records: Iterable[msgspec.Struct | dict[str, Any]]) -> None:
    """Write each record on a line.

    Of a dict, fields that are None are left out and extensions are put beside the fields. The value of one
    extension may be given as JSON.
    """
    shaped = [_shape_record(record) if isinstance(record, dict) else record for record in records]
    try:
        lines = _ENCODER.encode_lines(shaped)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape but UTF-8 cannot encode
        stream.writelines(map(encode_json, shaped))
        return
    harmless = lines.isascii() and b"\x7f" not in lines and COMMAND.encode() not in lines
    stream.write(lines if harmless else escape_json(lines.decode()).encode())


def _shape_record(record: dict[str, Any]) -> dict[str, Any]:
    shaped = {name: value for name, value in record.items() if value is not None}
    if "lastmod_utc" in shaped:
        shaped["lastmod_utc"] = format_utc(shaped["lastmod_utc"])
    for key in EXTENSION_FIELDS:
        if isinstance(value := shaped.get(key), str):
            shaped[key] = msgspec.json.decode(value)
    extensions = shaped.pop("extensions", None)
    if isinstance(extensions, str):
        extensions = msgspec.json.decode(extensions)
    return shaped | extensions if extensions else shaped
