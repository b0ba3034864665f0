"""Writes the items that the reader yields as JSON Lines, quickly where an entry has no extensions."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.model.line_results import ChildLine, ProblemLine, UrlLine
from sitemap_cli.model.values import Child, Entry, Item, Problem
from sitemap_cli.output.escaping import escape_json
from sitemap_cli.output.iso_times import format_utc
from sitemap_cli.output.json_lines import write_records

_ENCODER = msgspec.json.Encoder()


def write_items(stream: BinaryIO, items: Iterable[Item], source: str | None = None) -> None:
    """Write one item per line with its ``type``, and with the name of its document if there are several."""
    for plain, run in groupby(items, _is_plain):
        (_write_plain if plain else _write_others)(stream, list(run), source)


def _is_plain(item: Item) -> bool:
    return type(item) is Entry and item.extensions is None


def _write_plain(stream: BinaryIO, entries: list[Any], source: str | None) -> None:
    try:
        text = _ENCODER.encode_lines([_build_line(each, source) for each in entries]).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot encode
        _write_others(stream, entries, source)
    else:
        stream.write(escape_json(text).encode())


def _write_others(stream: BinaryIO, items: list[Any], source: str | None) -> None:
    write_records(stream, (_build_record(each, source) for each in items))


def _build_line(entry: Entry, source: str | None) -> UrlLine:
    lastmod_utc = format_utc(entry.lastmod_utc)
    return UrlLine(
        entry.loc, entry.lastmod, lastmod_utc, entry.changefreq, entry.priority, entry.line, source
    )


def _build_record(item: Item, source: str | None) -> msgspec.Struct | dict[str, Any]:
    if isinstance(item, Problem):
        return ProblemLine.from_problem(item, source)
    if isinstance(item, Child):
        return ChildLine(item.loc, item.lastmod, format_utc(item.lastmod_utc), item.line, source)
    return {"type": "url", **msgspec.structs.asdict(item), "source": source}
