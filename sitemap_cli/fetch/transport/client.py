"""The one aiohttp session: everything that aiohttp would decide by itself is decided here."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from sitemap_cli.fetch.fetch_errors import NO_MORE_FILES, RefusedError
from sitemap_cli.fetch.ssrf_guard import SsrfGuard
from sitemap_cli.fetch.transport.connectors import create_connector
from sitemap_cli.fetch.transport.proxy import Proxy, ProxySelector
from sitemap_cli.fetch.transport.resolver import Resolver
from sitemap_cli.fetch.transport.response_handler import IdlePool, SalvagingHandler
from sitemap_cli.fetch.transport.tls import TlsContexts
from sitemap_cli.settings import Settings

MAX_HEADER_LINE = 8 * 1024
MAX_HEADERS = 128
READ_BUFFER = 128 * 1024
# Idle connections for each request that may run at once.
IDLE_PER_REQUEST = 4


class DroppedError(aiohttp.ClientError):
    """A connection that broke before the answer, hidden from aiohttp, which would silently ask again.

    ``kept`` tells whether it had been used for another request before.
    """

    def __init__(self, cause: Exception, *, is_reused: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.is_reused = is_reused


class HttpClient:
    """Sends one request at a time over connections that are kept: a session for each way to the web.

    Raises:
        ConfigurationError: an option about addresses, certificates or the proxy cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = SsrfGuard(allow_private=settings.allow_private, networks=settings.allow_network)
        self._resolver = Resolver(settings.resolve)
        self._tls_contexts = TlsContexts(settings)
        self._proxies = ProxySelector(settings)
        self._idle_pool = IdlePool(IDLE_PER_REQUEST * settings.concurrency)
        self._clients: dict[Proxy | None, aiohttp.ClientSession] = {}

    async def send_request(
        self, url: URL, headers: Mapping[str, str], *, home: bool, method: str = "GET"
    ) -> aiohttp.ClientResponse:
        """Ask, and wait for the head of the answer; ``home`` is who may see our certificate.

        A connection kept from an earlier request may have been closed by the server meanwhile, and idle
        ones to other hosts may be all that we may open: that is nobody's failure, once.

        Raises:
            RefusedError: the address may not be asked, or the name server is silent.
            aiohttp.ClientError, OSError: as aiohttp raises them.
        """
        if self._settings.https_only and url.scheme != "https":
            raise RefusedError("https-only", f"{url} is not https (--https-only)")
        self._guard.check_host(url.raw_host or "")
        url = _normalize_host(url)
        try:
            try:
                return await self._send_once(url, headers, home=home, method=method)
            except (DroppedError, aiohttp.ClientConnectorError) as error:
                await self._close_stale_connections(error, url)
            return await self._send_once(url, headers, home=home, method=method)
        except DroppedError as error:
            raise error.cause from None
        except aiohttp.ConnectionTimeoutError as error:
            if self._resolver.pending[url.raw_host or ""]:
                raise RefusedError("dns-failure", f"no answer about {url.raw_host} in time") from error
            raise

    async def close(self) -> None:
        """Close the connections and let go of the threads."""
        for session in self._clients.values():
            await session.close()
        await self._resolver.close()

    async def _close_stale_connections(
        self, error: DroppedError | aiohttp.ClientConnectorError, url: URL
    ) -> None:
        """Close the kept connections that were the trouble, so that a fresh one can be made.

        Raises:
            DroppedError, aiohttp.ClientConnectorError: it was something else.
        """
        if isinstance(error, DroppedError) and error.is_reused:
            await self._idle_pool.close_idle(url.raw_host)
        elif isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno in NO_MORE_FILES:
            await self._idle_pool.close_idle()
        else:
            raise error

    async def _send_once(
        self, url: URL, headers: Mapping[str, str], *, home: bool, method: str
    ) -> aiohttp.ClientResponse:
        proxy = self._proxies.choose_proxy(url)
        if proxy not in self._clients:
            self._clients[proxy] = self._open_client(proxy)
        through = self._proxy_options(proxy, url, headers)
        return await self._clients[proxy].request(
            method,
            url,
            allow_redirects=False,
            ssl=self._tls_contexts.choose_context(home=home),
            **through,
        )

    def _proxy_options(self, proxy: Proxy | None, url: URL, headers: Mapping[str, str]) -> dict[str, Any]:
        """The headers, and what aiohttp has to know about an HTTP proxy."""
        if proxy is None or proxy.is_socks:
            return {"headers": headers}
        told = proxy.build_headers(self._settings.user_agent)
        # aiohttp gives these to the proxy only when it asks for a tunnel.
        plain = told if url.scheme == "http" else {}
        return {"headers": {**plain, **headers}, "proxy": proxy.url, "proxy_headers": told}

    def _open_client(self, proxy: Proxy | None) -> aiohttp.ClientSession:
        settings = self._settings
        return aiohttp.ClientSession(
            connector=create_connector(
                proxy, self._guard, self._resolver, self._idle_pool, ssl=self._tls_contexts.default
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=settings.connect_timeout,
                sock_connect=settings.connect_timeout,
                sock_read=settings.idle_timeout,
            ),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=READ_BUFFER,
            max_line_size=MAX_HEADER_LINE,
            max_field_size=MAX_HEADER_LINE,
            max_headers=MAX_HEADERS,
            request_class=_TrackedRequest,
            middlewares=(_prevent_silent_retry,),
        )


class _TrackedRequest(aiohttp.ClientRequest):
    """Knows whether its connection was kept from an earlier request; to trace that would cost a lot."""

    is_reused = False

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        used = conn.protocol
        if isinstance(used, SalvagingHandler):
            self.is_reused = used.start_request(self.url.raw_host or "")
            conn.add_callback(used.become_idle)
        return await super().send(conn)


async def _prevent_silent_retry(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise DroppedError(
            error, is_reused=isinstance(request, _TrackedRequest) and request.is_reused
        ) from error


def _normalize_host(url: URL) -> URL:
    """The address with one spelling for one host: to another one, aiohttp would open more connections.

    The dot at the end of a bare name stays, it says that no search list is meant.
    """
    host = url.raw_host or ""
    folded = host.lower()
    if "." in folded[:-1]:
        folded = folded.removesuffix(".")
    return url if folded == host else url.with_host(folded)
