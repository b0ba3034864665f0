"""Request the robots.txt of other hosts whose pages the sitemaps of a job list.

A sitemap may list pages of another host whose robots.txt lists the sitemap:
https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
"""

from collections.abc import Iterator

from sitemap_cli.services.recording import foreign_origins
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.tasks.running_job import Analysis


async def request_proofs(analysis: Analysis) -> None:
    """Request the robots.txt of other hosts; of a few, once, and none for a local folder.

    The sitemaps that are not recorded yet are in memory, so a small site needs no transaction for this.
    """
    if analysis.job.target.is_local:
        return
    found = dict[str, None]()
    stored = list[tuple[str, int]]()
    for each in analysis.last:
        found |= dict.fromkeys(_list_origins(each))
        stored += _list_stored(each)
    if analysis.outcomes or stored:
        job_id = analysis.job.job_id if analysis.outcomes else None
        async with analysis.job.db.reading() as session:
            found |= dict.fromkeys(await foreign_origins.list_foreign_origins(session, job_id, stored))
    if found:
        await analysis.crawl.request_robots(list(found))


def _list_origins(arrived: ArrivedSitemap) -> Iterator[str]:
    """Yield the origins of other hosts in a sitemap that was read and is not recorded."""
    document, url = arrived.document, arrived.sitemap.response.final_url
    extent = document.facts.url_range if document is not None else None
    if document is None or not document.facts.urls:
        return
    if extent is None or foreign_origins.may_be_mixed(url, extent.first, extent.last):
        for batch in document.batches:
            yield from foreign_origins.select_foreign(url, batch.entries.locs)


def _list_stored(arrived: ArrivedSitemap) -> Iterator[tuple[str, int]]:
    """Yield the URL and the document of a sitemap that a previous job read, and that may be mixed."""
    previous = arrived.sitemap.cached or (arrived.previous if arrived.document is None else None)
    url = arrived.sitemap.response.final_url
    if previous is None or not previous.urls:
        return
    if foreign_origins.may_be_mixed(url, previous.first_loc, previous.last_loc):
        yield url, previous.document_id
