"""The fields of an entry that differ between two jobs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from sitemap_cli.model.difference import ChangedEntry
from sitemap_cli.output.escaping import escape_text

TEXT_FIELDS = ("lastmod", "changefreq", "priority")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class FieldChange(NamedTuple):
    """A field with its older and newer value; extensions have lists or objects, None is missing."""

    name: str
    old: Any
    new: Any


def list_field_changes(entry: ChangedEntry) -> list[FieldChange]:
    """Return the fields that differ, those of the protocol first."""
    old, new = entry.old, entry.new
    found = list[FieldChange]()
    if old.lastmod != new.lastmod:
        found.append(FieldChange("lastmod", old.lastmod, new.lastmod))
    if old.changefreq != new.changefreq:
        found.append(FieldChange("changefreq", old.changefreq, new.changefreq))
    if old.priority != new.priority:
        found.append(FieldChange("priority", old.priority, new.priority))
    if old.extensions != new.extensions:
        found += _list_extension_changes(old.extensions, new.extensions)
    return found


def _list_extension_changes(old: str | None, new: str | None) -> Iterator[FieldChange]:
    then, now = (_decode(each) if each else {} for each in (old, new))
    for name in dict.fromkeys((*then, *now)):
        if then.get(name) != now.get(name):
            yield FieldChange(name, then.get(name), now.get(name))


def describe_field_changes(entry: ChangedEntry) -> str:
    """Return the changes on one line: ``lastmod 2026-11-01 -> 2026-11-02, images 3 -> 4``."""
    return ", ".join(map(_describe, list_field_changes(entry)))


def _describe(change: FieldChange) -> str:
    name = escape_text(change.name)
    if change.name in TEXT_FIELDS:
        old, new = (escape_text(each) if each else "none" for each in (change.old, change.new))
        return f"{name} {old} -> {new}"
    old_count, new_count = (_count(each) for each in (change.old, change.new))
    return f"{name} changed" if old_count == new_count else f"{name} {old_count} -> {new_count}"


def _count(value: Any) -> int:
    """Return the number of items of an extension."""
    return len(value) if isinstance(value, list) else int(value is not None)
