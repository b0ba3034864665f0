"""URLs that a job lists more than once, so that an export has each of them once."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.reporting.listed_urls import UrlPage, WindowPart
from sitemap_cli.services.shared.url_keys import UrlKeys, load_locs
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import are_canonical, identify_url

FEW = 100_000
"""Up to this number of URLs, all keys are kept; of more, only those that occur several times."""
MARKS = 1 << 23


class RepeatedUrls:
    """Drops all but the first of equivalent URLs, and adds their number to the count of ``repeated`` ones.

    ``keys`` are those of the URLs that occur more than once; None if that is not known.
    """

    __slots__ = ("_counts", "_drops", "_keys", "_marks", "_seen")

    def __init__(self, keys: UrlKeys | None, counts: Counter[str]) -> None:
        self._keys = keys
        self._seen = set[int]()
        self._counts = counts
        # A look-up here takes a tenth of one in the keys, and for most URLs it is the only one.
        self._marks = bytearray(MARKS)
        self._drops = keys is None
        for key in keys or ():
            self._marks[key % MARKS] = 1
            self._drops = True

    def drop(self, pages: Iterable[UrlPage]) -> list[UrlPage]:
        """Return pages without URLs that came before."""
        if not self._drops:
            return list(pages)
        return [page for page in map(self._drop, pages) if page.size]

    def _drop(self, page: UrlPage) -> UrlPage:
        is_first = self._find_first(self._keys, make_keys(page.columns["loc"].split_filled()))
        if all(is_first):
            return page
        kept = page.select(is_first)
        self._counts["repeated"] += page.size - kept.size
        return kept

    def _find_first(self, repeated: UrlKeys | None, keys: Sequence[int]) -> list[bool]:
        """Return which URLs come for the first time."""
        if repeated is None:
            return [self._is_new(key) for key in keys]
        marks = self._marks
        return [not marks[key % MARKS] or not repeated.has_key(key) or repeated.take_key(key) for key in keys]

    def _is_new(self, key: int) -> bool:
        known = len(self._seen)
        self._seen.add(key)
        return len(self._seen) > known


async def load_repeated_urls(
    session: AsyncSession, parts: Sequence[WindowPart], limit: int | None, counts: Counter[str]
) -> RepeatedUrls:
    """Return what drops the repeated URLs of sitemaps, of which at most ``limit`` will be listed."""
    if limit is not None and limit <= FEW:
        return RepeatedUrls(None, counts)
    if await _has_only_different(session, {part.sitemap.job_id for part in parts}):
        return RepeatedUrls(UrlKeys().list_repeated(), counts)
    whole = (part.sitemap.document_id for part in parts if part.first == 1)
    documents = Counter(each for each in whole if each is not None)
    keys = UrlKeys()
    async for page in load_locs(session, documents):
        own = make_keys(page.locs)
        keys.add_keys(own)
        if documents[page.document_id] > 1:
            keys.add_keys(own)
    return RepeatedUrls(keys.list_repeated(), counts)


def make_keys(urls: Sequence[str]) -> list[int]:
    """Return numbers that are the same for all spellings of a URL."""
    return [*map(hash, urls if are_canonical(urls) else map(identify_url, urls))]


async def _has_only_different(session: AsyncSession, jobs: set[str]) -> bool:
    """Return whether it is known that no URL occurs twice: of several jobs it is not."""
    if len(jobs) != 1:
        return not jobs
    row = (await session.execute(select(Job.urls, Job.unique_urls).where(Job.id.in_(jobs)))).one()
    return bool(row.urls == row.unique_urls)
