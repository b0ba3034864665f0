"""The fetcher for the web: redirects, retries and politeness around single exchanges."""

from copy import copy
from functools import partial

from msgspec.structs import replace
from yarl import URL

from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.headers import RequestHeaders, may_receive_credentials
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.fetch.rate_limit import RateLimiter
from sitemap_cli.fetch.request_url import host_key, parse_request_url, resolve_redirect
from sitemap_cli.fetch.response_body import BodyLimits
from sitemap_cli.fetch.retry import fetch_with_retries, find_requested_pause
from sitemap_cli.fetch.transport.client import HttpClient
from sitemap_cli.fetch.transport.exchange import HopRequest, HopResponse, receive_response
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
        self._client = HttpClient(settings)
        self._headers = RequestHeaders(settings)
        self._limits = {purpose: BodyLimits.for_purpose(settings, purpose) for purpose in Purpose}
        self._rate_limiter = RateLimiter(
            concurrency=settings.concurrency, per_host=settings.per_host, delay=settings.delay
        )

    def with_settings(self, settings: Settings) -> "HttpFetcher":
        """One that says other things about us and is slower, and shares the connections and the pace.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        other = copy(self)
        other._settings, other._headers = settings, RequestHeaders(settings)  # noqa: SLF001 - one of our own
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
        trip = _RedirectChain(request, start, home, self._settings, self._limits[request.purpose])
        travel = partial(self._follow_redirects, trip)
        return await fetch_with_retries(travel, retries=self._settings.retries, deadline=trip.deadline)

    async def close(self) -> None:
        """Release connections and threads. The fetcher is of no use afterwards."""
        await self._client.close()

    async def _follow_redirects(self, trip: "_RedirectChain") -> HopResponse:
        """Go from the first address to the end of its redirects."""
        url, hops = trip.start, list[Hop]()
        while True:
            answer = await self._request_hop(url, trip, tuple(hops))
            if answer.location is None:
                return answer
            hops.append(Hop(str(url), answer.response.status_code or 0))
            try:
                url = trip.next_url(url, answer.location, hops)
            except RefusedError as error:
                return HopResponse(replace(answer.response, fault=error.fault, hops=tuple(hops)))

    async def _request_hop(self, url: URL, trip: "_RedirectChain", hops: tuple[Hop, ...]) -> HopResponse:
        """Ask one address, when its host has room; waiting for that is not held against it."""
        leg = HopRequest(trip.requested_url, url, hops, trip.limits)
        headers = self._headers.build_headers(trip.request, url, trip.home)
        host = host_key(url)
        with await trip.deadline.exclude_wait(self._rate_limiter.acquire(host, *trip.delays_for(host))):
            home = url is trip.home or may_receive_credentials(url, trip.home)
            asking = self._client.send_request(url, headers, home=home, method=trip.request.method)
            answer = await receive_response(asking, leg, trip.deadline)
            if seconds := find_requested_pause(answer):
                self._rate_limiter.pause_host(host, seconds)
            return answer


class _RedirectChain:
    """Where a request starts, whose secrets it carries, and how far and how long it may go."""

    def __init__(
        self, request: Request, start: URL, credentials_url: URL, settings: Settings, limits: BodyLimits
    ) -> None:
        self.request = request
        self.requested_url = redact_url(request.url)
        self.start = start
        self.home = credentials_url
        self.deadline = Deadline(settings.timeout, request.until)
        self.limits = limits
        self._host = host_key(start)
        self._delay = settings.delay
        robots = request.purpose is Purpose.ROBOTS
        self._max_redirects = (
            min(settings.max_redirects, MAX_ROBOTS_REDIRECTS) if robots else settings.max_redirects
        )

    def delays_for(self, host: str) -> tuple[float, float]:
        """The seconds that a host, and the user, want between two requests; known of the first host only."""
        return (self.request.delay, self._delay) if host == self._host else (0.0, 0.0)

    def next_url(self, url: URL, location: str, hops: list[Hop]) -> URL:
        """The next address.

        Raises:
            RefusedError: it was asked before, is one too many, or nothing that we ask.
        """
        target = resolve_redirect(url, location)
        if any(hop.url == str(target) for hop in hops):
            raise RefusedError("redirect-loop", f"redirected in a circle, to {target} again")
        if len(hops) > self._max_redirects:
            raise RefusedError(
                "redirect-limit", f"redirected more than {self._max_redirects} times, last to {target}"
            )
        return target
