"""Find faulty hreflang links in the database, because there may be millions of links.

The links of several sites can be judged together: then a return link may be in the sitemaps of another site.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, starmap
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import HreflangFaults, HreflangLink, LinkGroup, LinkTarget
from sitemap_cli.audit.hreflang_versions import X_DEFAULT
from sitemap_cli.audit.language_suggestions import explain_hreflang
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.services.checking import hreflang_statements
from sitemap_cli.services.checking.built_links import judge_built_links
from sitemap_cli.services.checking.document_homes import assign_documents, encode_homes
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.hreflang_statements import Variant, build_statement
from sitemap_cli.services.shared.joined_columns import find_dialect
from sitemap_cli.spool import CHUNK, Items, Spool, SpooledItems, open_spool
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import identify_url, textual_host

EXAMPLES = 20
MAX_GROUPS = 200
"""Hosts of a site that links are counted for."""
PAGE = 10_000
"""Links that are loaded at a time."""
MAX_INVALID = 50
"""Invalid codes that are left out."""
MAX_EVERY = 1 << 62
MAX_LINKS = 1_000_000
"""Links to look through for those within a part of a site."""

_ENTRY = entries.c

LinkRow = tuple[str, str, str | None, int | None, str | None, str | None]
"""The fields of a :class:`~sitemap_cli.audit.gathered_facts.HreflangLink`."""
LinkFaults = Mapping[LinkGroup, HreflangFaults]
"""Faulty links of a site, by what is known about their targets."""


@dataclass(frozen=True, slots=True)
class LinkedSite:
    """A site whose links are judged.

    Attributes:
        job_id: the id of its job.
        sitemaps: the URL of the first sitemap with each document that has entries.
        linked: those documents in which entries can have versions.
        scope: the path below which URLs were recorded; None for the whole site.
        is_complete: whether the whole site was read.
        host: that of its domain, without ``www.``.
        hosts: those of its sitemaps.
        probes: the ids of probes of other jobs over its pages.
        was_probed: whether some of its pages were requested for its job.
    """

    job_id: str
    sitemaps: Mapping[int, str]
    linked: Sequence[int]
    scope: str | None = None
    is_complete: bool = True
    host: str | None = None
    hosts: frozenset[str] = frozenset()
    probes: Sequence[int] = ()
    was_probed: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether what is in none of the sitemaps that were read is in none at all."""
        return self.is_complete and self.scope is None


@fact("one_way_links")
async def gather_one_way_links(session: AsyncSession, source: FactSource) -> LinkFaults:
    """Return links to a version of a page that does not link back, or that no sitemap of the job lists."""
    if source.joint is not None:
        return source.joint.one_way_links.get(source.job.id, {})
    if source.build is None:
        return (await find_one_way_links(session, [_describe_site(source)], source.spool))[0]
    with open_spool() as spool:
        every = (await find_one_way_links(session, [_describe_site(source)], spool))[0]
        return await judge_built_links(session, source.build.reader, dict(every), source.spool)


@fact("split_clusters")
async def gather_split_clusters(session: AsyncSession, source: FactSource) -> HreflangFaults:
    """Return pages that lack a version which a page names that they link to, and that links to them."""
    if source.joint is not None:
        return source.joint.split_clusters.get(source.job.id, HreflangFaults())
    return (await find_split_clusters(session, [_describe_site(source)], source.spool))[0]


async def find_one_way_links(
    session: AsyncSession, sites: Sequence[LinkedSite], spool: Spool | None = None
) -> Sequence[LinkFaults]:
    """Return links without a return link for each of some sites, judged over the sitemaps of all."""
    links = _HreflangLinks(session, sites, spool)
    count, _ = await links.look_through_lone_links()
    return await links.find_links(hreflang_statements.ONE_WAY) if count else [{} for _ in sites]


async def find_split_clusters(
    session: AsyncSession, sites: Sequence[LinkedSite], spool: Spool | None = None
) -> Sequence[HreflangFaults]:
    """Return pages that lack versions of their clusters for each of some sites."""
    links, invalid = _HreflangLinks(session, sites, spool), set[str]()
    while True:
        found = await links.find_links(hreflang_statements.SPLIT, {"invalid": _encode(sorted(invalid))})
        split = [next(iter(each.values()), HreflangFaults()) for each in found]
        # SM542 reports invalid codes; which ones there are shows in the links.
        known = (link for faults in split for link in islice(faults.examples, CHUNK))
        more = {code for link in known for code in _list_codes(link) if _is_invalid(code)} - invalid
        if not more or len(invalid) > MAX_INVALID:
            return split
        invalid |= more


def _is_invalid(code: str) -> bool:
    fault = None if code == X_DEFAULT else explain_hreflang(code)
    return fault is not None and not fault.is_valid


def _list_codes(link: HreflangLink) -> list[str]:
    return [code for text in (link.lacks, link.differs) if text for code in text.split("\n")]


def _describe_site(source: FactSource) -> LinkedSite:
    site = source.site
    of_site = site.sitemaps_by_document.items()
    return LinkedSite(
        source.job.id,
        {document: each.url for document, each in of_site if each.urls},
        [document for document, each in of_site if each.urls and each.can_have("alternates")],
        site.scope,
        probes=sorted(source.probes.places),
        was_probed=source.job.sample is not None,
    )


class _Fault(NamedTuple):
    """A faulty link: the page to report, the page at the other end, and the versions that differ."""

    loc: str
    href: str
    lacks: str | None = None
    differs: str | None = None


class _Placed(NamedTuple):
    """A faulty link with the number of the site to report it for, and what it has in common with others.

    ``times`` is the number of links like this one, if it is the first of them, else 0.
    """

    site: int
    group: LinkGroup
    fault: _Fault
    times: int


@dataclass(slots=True)
class _HreflangLinks:
    """The links of some sites, which are judged over the sitemaps of all of them.

    With a ``spool``, every faulty link is listed in it; otherwise some examples.
    """

    session: AsyncSession
    sites: Sequence[LinkedSite]
    spool: Spool | None = None
    _by_host: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        numbered = [*enumerate(self.sites)]
        self._by_host = {host: number for number, each in reversed(numbered) for host in each.hosts}
        self._by_host |= {each.host: number for number, each in numbered if each.host is not None}

    async def find_links(self, statement: str, more: Mapping[str, Any] | None = None) -> Sequence[LinkFaults]:
        """Return the links that a statement finds, for each site."""
        if not self._linked:
            return [{} for _ in self.sites]
        _, spellings = await self.look_through_lone_links()
        dialect = await find_dialect(self.session)
        has_probes = any(each.was_probed or each.probes for each in self.sites)
        query = build_statement(statement, Variant(dialect, bool(spellings), has_probes))
        homes = assign_documents([(each.host, each.sitemaps) for each in self.sites])
        is_partial = any(each.scope is not None for each in self.sites)
        parameters: dict[str, Any] = {
            **self._parameters,
            "listing": sorted(homes),
            "homes": encode_homes(homes),
            **(more or {}),
            "most": MAX_EVERY if self.spool is not None else MAX_LINKS if is_partial else EXAMPLES,
        }
        if spellings:
            parameters["spellings"] = _encode(spellings)
        if has_probes:
            parameters |= self._probe_parameters
        stream = await self.session.stream(query, parameters)
        collector = _LinkCollector(self.sites, self.spool)
        async for rows in stream.partitions(CHUNK):
            collector.add(self._place_links(rows))
        return await _LinkFinder(self.session, self.sites, spellings).place_all(collector)

    @property
    def _linked(self) -> list[int]:
        return sorted({document for each in self.sites for document in each.linked})

    @property
    def _parameters(self) -> dict[str, Any]:
        return {"documents": self._linked}

    @property
    def _probe_parameters(self) -> dict[str, Any]:
        jobs = [each.job_id for each in self.sites if each.was_probed]
        return {"jobs": jobs, "probes": [probe for each in self.sites for probe in each.probes]}

    def _place_links(self, rows: Iterable[Any]) -> Iterable[_Placed]:
        """Yield links with the site where they are to be fixed; those outside the scope of a job are unknown.

        The versions elsewhere are not recorded, so nothing is known about them. Relative links lead nowhere,
        which SM544 reports.
        """
        for loc, href, name, source, goal, own_host, host, place, times, lacks, differs in rows:
            scope = self.sites[source].scope
            if "://" not in href or (scope is not None and not UrlScope(scope).includes(href)):
                continue
            target = self._judge(LinkTarget(name), source, goal, host)
            count = times if place == 1 else 0
            if target.is_of_other_page:
                yield _Placed(goal, LinkGroup(target, own_host), _Fault(href, loc), count)
            else:
                yield _Placed(source, LinkGroup(target, host), _Fault(loc, href, lacks, differs), count)

    def _judge(self, target: LinkTarget, source: int, goal: int, host: str) -> LinkTarget:
        """Return what is known about the page that a link leads to, which may be of another site."""
        other = goal if goal >= 0 else self._by_host.get(textual_host(f"https://{host}/"), source)
        if other == source:
            return target
        site = self.sites[other]
        if not site.is_whole:
            return LinkTarget.FOREIGN
        if goal < 0:
            return LinkTarget.MISSING if site.linked else LinkTarget.UNLISTED
        if target is LinkTarget.PLAIN and not site.linked:
            return LinkTarget.NO_VERSIONS
        return LinkTarget.NOT_LINKING

    async def look_through_lone_links(self) -> tuple[int, Mapping[str, str]]:
        """Return the number of links that seem to go one way, and the canonical URLs by other spellings.

        Links whose pages link back are spelled alike on both sides, as all links of most sites are. The
        session keeps the result, because both facts need it.
        """
        kept = self.session.info.setdefault(_HreflangLinks, {})
        key = tuple(each.job_id for each in self.sites)
        if key not in kept:
            count, found = 0, dict[str, str]()
            if self._linked:
                async for rows in self._stream_pairs(hreflang_statements.LONE, self._parameters):
                    count += len(rows)
                    found |= _find_spellings(rows)
            if count and any(each.was_probed or each.probes for each in self.sites):
                async for rows in self._stream_pairs(hreflang_statements.IN_PAGES, self._probe_parameters):
                    found |= _find_spellings(rows)
            kept[key] = count, found
        result: tuple[int, Mapping[str, str]] = kept[key]
        return result

    async def _stream_pairs(
        self, statement: str, parameters: Mapping[str, Any]
    ) -> AsyncIterator[Sequence[Any]]:
        query = build_statement(statement, Variant(await find_dialect(self.session)))
        async for rows in (await self.session.stream(query, parameters)).partitions(PAGE):
            yield rows


class _LinkCollector:
    """Collects faulty links by site and group: some examples and exact counts, or all in a spool."""

    def __init__(self, sites: Sequence[LinkedSite], spool: Spool | None) -> None:
        self._sites, self._spool = sites, spool
        self.faults = [dict[LinkGroup, Items[_Fault]]() for _ in sites]
        self._counts = [Counter[LinkGroup]() for _ in sites]
        self._is_counted = all(each.scope is None for each in sites) and spool is None

    def add(self, links: Iterable[_Placed]) -> None:
        """Add links; those to further hosts are one group per target."""
        waiting = defaultdict[tuple[int, LinkGroup], list[_Fault]](list)
        for site, group, fault, count in links:
            known = self.faults[site]
            if group not in known and len(known) >= MAX_GROUPS:
                group = LinkGroup(group.target)  # noqa: PLW2901 - a wider group
            self._counts[site][group] += count if self._is_counted else 1
            waiting[site, group].append(fault)
            if group not in known:
                known[group] = [] if self._spool is None else SpooledItems(self._spool, _Fault)
        for (site, group), faults in waiting.items():
            items = self.faults[site][group]
            if isinstance(items, SpooledItems):
                items.extend(faults)
            elif isinstance(items, list):
                items.extend(faults[: EXAMPLES - len(items)])

    def count(self, site: int, group: LinkGroup) -> int:
        """Return the number of links in a group."""
        return self._counts[site][group]

    def make_items(self) -> SpooledItems[HreflangLink] | None:
        """Return a list in the spool, if there is one."""
        return None if self._spool is None else SpooledItems(self._spool, HreflangLink)


@dataclass(frozen=True, slots=True)
class _LinkFinder:
    """Finds the entries of links; ``spellings`` has the canonical URLs by their other spellings."""

    session: AsyncSession
    sites: Sequence[LinkedSite]
    spellings: Mapping[str, str]

    async def place_all(self, collector: _LinkCollector) -> Sequence[LinkFaults]:
        """Return the collected links of each site with the entries that list them."""
        results = list[LinkFaults]()
        for number, site in enumerate(self.sites):
            found = dict[LinkGroup, HreflangFaults]()
            for group, faults in collector.faults[number].items():
                placed: Items[HreflangLink] = collector.make_items() or ()
                left = iter(faults)
                while some := list(islice(left, CHUNK)):
                    rows = await self._place_links(site, some)
                    if isinstance(placed, SpooledItems):
                        placed.extend(rows)
                    else:
                        placed = (*placed, *starmap(HreflangLink, rows))
                found[group] = HreflangFaults(collector.count(number, group), placed)
            results.append(found)
        return results

    async def _place_links(self, site: LinkedSite, faults: Sequence[_Fault]) -> list[LinkRow]:
        """Return the fields of links with the entries that list them."""
        named = {each.loc for each in faults}
        others = {spelling: url for spelling, url in self.spellings.items() if url in named}
        places = await self._find_places(site.linked, named | others.keys(), others)
        if missing := named - places.keys():
            others = {spelling: url for spelling, url in others.items() if url in missing}
            places |= await self._find_places([*site.sitemaps], missing | others.keys(), others)
        placed = list[LinkRow]()
        for loc, href, lacks, differs in faults:
            document, line = places[loc]
            placed.append((loc, href, site.sitemaps[document], line, lacks, differs))
        return placed

    async def _find_places(
        self, documents: Sequence[int], locs: Iterable[str], spellings: Mapping[str, str]
    ) -> dict[str, tuple[int, int | None]]:
        """Return the document and line of each listed URL, by its canonical spelling."""
        query = select(_ENTRY.loc, _ENTRY.document_id, _ENTRY.line).where(
            _ENTRY.document_id.in_(bind_ids("documents")), _ENTRY.loc.in_(sorted(locs))
        )
        found = dict[str, tuple[int, int | None]]()
        for loc, document, line in await self.session.execute(query, {"documents": sorted(documents)}):
            found.setdefault(spellings.get(loc, loc), (document, line))
        return found


def _find_spellings(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return the canonical spellings of URLs that have another one."""
    urls = {url for row in rows for url in row}
    return {url: canonical for url in urls if (canonical := identify_url(url)) != url}


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
