"""The crawl of one target: discovery, concurrent fetching and nested indexes, without any database.

Iterate over the sitemaps inside the context of :func:`crawl_site`, and finish each of them: that releases its
body and says which sitemaps to follow.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from sitemap_cli.aio import pick_first
from sitemap_cli.crawl.crawl_context import CrawlContext
from sitemap_cli.crawl.discovery import Discovery
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.frontier import Frontier
from sitemap_cli.crawl.http_cache import HttpCache, NoCache
from sitemap_cli.crawl.requester import Requester
from sitemap_cli.crawl.robots_cache import RobotsFile
from sitemap_cli.crawl.targets import Target
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Child, Fault
from sitemap_cli.progress import Progress
from sitemap_cli.settings import Settings

# Seconds that requests in flight at the deadline have to return what has arrived.
GRACE = 0.5
# Other hosts whose robots.txt is requested, and the seconds for that: a university lists pages of many hosts.
MAX_PROOFS = 100
PROOF_SECONDS = 10.0

log = logging.getLogger(__name__)


class SiteCrawl:
    """One crawl of one target."""

    def __init__(self, context: CrawlContext, frontier: Frontier, target: Target) -> None:
        self._context = context
        self._frontier = frontier
        self._target = target
        self._failure: Exception | None = None

    @property
    def outcomes(self) -> list[UrlOutcome]:
        """The outcomes of robots.txt files, wrong guesses and pages, but not of delivered sitemaps."""
        return self._context.report.outcomes

    @property
    def robots_files(self) -> list[RobotsFile]:
        """The robots.txt files that were fetched."""
        return self._context.robots.get_known_files()

    @property
    def limits_reached(self) -> list[Fault]:
        """The limits that left something out."""
        return list(self._context.report.limits.values())

    def stop(self, reason: str, message: str) -> None:
        """Begin no other sitemap; what is in flight is still delivered."""
        self._frontier.stop(reason, message)

    async def iterate_sitemaps(self) -> AsyncGenerator[FetchedSitemap | None]:
        """Yield each sitemap when its body has arrived; the caller finishes it.

        None is yielded at the times of :meth:`remind_at`. Close the generator when leaving it early.
        """
        async with aclosing(self._frontier.delivery.iterate()) as sitemaps:
            async for sitemap in sitemaps:
                yield sitemap
        if self._failure is not None:
            raise self._failure

    def remind_at(self, when: float) -> None:
        """Let the iteration yield None at this time of the event loop."""
        self._frontier.delivery.remind_at(when)

    def finish_sitemap(self, sitemap: FetchedSitemap, children: Sequence[Child]) -> None:
        """Release the body of a delivered sitemap, and follow the sitemaps that it lists."""
        self._frontier.finish_sitemap(sitemap, children)

    async def request_robots(self, origins: Sequence[str]) -> None:
        """Request the robots.txt of other hosts, which can prove that a sitemap may list their pages.

        Each is requested once, for some seconds and not beyond the deadline.
        """
        robots, limit = self._context.robots, asyncio.Semaphore(self._context.settings.concurrency)
        robots.until = min(robots.until, asyncio.get_running_loop().time() + PROOF_SECONDS)

        async def request(origin: str) -> None:
            async with limit:
                await robots.get_robots(origin)

        async with asyncio.TaskGroup() as group:
            for origin in origins[:MAX_PROOFS]:
                group.create_task(request(origin))

    async def run(self) -> None:
        """Search the target until the deadline; the iteration ends whatever happens here."""
        seconds = self._context.settings.deadline
        fault = Fault("deadline", f"the site took longer than {seconds:g} seconds")
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self._context.requester.set_deadline(until)
        timer = loop.call_at(until, self._frontier.expire, fault)
        try:
            async with asyncio.timeout_at(until + GRACE), self._frontier.run_workers():
                await Discovery(self._context, self._frontier, self._target).find_sitemaps()
        except TimeoutError:
            self._frontier.expire(fault)
        except ExceptionGroup as group:
            self._failure = pick_first(group, log)
        finally:
            timer.cancel()
        has_expired = fault.reason in self._context.report.limits
        self._frontier.finish_delivery(fault if has_expired else None)


@asynccontextmanager
async def crawl_site(
    fetcher: Fetcher,
    target: Target,
    settings: Settings,
    progress: Progress | None = None,
    cache: HttpCache | None = None,
) -> AsyncIterator[SiteCrawl]:
    """Start a crawl; leaving the context stops it at any point.

    Cached documents are requested with their validators, and reused if nothing has changed.

    Raises:
        UsageError: a pattern in the settings is no regular expression.
    """
    progress = progress or Progress()
    if target.is_local:
        # What is published there is not crawled yet: its robots.txt is for those who will.
        settings = replace(settings, no_robots=True)
    # The user's headers, cookies and passwords are for this site, wherever its sitemaps are.
    context = CrawlContext(settings, Requester(fetcher, settings, progress.in_flight, target.urls[0]))
    frontier = Frontier(context, progress, cache or NoCache())
    crawl = SiteCrawl(context, frontier, target)
    driver = asyncio.create_task(crawl.run())
    try:
        yield crawl
    finally:
        driver.cancel()
        try:
            await asyncio.wait([driver])
        finally:
            frontier.delivery.release()
            await context.robots.close()
