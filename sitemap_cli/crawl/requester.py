"""Requests of one crawl or probe: with the delay of robots.txt, the health of hosts and a deadline."""

import asyncio
import math
import time

from sitemap_cli import urls
from sitemap_cli.crawl.error_bodies import is_sitemap_beginning
from sitemap_cli.crawl.host_health import HostHealth
from sitemap_cli.crawl.robots_cache import RobotsCache
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response, Validators
from sitemap_cli.model.values import Fault
from sitemap_cli.settings import Settings


class Requester:
    """Sends requests for one site, and decides whether a URL may still be requested.

    ``refusing`` has the hosts and ports, with the scheme, that refused a connection.

    Args:
        fetcher: sends the requests.
        settings: limits per host, and what to do about robots.txt.
        in_flight: shows what is being requested: URL to the start on the clock of :func:`time.monotonic`.
        credentials_url: a URL of the site that the user's own headers and credentials are for.
        count_missing: whether missing files count against a host.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        settings: Settings,
        in_flight: dict[str, float],
        credentials_url: str | None,
        *,
        count_missing: bool = True,
    ) -> None:
        self.robots = RobotsCache(fetcher, settings, credentials_url)
        self.hosts = HostHealth(settings.max_failures, settings.per_host, count_missing=count_missing)
        self.until = math.inf
        self.refusing = set[str]()
        self._fetcher = fetcher
        self._in_flight = in_flight
        self._credentials_url = credentials_url

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return asyncio.get_running_loop().time() >= self.until

    def set_deadline(self, until: float) -> None:
        """Send no request after this time of the event loop's clock, which is :func:`time.monotonic`."""
        self.until = self.robots.until = until

    def check_still_wanted(self, url: str) -> Fault | None:
        """Return why a URL is not worth a request after the wait for its host; None if it is."""
        if self.is_over:
            return Fault("deadline", "not requested before the deadline of the site")
        return self.hosts.check_health(url)

    async def fetch_url(
        self,
        url: str,
        purpose: Purpose,
        validators: Validators | None = None,
        *,
        method: str = "GET",
        user_agent: str | None = None,
        no_cache: bool = False,
    ) -> Response:
        """Fetch one URL, with another user agent if one is given; show it as in flight meanwhile.

        ``no_cache`` bypasses the caches on the way.
        """
        request = Request(
            url,
            purpose,
            validators,
            credentials_url=self._credentials_url,
            delay=self.robots.get_delay(url),
            until=self.until,
            method=method,
            user_agent=user_agent,
            no_cache=no_cache,
            keeps_error=is_sitemap_beginning if purpose is Purpose.SITEMAP else None,
        )
        self._in_flight[url] = time.monotonic()
        try:
            response = await self._fetcher.fetch(request)
        finally:
            self._in_flight.pop(url, None)
        if response.fault is not None and response.fault.reason == "connection-refused":
            self.refusing.add(urls.url_origin(response.final_url))
        return response
