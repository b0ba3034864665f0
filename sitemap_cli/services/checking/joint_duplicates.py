"""Find URLs that the sitemaps of several sites list, in the database.

Two sites list the same URL only if it is foreign to one of them, and few documents have foreign URLs, so only
those are compared with all others. URLs are compared as they are spelled.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import SharedUrl, SharedUrls
from sitemap_cli.audit.joint_facts import SharedAcrossSites
from sitemap_cli.services.checking.document_homes import HOMES, assign_documents, encode_homes
from sitemap_cli.services.shared.joined_columns import find_dialect
from sitemap_cli.spool import CHUNK, Items, Spool, SpooledItems
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.urls import textual_origin

EXAMPLES = 20
MAX_EVERY = 1 << 62
MAX_GROUPS = 10_000
"""Sitemaps and hosts that URLs are counted for."""

_OWN = {
    "sqlite": (
        "SELECT CAST(key AS INTEGER) AS document, json_extract(value, '$[0]') AS prefix,"
        " json_extract(value, '$[1]') AS site FROM json_each(:own)"
    ),
    "postgresql": (
        "SELECT CAST(key AS bigint) AS document, value ->> 0 AS prefix, CAST(value ->> 1 AS integer) AS site"
        " FROM jsonb_each(CAST(:own AS jsonb))"
    ),
}
_NAMES = {
    "sqlite": "SELECT value AS name FROM json_each(:known)",
    "postgresql": "SELECT value AS name FROM jsonb_array_elements_text(CAST(:known AS jsonb))",
}
_ORIGIN = {
    "sqlite": (
        "substr(loc, 1, instr(loc, '://') + 1 + instr(substr(loc, instr(loc, '://') + 3) || '/', '/'))"
    ),
    "postgresql": "coalesce(substring(loc from '^[^:]*://[^/]*'), loc)",
}
_SHARED = """
    WITH foreign_urls AS MATERIALIZED (
        SELECT e.loc AS loc, o.site AS site, min(e.document_id) AS document, min(e.line) AS line
        FROM entries e JOIN ({own}) o ON o.document = e.document_id
        WHERE e.document_id IN :mixed AND substr(e.loc, 1, length(o.prefix)) <> o.prefix
        GROUP BY e.loc, o.site
    ),
    listed AS MATERIALIZED (
        SELECT e.loc AS loc, h.site AS site, min(e.document_id) AS document
        FROM entries e JOIN ({homes}) h ON h.document = e.document_id
        WHERE e.document_id IN :listing AND e.loc IN (SELECT loc FROM foreign_urls)
        GROUP BY e.loc, h.site
    ),
    -- A site that reads both sitemaps itself reports their URLs itself.
    shared AS (
        SELECT f.loc AS loc, f.document AS document, f.site AS site, f.line AS line,
            min(l.document) AS other
        FROM foreign_urls f
        JOIN listed l ON l.loc = f.loc AND l.site <> f.site
        LEFT JOIN foreign_urls g ON g.loc = f.loc AND g.site = l.site
        LEFT JOIN ({names}) r ON r.name = CAST(f.document AS text) || ' ' || CAST(l.site AS text)
        WHERE r.name IS NULL AND (g.loc IS NULL OR l.site < f.site)
        GROUP BY f.loc, f.document, f.site, f.line
    ),
    named AS (SELECT loc, document, site, line, other, {origin} AS origin FROM shared),
    ranked AS (
        SELECT loc, document, site, line, other, origin,
            row_number() OVER (PARTITION BY site, document, origin ORDER BY loc) AS place,
            count(*) OVER (PARTITION BY site, document, origin) AS times
        FROM named
    )
    SELECT site, document, origin, loc, line, other, times FROM ranked WHERE place <= :most
    ORDER BY site, document, origin, loc
"""


class ListingSite(NamedTuple):
    """A site: its host, and the URL of the first sitemap with each document that has entries.

    ``mixed`` has the documents that can list URLs of other origins than that of their sitemap.
    """

    host: str
    sitemaps: Mapping[int, str]
    mixed: Sequence[int]


async def find_shared_urls(
    session: AsyncSession, sites: Sequence[ListingSite], spool: Spool | None = None
) -> list[tuple[SharedAcrossSites, ...]]:
    """Return the URLs of other hosts that each site lists, and another site, too; by sitemap and host."""
    found = [list[SharedAcrossSites]() for _ in sites]
    homes = assign_documents([(each.host, each.sitemaps) for each in sites])
    mixed = sorted({document for each in sites for document in each.mixed})
    if not mixed:
        return [() for _ in sites]
    urls = {document: url for each in reversed(sites) for document, url in each.sitemaps.items()}
    dialect = await find_dialect(session)
    parts = {
        "own": _OWN[dialect],
        "homes": HOMES[dialect],
        "names": _NAMES[dialect],
        "origin": _ORIGIN[dialect],
    }
    query = text(_SHARED.format(**parts)).bindparams(bind_ids("mixed"), bind_ids("listing"))
    parameters: dict[str, Any] = {
        "mixed": mixed,
        "listing": sorted(homes),
        "homes": encode_homes(homes),
        "own": _encode({str(each): [textual_origin(urls[each]), homes[each]] for each in mixed}),
        "known": _encode(
            [
                f"{document} {at}"
                for at, each in enumerate(sites)
                for document in mixed
                if document in each.sitemaps and homes[document] != at
            ]
        ),
        "most": EXAMPLES if spool is None else MAX_EVERY,
    }

    def make_shared(loc: str, line: int | None, here: int, there: int) -> SharedUrl:
        return SharedUrl(loc, (urls[here], urls[there]), line)

    known = dict[tuple[int, int, str], SpooledItems[SharedUrl]]()
    async for rows in (await session.stream(query, parameters)).partitions(CHUNK):
        for key, group in groupby(rows, key=itemgetter(0, 1, 2)):
            first, *others = group
            fields = [(each[3], each[4], each[1], each[5]) for each in (first, *others)]
            site, document, origin = key
            if spool is not None and key in known:
                known[key].extend(fields)
                continue
            items: Items[SharedUrl] = tuple(make_shared(*each) for each in fields)
            if spool is not None:
                known[key] = items = SpooledItems(spool, make_shared)
                items.extend(fields)
            if len(found[site]) < MAX_GROUPS:
                shared = SharedUrls(first[6], items)
                found[site].append(SharedAcrossSites(urls[document], textual_origin(origin), shared))
    return [tuple(each) for each in found]


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
