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
"""Of so many URLs all keys are kept while they are listed; of more, only those that occur several times."""


class RepeatedUrls:
    """Drops all but the first of equivalent URLs, and adds their number to the count of ``repeated`` ones.

    ``keys`` are those of the URLs that occur more than once; None if that is not known.
    """

    __slots__ = ("_counts", "_keys", "_seen")

    def __init__(self, keys: UrlKeys | None, counts: Counter[str]) -> None:
        self._keys = keys
        self._seen = set[int]()
        self._counts = counts

    def drop(self, pages: Iterable[UrlPage]) -> list[UrlPage]:
        """Return pages without URLs that came before."""
        return [page for page in map(self._drop, pages) if page.size]

    def _drop(self, page: UrlPage) -> UrlPage:
        if self._keys is not None and self._keys.is_empty:
            return page
        is_first = [*map(self._is_first, make_keys(page.columns["loc"].split_filled()))]
        if all(is_first):
            return page
        kept = page.select(is_first)
        self._counts["repeated"] += page.size - kept.size
        return kept

    def _is_first(self, key: int) -> bool:
        if self._keys is not None:
            return not self._keys.has_key(key) or self._keys.take_key(key)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new


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
