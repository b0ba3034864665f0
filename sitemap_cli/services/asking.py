"""Asks the addresses of one walk, unless robots.txt, the state of a host or our memory speaks against it."""

import math
import time

from sitemap_cli.fetch.fetcher import Fetched, Fetcher, Purpose, Request, Validators
from sitemap_cli.model import DiscoveredBy, Fault, Progress
from sitemap_cli.services.hosts import Hosts
from sitemap_cli.services.memory import Memory
from sitemap_cli.services.patience import Patience
from sitemap_cli.services.robots import RobotsFiles
from sitemap_cli.services.sitemap import Found, Sitemap, fetched_as, trusted, unfetched
from sitemap_cli.settings import Settings

# A document that is being read when the time of its site is over: half a batch is worth nothing.
READING_GRACE = 1.0


class Asker:
    """Turns an address into what it answered, or into why it was not asked.

    ``home`` is an address of the site that the user's own headers are for.
    """

    def __init__(
        self, fetcher: Fetcher, settings: Settings, progress: Progress, home: str | None, memory: Memory
    ) -> None:
        self.memory = memory
        self.robots = RobotsFiles(fetcher, settings, home)
        self._fetcher = fetcher
        self._settings = settings
        self._progress = progress
        self._home = home
        self._hosts = Hosts(settings.max_failures)
        self._until = math.inf

    def limit(self, until: float) -> None:
        """Let everything end at this moment of the event loop's clock, which is :func:`time.monotonic`."""
        self._until = self.robots.until = until

    async def sitemap(self, found: Found) -> Sitemap:
        """What an address that may be a sitemap answered, unless there is a reason not to ask it."""
        if refusal := await self._refusal(found):
            return unfetched(found, refusal)
        held = self.memory.held(found.url)
        if held is not None and held.trusted_lastmod is not None and held.trusted_lastmod == found.lastmod:
            return trusted(found, held)
        fetched = await self.fetch(found.url, Purpose.SITEMAP, held.conditions if held else None)
        if found.promised:
            self._hosts.note(fetched)
        sitemap = fetched_as(found, fetched, held)
        sitemap.patience = Patience(self._settings.timeout, self._until + READING_GRACE)
        return sitemap

    async def fetch(self, url: str, purpose: Purpose, validators: Validators | None = None) -> Fetched:
        """Ask one address, and show it in the progress while it is in flight."""
        delay = self.robots.delay(url)
        request = Request(url, purpose, validators, self._home, delay, self._until)
        self._progress.in_flight[url] = time.monotonic()
        try:
            return await self._fetcher.fetch(request)
        finally:
            self._progress.in_flight.pop(url, None)

    async def _refusal(self, found: Found) -> Fault | None:
        by_user = found.discovered_by is DiscoveredBy.USER
        refusal = await self.robots.refusal(found.url, by_user=by_user)
        return refusal or (self._hosts.refusal(found.url) if found.promised else None)
