"""The fetcher for the web: redirects, retries and rate limits around single requests."""

import logging
import time
from collections.abc import Callable
from copy import copy
from functools import partial

from msgspec.structs import replace
from yarl import URL

from sitemap_cli.events import log_event
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.headers import RequestHeaders, may_receive_credentials
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.fetch.rate_limit import RateLimiter
from sitemap_cli.fetch.request_url import host_key, parse_request_url, resolve_redirect
from sitemap_cli.fetch.response_body import BodyLimits
from sitemap_cli.fetch.retry import SILENT_FAULTS, fetch_with_retries, parse_requested_pause
from sitemap_cli.fetch.transport.client import HttpClient
from sitemap_cli.fetch.transport.exchange import HopRequest, HopResponse, receive_response
from sitemap_cli.model.values import Hop
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

log = logging.getLogger(__name__)

# https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.2
MAX_ROBOTS_REDIRECTS = 5


class HttpFetcher:
    """The :class:`~sitemap_cli.fetch.interface.Fetcher` for HTTP.

    One per process: it holds the connections and the rate limiter. Of a robots.txt longer than 500 KiB it
    reads one byte more, so that :class:`~sitemap_cli.fetch.robots.robots_txt.RobotsTxt` notices and truncates
    it.

    Args:
        settings: the options.
        count_processes: returns how many processes may request a host.
        spares_silence: whether a host that has not responded at all is not requested again after a timeout.

    Raises:
        ConfigurationError: an option cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        count_processes: Callable[[str], int] = lambda _host: 1,
        *,
        spares_silence: bool = False,
    ) -> None:
        self._settings = settings
        self._spares_silence = spares_silence
        self._responding = set[str]()
        self._client = HttpClient(settings)
        self._headers = RequestHeaders(settings)
        self._limits = {purpose: BodyLimits.for_purpose(settings, purpose) for purpose in Purpose}
        self._rate_limiter = RateLimiter(
            concurrency=settings.concurrency,
            per_host=settings.per_host,
            delay=settings.delay,
            count_processes=count_processes,
        )

    def with_settings(self, settings: Settings) -> "HttpFetcher":
        """Return a fetcher with other headers and delay that shares the connections and rate limits.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        other = copy(self)
        other._settings, other._headers = settings, RequestHeaders(settings)  # noqa: SLF001 - the same class
        return other

    async def fetch(self, request: Request) -> Response:
        """Request one URL, follow its redirects, and retry transient failures.

        Raises:
            StorageError: there is no space on the disk for the body.
        """
        try:
            start = parse_request_url(request.url)
            credentials_url = (
                start if request.credentials_url is None else parse_request_url(request.credentials_url)
            )
        except RefusedError as error:
            redacted = redact_url(request.url)
            return Response(url=redacted, final_url=redacted, fault=error.fault)
        chain = _RedirectChain(request, start, credentials_url, self._settings, self._limits[request.purpose])
        send = partial(self._follow_redirects, chain)
        return await fetch_with_retries(
            send, retries=self._settings.retries, deadline=chain.deadline, is_hopeless=self._is_silent
        )

    def _is_silent(self, failed: Response) -> bool:
        """Return whether a request timed out whose host has not responded to any other one."""
        is_timeout = failed.fault is not None and failed.fault.reason in SILENT_FAULTS
        return self._spares_silence and is_timeout and host_key(URL(failed.final_url)) not in self._responding

    async def close(self) -> None:
        """Release connections and threads. The fetcher cannot be used afterwards."""
        await self._client.close()

    async def _follow_redirects(self, chain: "_RedirectChain") -> HopResponse:
        """Request the first URL and follow its redirects to the end."""
        url, hops = chain.start, list[Hop]()
        chain.attempt += 1
        while True:
            attempt = await self._request_hop(url, chain, tuple(hops))
            if attempt.location is None:
                return attempt
            if chain.request.content is not None:
                message = f"redirected to {redact_url(attempt.location)}, where nothing was sent"
                fault = RefusedError("redirected", message).fault
                return HopResponse(replace(attempt.response, fault=fault))
            chain.sets_cookie |= attempt.sets_cookie
            hops.append(Hop(str(url), attempt.response.status_code or 0))
            try:
                url = chain.next_url(url, attempt.location, hops)
            except RefusedError as error:
                return HopResponse(replace(attempt.response, fault=error.fault, hops=tuple(hops)))

    async def _request_hop(self, url: URL, chain: "_RedirectChain", hops: tuple[Hop, ...]) -> HopResponse:
        """Request one URL when its host has a free slot; the time limit does not include that wait."""
        is_post = chain.request.content is not None
        hop = HopRequest(chain.requested_url, url, hops, chain.limits, chain.request.keeps_error, is_post)
        headers = self._headers.build_headers(chain.request, url, chain.credentials_url)
        host = host_key(url)
        with await chain.deadline.exclude_wait(self._rate_limiter.acquire(host, *chain.delays_for(host))):
            trusted = url is chain.credentials_url or may_receive_credentials(url, chain.credentials_url)
            method, content = chain.request.method, chain.request.content
            pending = self._client.send_request(url, headers, trusted=trusted, method=method, content=content)
            started = time.monotonic()
            attempt = await receive_response(pending, hop, chain.deadline)
            if self._spares_silence and attempt.response.status_code is not None:
                self._responding.add(host)
            if log.isEnabledFor(logging.INFO):
                _log_request(chain, url, attempt.response, time.monotonic() - started)
            if seconds := parse_requested_pause(attempt):
                self._rate_limiter.pause_host(host, seconds)
                _log_pause(host, seconds)
            return attempt


def _log_request(chain: "_RedirectChain", url: URL, response: Response, seconds: float) -> None:
    """Log one request with what came of it."""
    method = chain.request.method
    outcome = response.fault.reason if response.fault else response.status_code
    ms, text = round(seconds * 1000), redact_url(str(url))
    status = response.status_code if response.fault is None else f"{response.status_code or '-'} {outcome}"
    message = f"{method} {text} {status} {ms} ms {response.wire_bytes} bytes"
    fields = {
        "method": method,
        "url": text,
        "status": response.status_code,
        "reason": response.fault.reason if response.fault else None,
        "ms": ms,
        "bytes": response.wire_bytes,
        "attempt": chain.attempt,
    }
    log_event(log, logging.INFO, "request", message, **fields)


def _log_pause(host: str, seconds: float) -> None:
    message = f"{host} requests a pause of {seconds:g} s"
    log_event(log, logging.DEBUG, "pause", message, host=host, seconds=seconds)


class _RedirectChain:
    """One request with its redirects: limits, deadline, and the URL that credentials are for."""

    def __init__(
        self, request: Request, start: URL, credentials_url: URL, settings: Settings, limits: BodyLimits
    ) -> None:
        self.request = request
        self.requested_url = redact_url(request.url)
        self.start = start
        self.credentials_url = credentials_url
        self.deadline = Deadline(settings.timeout, request.until)
        self.limits = limits
        self.attempt = 0
        self.sets_cookie = False
        self._host = host_key(start)
        self._user_delay = settings.delay
        is_robots = request.purpose is Purpose.ROBOTS
        self._max_redirects = (
            min(settings.max_redirects, MAX_ROBOTS_REDIRECTS) if is_robots else settings.max_redirects
        )

    def delays_for(self, host: str) -> tuple[float, float]:
        """Return the delays that the host and the user request; they are known for the first host only."""
        return (self.request.delay, self._user_delay) if host == self._host else (0.0, 0.0)

    def next_url(self, url: URL, location: str, hops: list[Hop]) -> URL:
        """Return the target of a redirect.

        Raises:
            RefusedError: it was requested before, is one too many, or cannot be requested.
        """
        target = resolve_redirect(url, location)
        if any(hop.url == str(target) for hop in hops):
            cookie = "; it sets a cookie, and crawlers send none back" if self.sets_cookie else ""
            raise RefusedError("redirect-loop", f"redirect loop: redirected to {target} again{cookie}")
        if len(hops) > self._max_redirects:
            raise RefusedError(
                "redirect-limit", f"more than {self._max_redirects} redirects, the last one to {target}"
            )
        return target
