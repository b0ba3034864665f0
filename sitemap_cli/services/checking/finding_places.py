"""Look up the entries that places of findings are in: URL and line by position, by line or by URL."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.place_log import Place
from sitemap_cli.model.values import Kind
from sitemap_cli.storage.models import children, entries

MAX_KEYS = 10_000
"""Places that one statement looks up; SQLite limits the parameters of a statement."""


class EntryKey(NamedTuple):
    """What identifies the entry of a place: its position, its line or its URL.

    ``entry`` is a position among the URLs of the document, the others are of the children in an index.
    """

    kind: str
    value: int | str


async def fill_places(
    session: AsyncSession, site: SiteFact, places: Iterable[tuple[str | None, Place]]
) -> None:
    """Load the URLs and lines that are missing in places, which come with the URL of their sitemap."""
    incomplete = defaultdict[str, list[tuple[EntryKey, Place]]](list)
    for url, place in places:
        key = _find_entry_key(place)
        if url is not None and key is not None:
            incomplete[url].append((key, place))
    for url, found in incomplete.items():
        sitemap = site.sitemaps_by_url.get(url)
        if sitemap is not None and sitemap.document is not None and (sitemap.urls or sitemap.children):
            for some in _split(found):
                await _fill_document_places(session, sitemap, some)


def _split(found: Sequence[tuple[EntryKey, Place]]) -> Iterator[Sequence[tuple[EntryKey, Place]]]:
    return (found[at : at + MAX_KEYS] for at in range(0, len(found), MAX_KEYS))


def _find_entry_key(place: Place) -> EntryKey | None:
    """Return what identifies the entry of a place; None if nothing is missing or it is in no entry.

    A place without a position is of a job of an older version, or of a rule that only knows its line.
    """
    hit = place.hit
    if hit.file is not None:
        return None
    if place.position:
        return EntryKey("position" if hit.index is None else "entry", place.position)
    if hit.loc is not None:
        return None if hit.line else EntryKey("loc", hit.loc)
    return EntryKey("line", hit.line) if hit.line and place.position is None else None


async def _fill_document_places(
    session: AsyncSession, sitemap: SitemapFact, places: Sequence[tuple[EntryKey, Place]]
) -> None:
    """Load the missing URLs and lines of places in one document."""
    keys = defaultdict[str, set[Any]](set)
    for key, _ in places:
        keys[key.kind].add(key.value)
    found = dict[EntryKey, tuple[str, int | None]]()
    for kind, values in keys.items():
        for value, loc, line in await session.execute(_select_entries(sitemap, kind, values)):
            found.setdefault(EntryKey(kind, value), (loc, line))
    for key, place in places:
        if key in found:
            place.fill_entry(*found[key])


def _select_entries(sitemap: SitemapFact, kind: str, values: Iterable[Any]) -> Select[Any]:
    """Return a SELECT of the key, the URL and the line of entries, or of the children of an index.

    A line is only a key if a single entry begins there: many generators write all entries on one line.
    """
    table = (children if sitemap.kind == Kind.INDEX and kind != "entry" else entries).c
    columns = {"entry": table.position, "position": table.position, "line": table.line, "loc": table.loc}
    key: ColumnElement[Any] = columns[kind]
    query = select(key.label("key")).where(table.document_id == sitemap.document, key.in_(values))
    if kind == "line":
        query = query.add_columns(func.min(table.loc), func.min(table.line))
        return query.group_by(table.line).having(func.count() == 1)
    return query.add_columns(table.loc, table.line).order_by(table.position)
