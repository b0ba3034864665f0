"""Entries of sitemaps that are valid by the schema of the protocol, made of columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.output.escaping import COMMAND
from sitemap_cli.output.sitemap_extensions import ExtensionWriter
from sitemap_cli.output.sitemap_notes import SitemapNotes
from sitemap_cli.output.sitemap_values import (
    Column,
    list_changefreqs,
    list_lastmods,
    list_locs,
    list_priorities,
)

VALUES: tuple[str, ...] = ("lastmod", "changefreq", "priority")
FIELDS = ("loc", *VALUES, "lastmod_utc", "extensions")

Texts = Sequence[str | None]
Moments = Sequence[int | None]
Values = Mapping[str, Texts]


class Entries(NamedTuple):
    """Elements, each on a line, the lastmods in them as seconds, and whether extensions may be in them."""

    texts: Sequence[str] = ()
    moments: Moments = ()
    are_extended: bool = False


class EntryWriter:
    """Makes entries of columns, and counts what it has to change or to leave out."""

    __slots__ = ("_extensions", "_notes")

    def __init__(self, notes: SitemapNotes) -> None:
        self._notes = notes
        self._extensions = ExtensionWriter(notes)

    def write_entries(self, fields: Sequence[str], columns: Sequence[TextColumn]) -> Entries:
        """Return the entries that a sitemap may contain."""
        given = {name: column for name, column in zip(fields, columns, strict=True) if not column.is_absent}
        if "loc" not in given or not given["loc"].size:
            return Entries()
        locs = self._note("loc", given["loc"].split_filled(), list_locs)
        size = len(locs)
        values: Values = {name: given[name].split() for name in VALUES if name in given}
        moments = given["lastmod_utc"].split_numbers() if "lastmod_utc" in given else [None] * size
        elements = self._list_elements(given.get("extensions"))
        if None in locs:
            kept = [loc is not None for loc in locs]
            values = {name: [*compress(texts, kept)] for name, texts in values.items()}
            moments, elements = [*compress(moments, kept)], [*compress(elements, kept)]
        written = [loc for loc in locs if loc is not None]
        if not written:
            return Entries()
        self._notes.count_origins(written)
        chosen = dict(self._choose_values(values, moments))
        dates = chosen.get("lastmod", [None] * len(written))
        if None in dates:
            moments = [None if date is None else at for date, at in zip(dates, moments, strict=True)]
        texts = _join_entries(written, chosen, elements)
        return Entries(texts, moments, bool(elements))

    def _choose_values(self, values: Values, moments: Moments) -> Iterator[tuple[str, Texts]]:
        choose: Mapping[str, Callable[[Texts], Column]] = {
            "lastmod": lambda texts: list_lastmods(texts, moments),
            "changefreq": list_changefreqs,
            "priority": list_priorities,
        }
        for name, texts in values.items():
            yield name, self._note(name, texts, choose[name])

    def _note(self, name: str, values: Texts, choose: Callable[[Any], Column]) -> Texts:
        """Return the values to write of a field, and count the others."""
        texts, rewritten = choose(values)
        if texts is not values:
            self._notes.rewritten[name] += rewritten
            self._notes.left_out[name] += texts.count(None) - values.count(None)
        return texts

    def _list_elements(self, column: TextColumn | None) -> Sequence[str]:
        """Return the extensions of each entry as XML; none at all if no entry has any."""
        if column is None:
            return ()
        elements = self._extensions.list_elements(column)
        if COMMAND in column.text:
            return [each.replace(COMMAND, "&#35;#[") for each in elements]
        return elements


def _join_entries(locs: Sequence[str], values: Values, elements: Sequence[str]) -> list[str]:
    """Return the entries: in the template, a value that is missing somewhere is in its element already."""
    columns, template = list[Texts]([_escape(locs)]), "<url><loc>%s</loc>"
    for name, texts in values.items():
        if None not in texts:
            template += f"<{name}>%s</{name}>"
            columns.append(texts)
        elif texts.count(None) < len(texts):
            template += "%s"
            columns.append([f"<{name}>{text}</{name}>" if text is not None else "" for text in texts])
    if elements:
        template += "%s"
        columns.append(elements)
    return [*map(f"{template}</url>\n".__mod__, zip(*columns, strict=True))]


def _escape(locs: Sequence[str]) -> Sequence[str]:
    """Return URLs of RFC 3986, of whose characters two are special in XML."""
    joined = "\n".join(locs)
    if "&" in joined or "'" in joined:
        return joined.replace("&", "&amp;").replace("'", "&apos;").split("\n")
    return locs
