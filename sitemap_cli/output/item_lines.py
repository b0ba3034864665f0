"""Writes what the reader hands out as JSON Lines, quickly where an entry has no extensions."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.model.values import Child, Entry, Item
from sitemap_cli.output import json_lines
from sitemap_cli.output.escaping import escape_json
from sitemap_cli.output.iso_times import format_utc

_ENCODER = msgspec.json.Encoder()
_TYPES: dict[type, str] = {Entry: "url", Child: "sitemap"}


class _Url(msgspec.Struct, tag_field="type", tag="url", omit_defaults=True, gc=False):
    """A plain entry as it is written."""

    loc: str
    lastmod: str | None = None
    lastmod_utc: str | None = None
    changefreq: str | None = None
    priority: str | None = None
    line: int | None = None
    source: str | None = None


def write_items(stream: BinaryIO, items: Iterable[Item], source: str | None = None) -> None:
    """Write each item on a line with its ``type``, and with its ``source`` where there is one to tell."""
    for plain, run in groupby(items, _is_plain):
        (_write_plain if plain else _write_records)(stream, list(run), source)


def _is_plain(item: Item) -> bool:
    return type(item) is Entry and item.extensions is None


def _write_plain(stream: BinaryIO, entries: list[Any], source: str | None) -> None:
    shaped = [
        _Url(
            each.loc,
            each.lastmod,
            format_utc(each.lastmod_utc),
            each.changefreq,
            each.priority,
            each.line,
            source,
        )
        for each in entries
    ]
    try:
        text = _ENCODER.encode_lines(shaped).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot say
        _write_records(stream, entries, source)
    else:
        stream.write(escape_json(text).encode())


def _write_records(stream: BinaryIO, items: list[Any], source: str | None) -> None:
    json_lines.write_records(stream, (_item_to_record(each, source) for each in items))


def _item_to_record(item: Item, source: str | None) -> dict[str, Any]:
    fields = msgspec.structs.asdict(item)
    return {"type": _TYPES.get(type(item), "problem"), **fields, "source": source}
