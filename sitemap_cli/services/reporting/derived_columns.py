"""Columns of listed URLs that are made of other columns: of the extensions, or of the URL."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from sitemap_cli.model.site_sections import find_section
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.url_columns import EXTENSION_FIELDS, SECTION
from sitemap_cli.storage.models import entries

LOC, EXTENSIONS = "loc", "extensions"

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def list_stored_columns(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the table that fields are made of, and always the URL."""
    wanted = {LOC, *fields}
    if not wanted.isdisjoint(EXTENSION_FIELDS):
        wanted.add(EXTENSIONS)
    return tuple(each.name for each in entries.c if each.name in wanted)


def derive_columns(
    stored: Mapping[str, TextColumn], size: int, fields: Sequence[str], constants: Mapping[str, str]
) -> Mapping[str, TextColumn]:
    """Return the columns of these fields, and of all stored ones.

    Args:
        stored: the columns of the table.
        size: the number of entries.
        fields: the names of the columns.
        constants: the values of the fields that are the same for all entries.
    """
    columns = dict(stored)
    for name in fields:
        if name in constants:
            columns[name] = TextColumn.repeat(constants[name], size)
        elif name == SECTION:
            columns[name] = TextColumn.join([find_section(loc or "") for loc in stored[LOC].split()])
        elif name in EXTENSION_FIELDS:
            columns[name] = _map_extensions(stored[EXTENSIONS], _make_getter(name))
    return columns


def find_extensions(column: TextColumn, keys: Collection[str]) -> list[bool]:
    """Return for each entry whether it has all of these extensions."""
    wanted = frozenset(keys)
    return [each is not None and wanted <= _decode(each).keys() for each in column.split()]


def _map_extensions(column: TextColumn, get: Callable[[str], str | None]) -> TextColumn:
    if column.is_absent:
        return column
    return TextColumn.join([None if each is None else get(each) for each in column.split()])


def _make_getter(key: str) -> Callable[[str], str | None]:
    """Return a function that returns the JSON of an extension."""
    mark = f'"{key}":'

    def get(extensions: str) -> str | None:
        value = _decode(extensions).get(key) if mark in extensions else None
        return None if value is None else bytes(value).decode()

    return get
