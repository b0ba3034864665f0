"""Group the small sitemaps of a job: a transaction for each is what makes a batch slow.

A small document is read when it arrives, which also shows what it lists. So its body is released and the
crawl goes on before anything is recorded: a group that waits for more does not delay the crawl.
"""

from collections.abc import AsyncGenerator

from sitemap_cli.aio import TimedBuffer
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.http_cache import CachedDocument, HttpCache
from sitemap_cli.services.recording import content_keys
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.tasks.preparation.prepared_groups import SitemapGroup
from sitemap_cli.tasks.running_job import Analysis

MAX_GROUP = 500
# Bytes of content that a group may have.
MAX_BYTES = 1024 * 1024
# Larger documents are recorded alone.
SMALL_BYTES = 256 * 1024
# Maximum time in seconds for which a sitemap waits to be recorded.
MAX_SECONDS = 0.5


async def group_sitemaps(
    analysis: Analysis, sitemaps: AsyncGenerator[FetchedSitemap | None]
) -> AsyncGenerator[SitemapGroup]:
    """Yield the sitemaps of a crawl in groups, in the order of their arrival.

    The caller finishes those that are not finished after it has recorded them. With ``--max-urls`` each one
    is a group, so that no more is recorded than necessary.
    """
    crawl = analysis.crawl
    max_group = MAX_GROUP if analysis.job.settings.max_urls is None else 1
    group, size = TimedBuffer[ArrivedSitemap](max_group, MAX_SECONDS), 0
    async for sitemap in sitemaps:
        is_large = sitemap is not None and sitemap.response.bytes > SMALL_BYTES and sitemap.cached is None
        if group.items and (is_large or group.is_due):
            yield SitemapGroup(group.take())
            size = 0
        if sitemap is None:
            continue
        if is_large:
            yield SitemapGroup([ArrivedSitemap(sitemap, is_finished=False, is_large=True)])
            continue
        arrived = _read_sitemap(sitemap, analysis.cache)
        group.add(arrived)
        size += sitemap.response.bytes
        if len(group.items) == 1 and group.deadline is not None:
            crawl.remind_at(group.deadline)
        if arrived.is_finished:
            crawl.finish_sitemap(sitemap, arrived.document.facts.followed if arrived.document else ())
        # The crawl may have nothing else to do than to follow one that is not finished.
        if group.is_full or size > MAX_BYTES or not arrived.is_finished:
            yield SitemapGroup(group.take())
            size = 0
    if group.items:
        yield SitemapGroup(group.take(), is_last=True)


def _read_sitemap(sitemap: FetchedSitemap, cache: HttpCache) -> ArrivedSitemap:
    """Read a small document, unless the database has it certainly."""
    if sitemap.cached is not None:
        return ArrivedSitemap(sitemap, is_finished=not _may_list_sitemaps(sitemap, sitemap.cached))
    if not sitemap.is_readable:
        return ArrivedSitemap(sitemap)
    previous = cache.get_document(sitemap.discovered.url, sitemap.scope.path if sitemap.scope else None)
    if previous is not None and _is_same(sitemap, previous) and not _may_list_sitemaps(sitemap, previous):
        return ArrivedSitemap(sitemap, previous=previous)
    return ArrivedSitemap(sitemap, sitemap.open_reading().read_all(), previous)


def _is_same(sitemap: FetchedSitemap, previous: CachedDocument) -> bool:
    """Return whether a body is the one that a previous job read."""
    return previous.digest in content_keys.build_candidate_keys(sitemap)


def _may_list_sitemaps(sitemap: FetchedSitemap, document: CachedDocument) -> bool:
    """Return whether there are sitemaps to follow that only the database, or the body, can show."""
    return document.children > 0 or sitemap.follows_listed
