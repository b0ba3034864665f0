"""Find faulty hreflang links in the database, because there may be millions of links.

Each statement has two versions, because SQLite and Postgres unnest JSON differently.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, HreflangLink, LinkGroup, LinkTarget
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.shared.joined_columns import find_dialect
from sitemap_cli.spool import CHUNK, Spool, SpooledItems
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import identify_url

EXAMPLES = 20
MAX_GROUPS = 200
"""Hosts that links are counted for."""
PAGE = 10_000
"""Links that are loaded at a time."""
MAX_EVERY = 1 << 62
MAX_LINKS = 1_000_000
"""Links to look through for those within a part of a site."""

_ENTRY = entries.c

# The distinct language versions of each page, without versions for a kind of device.
_VERSIONS = {
    "sqlite": """
        SELECT DISTINCT e.loc AS loc, json_extract(a.value, '$.hreflang') AS lang,
            json_extract(a.value, '$.href') AS href
        FROM entries e, json_each(e.extensions, '$.alternates') a
        WHERE e.document_id IN :documents AND e.extensions IS NOT NULL
            AND json_extract(a.value, '$.hreflang') IS NOT NULL
            AND json_extract(a.value, '$.href') IS NOT NULL
    """,
    "postgresql": """
        SELECT DISTINCT e.loc AS loc, a.value ->> 'hreflang' AS lang, a.value ->> 'href' AS href
        FROM entries e
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(e.extensions::jsonb -> 'alternates', '[]')) a
        WHERE e.document_id IN :documents AND e.extensions IS NOT NULL
            AND a.value ->> 'hreflang' IS NOT NULL AND a.value ->> 'href' IS NOT NULL
    """,
}
# Other spellings of URLs, with the canonical one of each.
_SPELLINGS = {
    "sqlite": "SELECT key AS spelling, value AS canonical FROM json_each(:spellings)",
    "postgresql": (
        "SELECT key AS spelling, value AS canonical FROM jsonb_each_text(CAST(:spellings AS jsonb))"
    ),
}
_CANONICAL_VERSIONS = """
    SELECT DISTINCT coalesce(l.canonical, v.loc) AS loc, v.lang AS lang,
        coalesce(h.canonical, v.href) AS href
    FROM ({versions}) v
    LEFT JOIN ({spellings}) l ON l.spelling = v.loc
    LEFT JOIN ({spellings}) h ON h.spelling = v.href
"""
_JOINED = {
    "sqlite": "group_concat(lang || ' ' || href, char(10))",
    "postgresql": "string_agg(lang || ' ' || href, chr(10))",
}
_LONE = """
    WITH versions AS MATERIALIZED ({versions})
    SELECT loc, href FROM versions WHERE href <> loc
    EXCEPT SELECT href, loc FROM versions
"""
# The host of a URL without ``www.``, to compare with another one.
_HOST = {
    "sqlite": (
        "replace(substr({url}, instr({url}, '://') + 3,"
        " instr(substr({url}, instr({url}, '://') + 3) || '/', '/') - 1), 'www.', '')"
    ),
    "postgresql": "replace(coalesce(substring({url} from '://([^/]*)'), ''), 'www.', '')",
}
# Links to a listed page with a slash too many or too few at its end: that page seems not to be linked back,
# the versions seem to name other pages, and a page that links to itself so seems not to name itself.
_WRONG_SLASH = """
    WITH versions AS MATERIALIZED ({versions}),
    unmatched AS MATERIALIZED (
        SELECT loc, href FROM versions WHERE href <> loc
        EXCEPT SELECT href, loc FROM versions
    ),
    wrong AS MATERIALIZED (
        SELECT loc, href, meant FROM (
            SELECT loc, href, CASE WHEN href LIKE '%/' THEN rtrim(href, '/') ELSE href || '/' END AS meant
            FROM unmatched WHERE href NOT IN (SELECT loc FROM versions)
        ) u WHERE meant IN (SELECT loc FROM versions)
    ),
"""
_ONE_WAY = """
    {wrong_slash}
    lone AS MATERIALIZED (
        SELECT loc, href FROM unmatched
        EXCEPT SELECT loc, href FROM wrong WHERE meant = loc
        EXCEPT SELECT meant, loc FROM wrong
    ),
    listed AS MATERIALIZED (
        SELECT DISTINCT e.loc AS loc FROM entries e
        WHERE e.document_id IN :listing AND e.loc IN (SELECT href FROM lone)
    ),
    judged AS (
        SELECT loc, href, CASE
            WHEN href IN (SELECT loc FROM versions) THEN 'linked'
            WHEN href IN (SELECT loc FROM listed) THEN 'plain'
            WHEN {host_of_loc} = {host_of_href} THEN 'unlisted'
            ELSE 'foreign' END AS target
        FROM lone
    ),
    hosts AS (SELECT loc, href, target, {host_of_href} AS host FROM judged),
    ranked AS (
        SELECT loc, href, target, host, count(*) OVER (PARTITION BY target, host) AS times,
            row_number() OVER (PARTITION BY target, host ORDER BY loc, href) AS place
        FROM hosts
    )
    SELECT loc, href, target, host, place, times FROM ranked WHERE place <= :most ORDER BY loc, href
"""
_SPLIT = """
    {wrong_slash}
    sets AS MATERIALIZED (
        SELECT loc, {joined} AS version_set
        FROM (SELECT * FROM versions ORDER BY loc, lang, href) s GROUP BY loc
    ),
    differ AS (
        SELECT DISTINCT s.loc AS loc, s.href AS href
        FROM versions s JOIN sets a ON a.loc = s.loc JOIN sets b ON b.loc = s.href
        WHERE s.loc < s.href AND a.version_set <> b.version_set
            AND s.loc NOT IN (SELECT loc FROM wrong) AND s.href NOT IN (SELECT loc FROM wrong)
    )
    SELECT loc, href, 'linked', '', row_number() OVER (ORDER BY loc, href), count(*) OVER ()
    FROM differ ORDER BY loc, href LIMIT :most
"""


@fact("one_way_links")
async def gather_one_way_links(
    session: AsyncSession, source: FactSource
) -> Mapping[LinkGroup, HreflangFaults]:
    """Return links to a version of a page that does not link back, or that no sitemap of the job lists."""
    return await _find_links(session, source, _ONE_WAY)


@fact("split_clusters")
async def gather_split_clusters(session: AsyncSession, source: FactSource) -> HreflangFaults:
    """Return links between two listed pages that do not name the same versions."""
    found = await _find_links(session, source, _SPLIT)
    return next(iter(found.values()), HreflangFaults())


async def _find_links(
    session: AsyncSession, source: FactSource, statement: str
) -> Mapping[LinkGroup, HreflangFaults]:
    """Return the links that a statement finds, by their targets and the hosts of these."""
    site = source.site
    of_site = site.sitemaps_by_document.items()
    documents = sorted(document for document, each in of_site if each.urls and each.can_have("alternates"))
    if not documents:
        return {}
    count, spellings = await _look_through_lone_links(session, source.job.id, documents)
    if not count and statement is _ONE_WAY:
        return {}
    query = _build_statement(statement, await find_dialect(session), has_spellings=bool(spellings))
    parameters: dict[str, Any] = {"documents": documents, "most": EXAMPLES}
    if statement is _ONE_WAY:
        query = query.bindparams(bind_ids("listing"))
        parameters["listing"] = sorted(document for document, each in of_site if each.urls)
    if spellings:
        parameters["spellings"] = msgspec.json.encode(spellings).decode()
    finder = _LinkFinder(session, site, documents, spellings)
    if source.spool is not None:
        return await finder.list_all(query, parameters, source.spool)
    if site.scope is not None:
        parameters["most"] = MAX_LINKS
    rows = (await session.execute(query, parameters)).all()
    groups, counts = _group_links(rows)
    found = dict[LinkGroup, HreflangFaults]()
    for group, those in groups.items():
        if links := finder.drop_outside(those):
            count = counts[group] if site.scope is None else len(links)
            found[group] = HreflangFaults(count, tuple(await finder.place_links(links[:EXAMPLES])))
    return found


def _group_links(
    rows: Iterable[Any],
) -> tuple[Mapping[LinkGroup, list[tuple[str, str]]], Mapping[LinkGroup, int]]:
    """Return links and their numbers by target and host; those to further hosts are one group per target."""
    groups, counts = defaultdict[LinkGroup, list[tuple[str, str]]](list), Counter[LinkGroup]()
    for loc, href, name, host, place, count in rows:
        group = LinkGroup(LinkTarget(name), host)
        if group not in groups and len(groups) >= MAX_GROUPS:
            group = LinkGroup(group.target)
        groups[group].append((loc, href))
        counts[group] += count if place == 1 else 0
    return groups, counts


@dataclass(frozen=True, slots=True)
class _LinkFinder:
    """Finds the entries of links; ``spellings`` has the canonical URLs by their other spellings."""

    session: AsyncSession
    site: SiteFact
    documents: Sequence[int]
    spellings: Mapping[str, str]

    def drop_outside(self, links: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the links to versions in the part of the site that the job is about.

        The versions elsewhere are not recorded, so nothing is known about them.
        """
        if self.site.scope is None:
            return list(links)
        scope = UrlScope(self.site.scope)
        return [link for link in links if scope.includes(link[1])]

    async def place_links(self, links: Sequence[tuple[str, str]]) -> list[HreflangLink]:
        """Return links with the entries that list them."""
        named = {each for link in links for each in link}
        others = {spelling: url for spelling, url in self.spellings.items() if url in named}
        places = await _find_places(self.session, self.documents, named | others.keys())
        places = {others.get(loc, loc): place for loc, place in reversed([*places.items()])}
        placed = []
        for loc, href in links:
            document, line = places[loc]
            placed.append(HreflangLink(loc, href, self.site.sitemaps_by_document[document].url, line))
        return placed

    async def list_all(
        self, query: TextClause, parameters: dict[str, Any], spool: Spool
    ) -> Mapping[LinkGroup, HreflangFaults]:
        """Return all links that a query finds."""
        found = {target: SpooledItems(spool, _make_pair) for target in LinkTarget}
        stream = await self.session.stream(query, {**parameters, "most": MAX_EVERY})
        async for rows in stream.partitions(CHUNK):
            for target, links in found.items():
                those = ((loc, href) for loc, href, name, *_ in rows if name == target)
                links.extend(self.drop_outside(those))
        result = dict[LinkGroup, HreflangFaults]()
        for target, links in found.items():
            placed, pairs = SpooledItems(spool, HreflangLink), iter(links)
            while some := list(islice(pairs, CHUNK)):
                placed.extend(map(astuple, await self.place_links(some)))
            if len(placed):
                result[LinkGroup(target)] = HreflangFaults(len(placed), placed)
        return result


def _make_pair(loc: str, href: str) -> tuple[str, str]:
    return loc, href


async def _look_through_lone_links(
    session: AsyncSession, job_id: str, documents: Sequence[int]
) -> tuple[int, Mapping[str, str]]:
    """Return the number of links that seem to go one way, and the canonical URLs by their other spellings.

    Links whose pages link back are spelled alike on both sides, as all links of most sites are. The session
    keeps the result, because both facts need it.
    """
    kept = session.info.setdefault(_look_through_lone_links, {})
    if job_id not in kept:
        query = _build_statement(_LONE, await find_dialect(session))
        count, found = 0, dict[str, str]()
        async for rows in (await session.stream(query, {"documents": documents})).partitions(PAGE):
            count += len(rows)
            urls = {url for row in rows for url in row}
            found |= {url: canonical for url in urls if (canonical := identify_url(url)) != url}
        kept[job_id] = count, found
    result: tuple[int, Mapping[str, str]] = kept[job_id]
    return result


def _build_statement(statement: str, dialect: str, *, has_spellings: bool = False) -> TextClause:
    """Return a statement in the SQL dialect of the database, with the ids of documents as a parameter.

    With ``has_spellings``, another parameter has the canonical URLs by their other spellings, as JSON.
    """
    versions = _VERSIONS[dialect]
    if has_spellings:
        versions = _CANONICAL_VERSIONS.format(versions=versions, spellings=_SPELLINGS[dialect])
    parts = {
        "versions": versions,
        "wrong_slash": _WRONG_SLASH.format(versions=versions),
        "joined": _JOINED[dialect],
        "host_of_loc": _HOST[dialect].format(url="loc"),
        "host_of_href": _HOST[dialect].format(url="href"),
    }
    return text(statement.format(**parts)).bindparams(bind_ids("documents"))


async def _find_places(
    session: AsyncSession, documents: Sequence[int], locs: Iterable[str]
) -> Mapping[str, tuple[int, int | None]]:
    """Return the document and line of each listed URL."""
    query = select(_ENTRY.loc, _ENTRY.document_id, _ENTRY.line).where(
        _ENTRY.document_id.in_(bind_ids("documents")), _ENTRY.loc.in_(sorted(locs))
    )
    found = dict[str, tuple[int, int | None]]()
    for loc, document, line in await session.execute(query, {"documents": documents}):
        found.setdefault(loc, (document, line))
    return found
