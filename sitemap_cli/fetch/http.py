"""The fetcher for the web: redirects, retries and politeness around single exchanges."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from yarl import URL

from sitemap_cli.fetch.address import follow, host_of, parse, without_userinfo
from sitemap_cli.fetch.body import Limits
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.exchange import Answer, Leg, exchange
from sitemap_cli.fetch.faults import RefusedError
from sitemap_cli.fetch.fetcher import Fetched, Purpose, Request
from sitemap_cli.fetch.identity import Identity
from sitemap_cli.fetch.pace import Pace
from sitemap_cli.fetch.retry import persist
from sitemap_cli.fetch.session import Client
from sitemap_cli.model import Hop
from sitemap_cli.settings import Settings

MAX_HOPS = 10
# https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.2
MAX_ROBOTS_HOPS = 5


class HttpFetcher:
    """Asks the web, as :class:`~sitemap_cli.fetch.fetcher.Fetcher` promises.

    One per process: it holds the connections and the pace of each host. A robots.txt longer than
    500 KiB is read one byte further, which tells :class:`~sitemap_cli.fetch.robots.Robots` to cut it.

    Raises:
        ConfigurationError: an option cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = Client(settings)
        self._identity = Identity(settings)
        self._pace = Pace(concurrency=settings.concurrency, per_host=settings.per_host, delay=settings.delay)

    async def fetch(self, request: Request) -> Fetched:
        """Ask one address, follow its redirects, try again what may pass.

        Raises:
            StorageError: the disk has no room for the body.
        """
        try:
            start = parse(request.url)
            home = start if request.home is None else parse(request.home)
        except RefusedError as error:
            shown = without_userinfo(request.url)
            return Fetched(url=shown, final_url=shown, fault=error.fault)
        trip = _Trip(request, start, home, Deadline(self._settings.timeout))
        return await persist(
            lambda: self._travel(trip), retries=self._settings.retries, deadline=trip.deadline
        )

    async def close(self) -> None:
        """Release connections and threads. The fetcher is of no use afterwards."""
        await self._client.close()

    async def _travel(self, trip: "_Trip") -> Answer:
        """Go from the first address to the end of its redirects."""
        url, hops = trip.start, list[Hop]()
        while True:
            answer = await self._hop(url, trip, tuple(hops))
            if answer.location is None:
                return answer
            hops.append(Hop(str(url), answer.fetched.status_code or 0))
            try:
                url = trip.next(url, answer.location, hops)
            except RefusedError as error:
                return Answer(replace(answer.fetched, fault=error.fault, hops=tuple(hops)))

    async def _hop(self, url: URL, trip: "_Trip", hops: tuple[Hop, ...]) -> Answer:
        """Ask one address, when its host has room; waiting for that is not held against it."""
        limits = Limits.of(self._settings, trip.request.purpose)
        leg = Leg(without_userinfo(trip.request.url), url, hops, limits)
        headers = self._identity.headers(trip.request, url, trip.home)
        async with AsyncExitStack() as stack:
            with trip.deadline.paused():
                await stack.enter_async_context(self._pace.turn(host_of(url)))
            return await exchange(self._client.get(url, headers), leg, trip.deadline)


@dataclass(frozen=True, slots=True)
class _Trip:
    """Where a request starts, whose secrets it carries, and how long it may take."""

    request: Request
    start: URL
    home: URL
    deadline: Deadline

    def next(self, url: URL, location: str, hops: list[Hop]) -> URL:
        """The next address.

        Raises:
            RefusedError: it was asked before, is one too many, or nothing that we ask.
        """
        limit = MAX_ROBOTS_HOPS if self.request.purpose is Purpose.ROBOTS else MAX_HOPS
        target = follow(url, location)
        if any(hop.url == str(target) for hop in hops):
            raise RefusedError("redirect-loop", f"redirected in a circle, to {target} again")
        if len(hops) > limit:
            raise RefusedError("redirect-limit", f"redirected more than {limit} times, last to {target}")
        return target
