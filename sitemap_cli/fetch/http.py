"""The fetcher for the web: redirects, retries and politeness around single exchanges."""

from copy import copy
from functools import partial

from msgspec.structs import replace
from yarl import URL

from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.headers import Identity, is_home
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.fetch.rate_limit import Pace
from sitemap_cli.fetch.request_url import host_key, parse_request_url, resolve_redirect
from sitemap_cli.fetch.response_body import Limits
from sitemap_cli.fetch.retry import persist, rest_asked_for
from sitemap_cli.fetch.transport.client import Client
from sitemap_cli.fetch.transport.exchange import Answer, Leg, exchange
from sitemap_cli.model.values import Hop
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

# https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.2
MAX_ROBOTS_REDIRECTS = 5


class HttpFetcher:
    """Asks the web, as :class:`~sitemap_cli.fetch.interface.Fetcher` promises.

    One per process: it holds the connections and the pace of each host. A robots.txt longer than
    500 KiB is read one byte further, so that :class:`~sitemap_cli.fetch.robots.robots_txt.Robots` cuts it.

    Raises:
        ConfigurationError: an option cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = Client(settings)
        self._identity = Identity(settings)
        self._limits = {purpose: Limits.of(settings, purpose) for purpose in Purpose}
        self._pace = Pace(concurrency=settings.concurrency, per_host=settings.per_host, delay=settings.delay)

    def with_settings(self, settings: Settings) -> "HttpFetcher":
        """One that says other things about us and is slower, and shares the connections and the pace.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        other = copy(self)
        other._settings, other._identity = settings, Identity(settings)  # noqa: SLF001 - one of our own
        return other

    async def fetch(self, request: Request) -> Response:
        """Ask one address, follow its redirects, try again what may pass.

        Raises:
            StorageError: the disk has no room for the body.
        """
        try:
            start = parse_request_url(request.url)
            home = start if request.credentials_url is None else parse_request_url(request.credentials_url)
        except RefusedError as error:
            shown = redact_url(request.url)
            return Response(url=shown, final_url=shown, fault=error.fault)
        trip = _Trip(request, start, home, self._settings, self._limits[request.purpose])
        travel = partial(self._travel, trip)
        return await persist(travel, retries=self._settings.retries, deadline=trip.deadline)

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
        leg = Leg(trip.shown, url, hops, trip.limits)
        headers = self._identity.headers(trip.request, url, trip.home)
        host = host_key(url)
        with await trip.deadline.paused(self._pace.turn(host, *trip.delays_at(host))):
            home = url is trip.home or is_home(url, trip.home)
            asking = self._client.ask(url, headers, home=home, method=trip.request.method)
            answer = await exchange(asking, leg, trip.deadline)
            if seconds := rest_asked_for(answer):
                self._pace.rest(host, seconds)
            return answer


class _Trip:
    """Where a request starts, whose secrets it carries, and how far and how long it may go."""

    def __init__(self, request: Request, start: URL, home: URL, settings: Settings, limits: Limits) -> None:
        self.request = request
        self.shown = redact_url(request.url)
        self.start = start
        self.home = home
        self.deadline = Deadline(settings.timeout, request.until)
        self.limits = limits
        self._host = host_key(start)
        self._delay = settings.delay
        robots = request.purpose is Purpose.ROBOTS
        self._redirects = (
            min(settings.max_redirects, MAX_ROBOTS_REDIRECTS) if robots else settings.max_redirects
        )

    def delays_at(self, host: str) -> tuple[float, float]:
        """The seconds that a host, and the user, want between two requests; known of the first host only."""
        return (self.request.delay, self._delay) if host == self._host else (0.0, 0.0)

    def next(self, url: URL, location: str, hops: list[Hop]) -> URL:
        """The next address.

        Raises:
            RefusedError: it was asked before, is one too many, or nothing that we ask.
        """
        target = resolve_redirect(url, location)
        if any(hop.url == str(target) for hop in hops):
            raise RefusedError("redirect-loop", f"redirected in a circle, to {target} again")
        if len(hops) > self._redirects:
            raise RefusedError(
                "redirect-limit", f"redirected more than {self._redirects} times, last to {target}"
            )
        return target
