"""Walks the sitemaps of a target: discovery, concurrent fetching, indexes below indexes; no database at all.

Inside the context of one walk, iterate over its sitemaps. Asking for the next one says that the
last has been dealt with, and its body is given back.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from sitemap_cli.aio import pick_first
from sitemap_cli.crawl.discovery import Discovery
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.frontier import Frontier
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.robots_cache import RobotsFile
from sitemap_cli.crawl.targets import Target
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Fault
from sitemap_cli.progress import Progress
from sitemap_cli.settings import Settings

# What is in flight at the deadline gives what it has, and needs a moment for that.
GRACE = 0.5

log = logging.getLogger(__name__)


class SiteCrawl:
    """One walk over one target."""

    def __init__(self, crawler: Frontier, target: Target) -> None:
        self._crawler = crawler
        self._target = target
        self._failure: Exception | None = None

    @property
    def outcomes(self) -> list[UrlOutcome]:
        """What robots.txt, wrong guesses and pages answered; delivered sitemaps are not among them."""
        return self._crawler.outcomes

    @property
    def robots_files(self) -> list[RobotsFile]:
        """The robots.txt files that were asked for."""
        return self._crawler.requester.robots.known()

    @property
    def limits_reached(self) -> list[Fault]:
        """The limits that left something out."""
        return list(self._crawler.limits_reached.values())

    def stop(self, reason: str, message: str) -> None:
        """Begin no further sitemap; what is in flight is still delivered."""
        self._crawler.stop(reason, message)

    async def iterate_sitemaps(self) -> AsyncGenerator[FetchedSitemap]:
        """Yield each sitemap once its body is here; close the generator when leaving it early."""
        async with aclosing(self._crawler.deliver_sitemaps()) as delivered:
            async for sitemap in delivered:
                yield sitemap
        if self._failure is not None:
            raise self._failure

    async def run(self) -> None:
        """Search the target within the deadline; whatever happens, the iteration comes to an end."""
        seconds = self._crawler.settings.deadline
        fault = Fault("deadline", f"the site took longer than {seconds:g} seconds")
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self._crawler.requester.set_deadline(until)
        ending = loop.call_at(until, self._crawler.expire, fault)
        try:
            async with asyncio.timeout_at(until + GRACE), self._crawler.run_workers():
                await Discovery(self._crawler, self._target).find_sitemaps()
        except TimeoutError:
            self._crawler.expire(fault)
        except ExceptionGroup as group:
            self._failure = pick_first(group, log)
        finally:
            ending.cancel()
        self._crawler.finish_delivery(fault if "deadline" in self._crawler.limits_reached else None)


@asynccontextmanager
async def crawl_site(
    fetcher: Fetcher,
    target: Target,
    settings: Settings,
    progress: Progress | None = None,
    cache: HttpCache | None = None,
) -> AsyncIterator[SiteCrawl]:
    """Begin a walk; leaving the context stops it wherever it is.

    What ``memory`` holds is asked for with its validators, and taken from there if nothing has changed.

    Raises:
        UsageError: a pattern in the settings is no regular expression.
    """
    # Headers, cookies and passwords that the user gave are for this site, wherever its sitemaps lie.
    crawler = Frontier(fetcher, settings, progress or Progress(), target.urls[0], cache)
    walking = SiteCrawl(crawler, target)
    driver = asyncio.create_task(walking.run())
    try:
        yield walking
    finally:
        driver.cancel()
        try:
            await asyncio.wait([driver])
        finally:
            await crawler.close()
