"""Look up the entries that places of findings are in: URL and line by position, by line or by URL."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.place_log import Place
from sitemap_cli.model.values import Kind
from sitemap_cli.services.shared.size_groups import split_by_size
from sitemap_cli.storage.models import children, entries

MOST_DOCUMENTS = 50
"""Documents in which one statement looks: a site can have thousands, each with a few places."""
MAX_KEYS = 10_000
"""Places that one statement looks up; SQLite limits the parameters of a statement."""


class EntryKey(NamedTuple):
    """What identifies the entry of a place: a table, and a position, line or URL (``kind``) in a document."""

    table: str
    kind: str
    document: int
    value: int | str


async def fill_places(
    session: AsyncSession, site: SiteFact, places: Iterable[tuple[str | None, Place]]
) -> None:
    """Load the URLs and lines that are missing in places, which come with the URL of their sitemap."""
    incomplete = defaultdict[EntryKey, list[Place]](list)
    for url, place in places:
        sitemap = site.sitemaps_by_url.get(url) if url is not None else None
        if sitemap is not None and (key := _find_entry_key(sitemap, place)) is not None:
            incomplete[key].append(place)
    lookups = defaultdict[tuple[str, str], list[EntryKey]](list)
    for key in incomplete:
        lookups[key.table, key.kind].append(key)
    for (table, kind), keys in lookups.items():
        for part in _divide_keys(keys):
            query = _select_entries(table, kind, 1 if len(part) == 1 else MOST_DOCUMENTS)
            for document, value, loc, line in await session.execute(query, _bind_keys(part)):
                for place in incomplete.pop(EntryKey(table, kind, document, value), ()):
                    place.fill_entry(loc, line)


def _divide_keys(keys: Iterable[EntryKey]) -> Iterator[list[tuple[int, Sequence[int | str]]]]:
    """Yield documents with the values to look up in them, as many as one statement takes."""
    by_document = defaultdict[int, list[int | str]](list)
    for key in keys:
        by_document[key.document].append(key.value)
    parts = (
        (document, values[at : at + MAX_KEYS])
        for document, values in by_document.items()
        for at in range(0, len(values), MAX_KEYS)
    )
    return split_by_size(parts, lambda part: len(part[1]), MAX_KEYS, MOST_DOCUMENTS)


def _bind_keys(part: Sequence[tuple[int, Sequence[int | str]]]) -> dict[str, Any]:
    """Return the parameters of a statement; several documents are filled up, so that it is compiled once."""
    document, values = part[0]
    rest = MOST_DOCUMENTS - len(part) if len(part) > 1 else 0
    bound = dict[str, Any]()
    for at, (document_id, some) in enumerate((*part, *[(document, values[:1])] * rest)):
        bound[f"document_{at}"], bound[f"values_{at}"] = document_id, some
    return bound


def _find_entry_key(sitemap: SitemapFact, place: Place) -> EntryKey | None:
    """Return what identifies the entry of a place; None if nothing is missing or it is in no entry.

    A place without a position is of a job of an older version, or of a rule that only knows its line.
    """
    hit = place.hit
    if hit.file is not None or sitemap.document is None or not (sitemap.urls or sitemap.children):
        return None
    table = "children" if sitemap.kind == Kind.INDEX else "entries"
    if place.position:
        # The positions of a batch are those of URLs.
        return EntryKey(
            table if hit.index is None else "entries", "position", sitemap.document, place.position
        )
    if hit.loc is not None:
        return None if hit.line else EntryKey(table, "loc", sitemap.document, hit.loc)
    if hit.line and place.position is None:
        return EntryKey(table, "line", sitemap.document, hit.line)
    return None


@cache
def _select_entries(table: str, kind: str, documents: int) -> Select[Any]:
    """Return a SELECT of the document, the key, the URL and the line of entries, or of children.

    A line is only a key if a single entry begins there: many generators write all entries on one line.
    """
    columns = {"children": children, "entries": entries}[table].c
    key: ColumnElement[Any] = columns[kind]
    # SQLite would read all entries to find pairs in a list of pairs.
    here = (
        and_(
            columns.document_id == bindparam(f"document_{at}"),
            key.in_(bindparam(f"values_{at}", expanding=True)),
        )
        for at in range(documents)
    )
    query = select(columns.document_id, key.label("key")).where(or_(false(), *here))
    if kind == "line":
        query = query.add_columns(func.min(columns.loc), func.min(columns.line))
        return query.group_by(columns.document_id, columns.line).having(func.count() == 1)
    return query.add_columns(columns.loc, columns.line).order_by(columns.document_id, columns.position)
