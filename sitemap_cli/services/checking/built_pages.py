"""Build the facts of the pages of a local build from its files, without a probe and without the database."""

import asyncio
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.build_facts import BuildFact, FilePlace, UnlistedFile, UnlistedSection
from sitemap_cli.audit.causes import find_section
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.crawl.pages.probed_page import ListedPage, page_key
from sitemap_cli.crawl.pages.sampling import sample_entries
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.services.checking.build_probe import BuildProbe
from sitemap_cli.services.checking.fact import FactSource, UnfinishedFact, fact
from sitemap_cli.services.checking.page_facts import (
    build_page_fact,
    count_entries,
    map_sitemap_urls,
    view_page,
)
from sitemap_cli.services.shared.url_keys import load_locs
from sitemap_cli.spool import Spool, SpooledItems
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import textual_origin

if TYPE_CHECKING:
    from sitemap_cli.crawl.build.build_reader import BuildReader
    from sitemap_cli.crawl.build.unlisted_files import ListedFiles
    from sitemap_cli.services.probing.probe_store import SampleSize

BATCH = 500
"""Number of entries whose files are read at a time."""
EXAMPLES = 20
MAX_SECTIONS = 200
"""Sections that are counted; pages of further ones count as pages at the top."""
TOP = "/"
CRAWLER = "Googlebot"

_ENTRY = entries.c
_COLUMNS = (_ENTRY.document_id, _ENTRY.position, _ENTRY.loc, _ENTRY.line, _ENTRY.lastmod, _ENTRY.extensions)

EntryRow = Row[*tuple[Any, ...]]


async def load_built_pages(
    session: AsyncSession,
    job_id: str,
    site: SiteFact,
    build: BuildProbe,
    is_wanted: Callable[[str], bool] | None = None,
) -> AsyncIterator[list[PageFact]]:
    """Yield the listed pages of a build as the search engine sees them, each URL once.

    ``is_wanted`` says of a URL whether to read its page; by default all are read.
    """
    sitemaps, seen = map_sitemap_urls(site), set[int]()
    # The counts are those of the last time that the pages were read.
    build.reader.counts.clear()
    async for rows in _load_rows(session, _pick_positions(site, job_id, build.size)):
        fresh = list[EntryRow]()
        for row in rows:
            key = int.from_bytes(page_key(row.loc)[:8])
            if key not in seen and (is_wanted is None or is_wanted(row.loc)):
                seen.add(key)
                fresh.append(row)
        # Reading files takes long enough that signals and the deadline have to be seen meanwhile.
        pages = await asyncio.to_thread(_read_rows, build.reader, fresh, sitemaps)
        yield [view_page(page, site) for page in pages]


def _read_rows(
    reader: "BuildReader", rows: Sequence[EntryRow], sitemaps: Mapping[int, str]
) -> list[PageFact]:
    found = list[PageFact]()
    for row in rows:
        built = reader.read_page(ListedPage(row.loc, row.document_id, row.position))
        if built is not None:
            page = build_page_fact(built.page, sitemaps, entry=row)
            build = built.fact if built.fact.places else _place_entry(reader, page, built.fact)
            found.append(replace(page, build=build))
    return found


def _place_entry(reader: "BuildReader", page: PageFact, build: BuildFact) -> BuildFact:
    """Return the fact of a page without a file with the place of its entry in the sitemap."""
    match = None if page.sitemap is None else reader.find_file(page.sitemap)
    if match is None:
        return build
    return replace(build, places={"": FilePlace(reader.folder.show(match.file), page.line)})


def _pick_positions(site: SiteFact, job_id: str, size: "SampleSize") -> Iterator[tuple[int, Sequence[int]]]:
    """Yield documents with positions of entries to read, some at a time, in document order."""
    sizes = count_entries(site)
    if size.is_all:
        for document, count in sizes.items():
            for first in range(1, count + 1, BATCH):
                yield document, range(first, min(first + BATCH, count + 1))
        return
    chosen = defaultdict[int, "array[int]"](lambda: array("I"))
    for document, position in islice(sample_entries(sizes, job_id), size.resolve(sum(sizes.values()))):
        chosen[document].append(position)
    for document in sizes:
        positions = sorted(chosen[document])
        for first in range(0, len(positions), BATCH):
            yield document, positions[first : first + BATCH]


async def _load_rows(
    session: AsyncSession, picks: Iterator[tuple[int, Sequence[int]]]
) -> AsyncIterator[Sequence[EntryRow]]:
    for document, positions in picks:
        is_range = isinstance(positions, range)
        where = (
            _ENTRY.position.between(positions[0], positions[-1])
            if is_range
            else _ENTRY.position.in_(list(positions))
        )
        query = select(*_COLUMNS).where(_ENTRY.document_id == document, where).order_by(_ENTRY.position)
        yield (await session.execute(query)).all()


@fact("build")
async def gather_build(_session: AsyncSession, source: FactSource) -> bool:
    """Return whether the files of a local build are read."""
    return source.build is not None


@fact("unlisted_pages")
async def gather_unlisted_pages(session: AsyncSession, source: FactSource) -> UnfinishedFact | None:
    """Find the files of listed pages; the rest is the pages of a build that no sitemap lists, by section.

    None if no build is read.
    """
    if source.build is None:
        return None
    from sitemap_cli.crawl.build.unlisted_files import ListedFiles

    reader, listed = source.build.reader, ListedFiles()
    async for page in load_locs(session, set(source.site.sitemaps_by_document)):
        await asyncio.to_thread(_add_files, reader, page.locs, listed)
    return UnfinishedFact(partial(_find_unlisted, source, reader, listed))


async def _find_unlisted(
    source: FactSource, reader: "BuildReader", listed: "ListedFiles"
) -> Mapping[str, UnlistedSection]:
    from sitemap_cli.crawl.build.unlisted_files import iterate_unlisted

    sections = _Sections(source.spool)
    found = iterate_unlisted(reader, listed)
    while chunk := await asyncio.to_thread(_take, found):
        pages = (each for each in chunk if each is not None)
        sections.add(each for each in pages if _is_allowed(source.robots, each.loc))
    return sections.build()


def _add_files(reader: "BuildReader", locs: Sequence[str], listed: "ListedFiles") -> None:
    for loc in locs:
        if (match := reader.find_file(loc)) is not None:
            listed.add(match)


def _take(found: Iterator[UnlistedFile | None]) -> list[UnlistedFile | None]:
    return list(islice(found, BATCH))


def _is_allowed(robots: Mapping[str, RobotsTxt], loc: str) -> bool:
    """Return whether a search engine may fetch a page."""
    rules = robots.get(f"{textual_origin(loc)}robots.txt")
    try:
        return rules is None or rules.is_allowed(loc, CRAWLER)
    except ValueError:
        return True


class _Sections:
    """Collects unlisted pages by section: all of them in a spool, or else some examples."""

    def __init__(self, spool: Spool | None) -> None:
        self._spool = spool
        self._counts = dict[str, int]()
        self._examples = dict[str, list[UnlistedFile]]()
        self._items = dict[str, SpooledItems[UnlistedFile]]()

    def add(self, pages: Iterator[UnlistedFile]) -> None:
        """Add some pages."""
        added = defaultdict[str, list[UnlistedFile]](list)
        for each in pages:
            section = find_section(each.loc) or TOP
            if section not in self._counts and len(self._counts) >= MAX_SECTIONS:
                section = TOP
            self._counts[section] = self._counts.get(section, 0) + 1
            added[section].append(each)
        for section, some in added.items():
            if self._spool is None:
                kept = self._examples.setdefault(section, [])
                kept += some[: EXAMPLES - len(kept)]
            else:
                self._items.setdefault(section, SpooledItems(self._spool, UnlistedFile)).extend(some)

    def build(self) -> Mapping[str, UnlistedSection]:
        """Return the sections, those with the most pages first."""
        ranked = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))
        return {
            section: UnlistedSection(count, self._items.get(section) or tuple(self._examples[section]))
            for section, count in ranked
        }
