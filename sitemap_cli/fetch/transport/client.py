"""The aiohttp client: everything that aiohttp would decide by default is decided here."""

import io
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.ssrf_guard import SsrfGuard
from sitemap_cli.fetch.system_certificates import load_postponed
from sitemap_cli.fetch.transport.connectors import create_connector
from sitemap_cli.fetch.transport.head_repair import MAX_FIELDS, MAX_LINE
from sitemap_cli.fetch.transport.network_errors import TOO_MANY_FILES
from sitemap_cli.fetch.transport.proxy import Proxy, ProxySelector
from sitemap_cli.fetch.transport.resolver import Resolver
from sitemap_cli.fetch.transport.response_handler import IdlePool, SalvagingHandler
from sitemap_cli.fetch.transport.tls import TlsContexts
from sitemap_cli.settings import Settings

READ_BUFFER = 128 * 1024
# Idle connections per request that may run at once.
IDLE_PER_REQUEST = 4


class DroppedError(aiohttp.ClientError):
    """A connection that broke before the response, hidden from aiohttp, which would silently retry.

    Args:
        cause: the exception of aiohttp.
        is_reused: whether the connection had been used for another request before.
    """

    def __init__(self, cause: Exception, *, is_reused: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.is_reused = is_reused


class HttpClient:
    """A client for single requests over kept-alive connections, with one aiohttp client per proxy.

    Raises:
        ConfigurationError: an option about IP addresses, certificates or the proxy cannot be used.
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
        self,
        url: URL,
        headers: Mapping[str, str],
        *,
        trusted: bool,
        method: str = "GET",
        content: bytes | None = None,
    ) -> aiohttp.ClientResponse:
        """Send a request and wait for the head of the response.

        The server may have closed a kept-alive connection meanwhile, and idle connections to other hosts may
        use up all files that the process can open. Both are fixed by one more attempt with a fresh
        connection.

        Args:
            url: the URL to request.
            headers: all request headers.
            trusted: whether the site may receive the client certificate.
            method: GET, HEAD or POST.
            content: what POST sends.

        Raises:
            RefusedError: the URL is not permitted, or the name server does not respond.
            aiohttp.ClientError, OSError: as raised by aiohttp.
        """
        if self._settings.https_only and url.scheme != "https":
            raise RefusedError("https-only", f"{url} is not https (--https-only)")
        self._guard.check_host(url.raw_host or "")
        url = _normalize_host(url)
        try:
            try:
                return await self._send_once(url, headers, content, trusted=trusted, method=method)
            except (DroppedError, aiohttp.ClientConnectorError) as error:
                await self._close_stale_connections(error, url)
            return await self._send_once(url, headers, content, trusted=trusted, method=method)
        except DroppedError as error:
            raise error.cause from None
        except aiohttp.ConnectionTimeoutError as error:
            if self._resolver.pending[url.raw_host or ""]:
                message = f"the name server did not respond in time for {url.raw_host}"
                raise RefusedError("dns-failure", message) from error
            raise

    async def close(self) -> None:
        """Close the connections and release the threads."""
        for client in self._clients.values():
            await client.close()
        await self._resolver.close()

    async def _close_stale_connections(
        self, error: DroppedError | aiohttp.ClientConnectorError, url: URL
    ) -> None:
        """Close the kept-alive connections that caused the error, so that a fresh one can be opened.

        Raises:
            DroppedError, aiohttp.ClientConnectorError: the error has another cause.
        """
        if isinstance(error, DroppedError) and error.is_reused:
            await self._idle_pool.close_idle(url.raw_host)
        elif isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno in TOO_MANY_FILES:
            await self._idle_pool.close_idle()
        else:
            raise error

    async def _send_once(
        self, url: URL, headers: Mapping[str, str], content: bytes | None, *, trusted: bool, method: str
    ) -> aiohttp.ClientResponse:
        proxy = self._proxies.choose_proxy(url)
        if proxy is not None or url.scheme == "https":
            load_postponed()
        if proxy not in self._clients:
            self._clients[proxy] = self._open_client(proxy)
        options = self._proxy_options(proxy, url, headers)
        if content is not None:
            # aiohttp warns of large bytes: it would write them at once. It closes the file.
            options["data"] = io.BytesIO(content)
        return await self._clients[proxy].request(
            method,
            url,
            allow_redirects=False,
            ssl=self._tls_contexts.choose_context(trusted=trusted),
            **options,
        )

    def _proxy_options(self, proxy: Proxy | None, url: URL, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the headers, and what aiohttp has to know about an HTTP proxy."""
        if proxy is None or proxy.is_socks:
            return {"headers": headers}
        proxy_headers = proxy.build_headers(self._settings.user_agent)
        # aiohttp sends proxy_headers only with CONNECT; a plain http request carries them itself.
        own = proxy_headers if url.scheme == "http" else {}
        return {"headers": {**own, **headers}, "proxy": proxy.url, "proxy_headers": proxy_headers}

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
            max_line_size=MAX_LINE,
            max_field_size=MAX_LINE,
            max_headers=MAX_FIELDS,
            request_class=_TrackedRequest,
            middlewares=(_prevent_silent_retry,),
        )


class _TrackedRequest(aiohttp.ClientRequest):
    """A request that knows whether its connection was reused; aiohttp's tracing would be expensive."""

    is_reused = False

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        protocol = conn.protocol
        if isinstance(protocol, SalvagingHandler):
            self.is_reused = protocol.start_request(self.url.raw_host or "")
            conn.add_callback(protocol.become_idle)
        return await super().send(conn)


async def _prevent_silent_retry(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide a dropped connection from aiohttp, which would send the request again without counting it."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise DroppedError(
            error, is_reused=isinstance(request, _TrackedRequest) and request.is_reused
        ) from error


def _normalize_host(url: URL) -> URL:
    """Return the URL with one spelling for each host: aiohttp would open separate connections for others.

    The dot after a name without dots stays: it means that no search list applies.
    """
    host = url.raw_host or ""
    folded = host.lower()
    if "." in folded[:-1]:
        folded = folded.removesuffix(".")
    return url if folded == host else url.with_host(folded)
