"""Find URLs that a job lists more than once, in the database."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.gathered_facts import (
    Duplicates,
    FileDuplicates,
    RepeatedEntry,
    SharedUrl,
    SharedUrls,
    SitemapCopy,
)
from sitemap_cli.model.values import Kind
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import url_counts
from sitemap_cli.services.shared import url_keys
from sitemap_cli.spool import CHUNK, Items, Spool, SpooledItems
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries

EXAMPLES = 20
MAX_RESPELLED = 10_000
"""URLs in several spellings to list where every place is wanted: each takes memory and a query."""

IMAGE_NAME = re.compile("image|img|photo|picture|media|bild|foto", re.IGNORECASE)
FOR_ONE_PURPOSE = 0.9
"""The share of entries with an article or video from which on a sitemap is one for news or videos."""

_ENTRY = entries.c
_LISTED = _ENTRY.document_id.in_(bind_ids("documents"))
# The URLs that several documents list.
_SHARED = (
    select(_ENTRY.loc)
    .where(_LISTED)
    .group_by(_ENTRY.loc)
    .having(func.min(_ENTRY.document_id) < func.max(_ENTRY.document_id))
)


@fact("duplicates")
async def gather_duplicates(session: AsyncSession, source: FactSource) -> Duplicates:
    """Return the URLs that are listed more than once; none if all entries of the job are unique."""
    site = source.site
    if site.urls == site.unique_urls:
        return Duplicates()
    first = {document: each for document, each in site.sitemaps_by_document.items() if each.urls}
    copies = [
        SitemapCopy(each.url, first[each.document].url)
        for each in site.sitemaps
        if each.document in first and first[each.document] is not each
    ]
    known = await url_counts.load_document_urls(session, first)
    repeating = [
        each.document_id for each in known if each.unique_urls is None or each.unique_urls < each.urls
    ]
    within: Mapping[int, tuple[int, Items[RepeatedEntry]]] = {}
    if repeating and source.spool is None:
        within = await _find_within_documents(session, repeating)
    elif repeating and source.spool is not None:
        within = await _list_within_documents(session, repeating, source.spool)
    once = sum(each.urls for each in first.values()) - sum(count for count, _ in within.values())
    shared = list[SharedUrls]()
    if once > site.unique_urls:
        respelled = await url_keys.list_respelled_documents(session, first)
        overlapping = set(first if respelled else url_counts.list_overlapping_documents(known))
        for documents in _group_by_purpose(first):
            several = {document: each for document, each in documents.items() if document in overlapping}
            if len(several) < 2:
                continue
            if respelled:
                found = await _find_respelled_across_documents(session, several, source.spool)
            elif source.spool is None:
                found = await _find_across_documents(session, several)
            else:
                found = await _list_across_documents(session, several, source.spool)
            shared += [SharedUrls(*found)] if found[0] else []
    return Duplicates(
        tuple(FileDuplicates(first[document].url, *found) for document, found in within.items()),
        tuple(shared),
        tuple(copies),
    )


def _group_by_purpose(documents: Mapping[int, SitemapFact]) -> Collection[dict[int, SitemapFact]]:
    """Return documents in groups: those for news, videos, images and phones, feeds, and all others.

    A page may be in one of each: feeds repeat the latest pages of sitemaps. Sitemaps of pages often have
    images, too, so only the name tells an image sitemap.
    """
    groups = defaultdict[str | None, dict[int, SitemapFact]](dict)
    for document, each in documents.items():
        counts = each.extensions or {}
        full = [
            name
            for name in ("news", "videos", "mobile")
            if counts.get(name, 0) >= FOR_ONE_PURPOSE * each.urls
        ]
        if counts.get("images") and IMAGE_NAME.search(urlsplit(each.url).path):
            full.append("images")
        if each.kind in (Kind.RSS, Kind.ATOM):
            full.append("feeds")
        groups[full[0] if full else None][document] = each
    return groups.values()


async def _find_within_documents(
    session: AsyncSession, documents: Sequence[int]
) -> Mapping[int, tuple[int, Items[RepeatedEntry]]]:
    """Return, by document id, the number of repeated entries and some of them."""
    repeated = (
        select(_ENTRY.document_id, _ENTRY.loc, func.count().label("times"))
        .where(_ENTRY.document_id.in_(bind_ids("documents")))
        .group_by(_ENTRY.document_id, _ENTRY.loc)
        .having(func.count() > 1)
        .subquery()
    )
    document = repeated.c.document_id
    ranked = select(
        document,
        repeated.c.loc,
        func.sum(repeated.c.times - 1).over(partition_by=document).label("all"),
        func.row_number().over(partition_by=document, order_by=repeated.c.loc).label("rank"),
    ).subquery()
    found = dict[int, tuple[int, list[RepeatedEntry]]]()
    for document, loc, count, _ in await session.execute(_select_examples(ranked), {"documents": documents}):
        found.setdefault(document, (int(count), []))[1].append(RepeatedEntry(loc))
    return found


async def _list_within_documents(
    session: AsyncSession, documents: Sequence[int], spool: Spool
) -> Mapping[int, tuple[int, Items[RepeatedEntry]]]:
    """Return, by document id, the number of repeated entries and all of them."""
    nth = func.row_number().over(partition_by=(_ENTRY.document_id, _ENTRY.loc), order_by=_ENTRY.position)
    listed = (
        select(_ENTRY.document_id, _ENTRY.position, _ENTRY.loc, _ENTRY.line, nth.label("nth"))
        .where(_ENTRY.document_id.in_(bind_ids("documents")))
        .subquery()
    )
    repeated = select(listed.c.document_id, listed.c.loc, listed.c.line).where(listed.c.nth > 1)
    query = repeated.order_by(listed.c.document_id, listed.c.position)
    found = dict[int, SpooledItems[RepeatedEntry]]()
    async for rows in (await session.stream(query, {"documents": documents})).partitions(CHUNK):
        for document, group in groupby(rows, key=itemgetter(0)):
            items = found.setdefault(document, SpooledItems(spool, RepeatedEntry))
            items.extend((loc, line) for _, loc, line in group)
    return {document: (len(items), items) for document, items in found.items()}


def _select_examples(ranked: Any) -> Select[Any]:
    return select(ranked).where(ranked.c.rank <= EXAMPLES).order_by(ranked.c.document_id, ranked.c.rank)


async def _find_across_documents(
    session: AsyncSession, documents: dict[int, SitemapFact]
) -> tuple[int, tuple[SharedUrl, ...]]:
    """Return the number of URLs that several documents list, and examples."""
    several = _SHARED.subquery()
    parameters = {"documents": list(documents)}
    query = select(several.c.loc, func.count().over()).order_by(several.c.loc).limit(EXAMPLES)
    rows = (await session.execute(query, parameters)).all()
    if not rows:
        return 0, ()
    places = defaultdict[str, list[tuple[int, int | None]]](list)
    where = select(_ENTRY.loc, _ENTRY.document_id, func.min(_ENTRY.line)).where(
        _LISTED, _ENTRY.loc.in_([loc for loc, _ in rows])
    )
    for loc, document, line in await session.execute(
        where.group_by(_ENTRY.loc, _ENTRY.document_id), parameters
    ):
        places[loc].append((document, line))
    order = list(documents)
    examples = []
    for loc, _ in rows:
        here = sorted(places[loc], key=lambda place: order.index(place[0]))
        sitemaps = tuple(documents[document].url for document, _ in here)
        examples.append(SharedUrl(loc, sitemaps, here[0][1]))
    return rows[0][1], tuple(examples)


async def _list_across_documents(
    session: AsyncSession, documents: Mapping[int, SitemapFact], spool: Spool
) -> tuple[int, Items[SharedUrl]]:
    """Return the number of URLs that several documents list, and all of them."""
    places = select(_ENTRY.loc, _ENTRY.document_id, func.min(_ENTRY.line))
    places = places.where(_LISTED, _ENTRY.loc.in_(_SHARED)).group_by(_ENTRY.loc, _ENTRY.document_id)
    order = {document: rank for rank, document in enumerate(documents)}

    def make_shared(loc: str, line: int | None, *found: int) -> SharedUrl:
        return SharedUrl(loc, tuple(documents[document].url for document in found), line)

    shared, last, here = SpooledItems(spool, make_shared), None, list[tuple[int, int | None]]()
    waiting = list[tuple[str | int | None, ...]]()

    def finish_url(loc: str | None) -> None:
        if loc is not None:
            here.sort(key=lambda place: order[place[0]])
            waiting.append((loc, here[0][1], *(document for document, _ in here)))
            here.clear()

    stream = await session.stream(places.order_by(_ENTRY.loc), {"documents": list(documents)})
    async for rows in stream.partitions(CHUNK):
        for loc, document, line in rows:
            if loc != last:
                finish_url(last)
                last = loc
            here.append((document, line))
        shared.extend(waiting)
        waiting.clear()
    finish_url(last)
    shared.extend(waiting)
    return len(shared), shared


async def _find_respelled_across_documents(
    session: AsyncSession, documents: Mapping[int, SitemapFact], spool: Spool | None
) -> tuple[int, Items[SharedUrl]]:
    """Return the number of URLs that several documents list in whichever spelling, and some of them.

    Each is named in the spelling of the first of these documents, whatever the order of arrival was.
    """
    most = EXAMPLES if spool is None else MAX_RESPELLED
    shared = await _find_shared_keys(session, documents)
    first = dict[int, str]()
    async for page in url_keys.load_locs(session, documents if shared.count() else ()):
        for loc in page.locs:
            if shared.has_key(key := url_keys.make_key(loc)):
                first[key] = min(loc, first.get(key, loc))
        first = dict(sorted(first.items(), key=itemgetter(1))[:most])
    places = defaultdict[int, dict[int, int]](dict)
    async for page in url_keys.load_locs(session, documents if first else ()):
        for position, loc in enumerate(page.locs, page.first):
            if (key := url_keys.make_key(loc)) in first:
                places[key].setdefault(page.document_id, position)
    order = {document: rank for rank, document in enumerate(documents)}
    examples = []
    for key in first:
        here = sorted(places[key].items(), key=lambda place: order[place[0]])
        where = tuple_(_ENTRY.document_id, _ENTRY.position) == here[0]
        loc, line = (await session.execute(select(_ENTRY.loc, _ENTRY.line).where(where))).one()
        examples.append(SharedUrl(loc, tuple(documents[document].url for document, _ in here), line))
    return shared.count(), tuple(examples)


async def _find_shared_keys(session: AsyncSession, documents: Collection[int]) -> url_keys.UrlKeys:
    keys = url_keys.UrlKeys()
    current, distinct = 0, set[int]()
    async for page in url_keys.load_locs(session, documents):
        if page.document_id != current:
            keys.add_keys(distinct)
            current, distinct = page.document_id, set()
        distinct.update(map(url_keys.make_key, page.locs))
    keys.add_keys(distinct)
    return keys.list_repeated()
