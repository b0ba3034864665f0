"""Asks the addresses of one walk, unless robots.txt, the state of a host or our memory speaks against it."""

import asyncio
import math
import time
from functools import partial

from sitemap_cli.crawl.fetched_sitemap import (
    DiscoveredUrl,
    FetchedSitemap,
    build_unfetched,
    classify_response,
    reuse_cached,
)
from sitemap_cli.crawl.host_health import HostHealth
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.robots_cache import RobotsCache
from sitemap_cli.crawl.user_agent_comparison import compare_user_agents
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response, Validators
from sitemap_cli.model.values import DiscoveredBy, Fault
from sitemap_cli.progress import Progress
from sitemap_cli.settings import Settings

# A document that is being read when the time of its site is over: half a batch is worth nothing.
READING_GRACE = 1.0


class Requester:
    """Turns an address into what it answered, or into why it was not asked.

    ``home`` is an address of the site that the user's own headers are for.
    """

    def __init__(
        self, fetcher: Fetcher, settings: Settings, progress: Progress, home: str | None, cache: HttpCache
    ) -> None:
        self.memory = cache
        self.robots = RobotsCache(fetcher, settings, home)
        self._fetcher = fetcher
        self._settings = settings
        self._progress = progress
        self._home = home
        self._hosts = HostHealth(settings.max_failures, settings.per_host)
        self._until = math.inf

    def set_deadline(self, until: float) -> None:
        """Let everything end at this moment of the event loop's clock, which is :func:`time.monotonic`."""
        self._until = self.robots.until = until

    async def fetch_sitemap(self, found: DiscoveredUrl) -> FetchedSitemap:
        """What an address that may be a sitemap answered, unless there is a reason not to ask it."""
        by_user = found.discovered_by is DiscoveredBy.USER
        if refusal := await self.robots.check_allowed(found.url, by_user=by_user):
            return build_unfetched(found, refusal)
        held = self.memory.get_document(found.url)
        if held is not None and held.trusted_lastmod is not None and held.trusted_lastmod == found.lastmod:
            return reuse_cached(found, held)
        conditions = held.conditions if held else None
        if found.promised:
            fetched = await self._promised(found.url, conditions)
        else:
            fetched = await self._asked(found.url, conditions)
        sitemap = classify_response(found, fetched, held)
        sitemap.read_timeout = ReadTimeout(self._settings.timeout, self._until + READING_GRACE)
        return sitemap

    async def fetch_url(
        self, url: str, purpose: Purpose, validators: Validators | None = None, agent: str | None = None
    ) -> Response:
        """Ask one address, as somebody else if it is said as whom; the progress shows it while in flight."""
        delay = self.robots.get_delay(url)
        request = Request(url, purpose, validators, self._home, delay, self._until, user_agent=agent)
        self._progress.in_flight[url] = time.monotonic()
        try:
            return await self._fetcher.fetch(request)
        finally:
            self._progress.in_flight.pop(url, None)

    async def _asked(self, url: str, validators: Validators | None) -> Response:
        fetched = await self.fetch_url(url, Purpose.SITEMAP, validators)
        again = partial(self.fetch_url, url, Purpose.SITEMAP, None)
        return await compare_user_agents(fetched, self._settings, again)

    async def _promised(self, url: str, validators: Validators | None) -> Response:
        """What a promised address answered, counted for or against its host.

        With all its tries it keeps its room, so that not every child of an index is tried at a host that
        fails before the first of them has failed for good.
        """
        async with self._hosts.reserve_slot(url):
            if refusal := self._late_refusal(url):
                return Response(url, url, fault=refusal)
            fetched = await self._asked(url, validators)
            if not self._is_over():
                self._hosts.update_health(fetched)
            return fetched

    def _late_refusal(self, url: str) -> Fault | None:
        """Why an address is not worth asking any more, now that it could be."""
        if self._is_over():
            return Fault("deadline", "not asked in the time allowed for the site")
        return self._hosts.check_health(url)

    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() >= self._until
