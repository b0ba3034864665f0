"""The one aiohttp session: everything that aiohttp would decide by itself is decided here."""

import ssl
from collections.abc import Mapping
from types import SimpleNamespace

import aiohttp
from aiohttp.hdrs import PROXY_AUTHORIZATION, USER_AGENT
from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.address import without_userinfo
from sitemap_cli.fetch.faults import RefusedError
from sitemap_cli.fetch.guard import Guard
from sitemap_cli.fetch.resolver import Resolver
from sitemap_cli.settings import Settings

MAX_HEADER_LINE = 8 * 1024
MAX_HEADERS = 128
READ_BUFFER = 128 * 1024
DNS_TTL = 300
HEAD_START = 0.25


class DroppedError(aiohttp.ClientError):
    """A connection that broke before the answer, hidden from aiohttp, which would silently ask again."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Client:
    """Sends one GET at a time over connections that are kept, with nothing taken from the environment.

    Raises:
        ConfigurationError: an option about addresses, certificates or the proxy cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = Guard(allow_private=settings.allow_private, networks=settings.allow_network)
        self._resolver = Resolver(settings.resolve, threads=settings.concurrency)
        self._trust = _trust(settings)
        self._proxy, self._proxy_headers = _proxy(settings)
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Ask, and wait for the head of the answer.

        A connection kept from an earlier request may have been closed by the server meanwhile: that is
        nobody's failure, so the next one is taken, until a fresh one breaks too.

        Raises:
            RefusedError: the address may not be asked, or the name server is silent.
            aiohttp.ClientError, OSError: as aiohttp raises them.
        """
        self._guard.check_host(url.raw_host or "")
        while True:
            used = SimpleNamespace(before=False)
            try:
                return await self._get(url, headers, used)
            except DroppedError as error:
                if not used.before:
                    raise error.cause from None
            except aiohttp.ConnectionTimeoutError as error:
                if self._resolver.pending[url.raw_host or ""]:
                    raise RefusedError("dns-failure", f"no answer about {url.raw_host} in time") from error
                raise

    async def close(self) -> None:
        """Close the connections and let go of the threads."""
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def _get(
        self, url: URL, headers: Mapping[str, str], used: SimpleNamespace
    ) -> aiohttp.ClientResponse:
        self._session = self._session or self._open()
        # aiohttp gives these to the proxy only when it asks for a tunnel.
        plain = self._proxy_headers if url.scheme == "http" else {}
        return await self._session.get(
            url,
            headers={**plain, **headers},
            allow_redirects=False,
            proxy=self._proxy,
            proxy_headers=self._proxy_headers,
            trace_request_ctx=used,
        )

    def _open(self) -> aiohttp.ClientSession:
        settings = self._settings
        return aiohttp.ClientSession(
            connector=self._connector(),
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
            middlewares=(_once,),
            trace_configs=[_reuse_tracer()],
        )

    def _connector(self) -> aiohttp.TCPConnector:
        """Connections without a bound: :class:`Pace` has one, and nobody's time runs while it waits there.

        Behind a proxy every socket leads to the proxy, wherever that stands: the user has chosen it.
        """
        return aiohttp.TCPConnector(
            limit=0,
            ssl=self._trust,
            resolver=self._resolver,
            ttl_dns_cache=DNS_TTL,
            happy_eyeballs_delay=HEAD_START,
            socket_factory=None if self._proxy else self._guard.socket,
        )


def _trust(settings: Settings) -> ssl.SSLContext | bool:
    """Which certificates to accept: all, the system's, or those of a file."""
    if settings.insecure or settings.cacert is None:
        return not settings.insecure
    try:
        return ssl.create_default_context(cafile=settings.cacert)
    except OSError as error:
        where = f"--cacert {settings.cacert}"
        raise ConfigurationError("no certificates", where=where, why=error.strerror or str(error)) from error


def _proxy(settings: Settings) -> tuple[URL | None, dict[str, str]]:
    """The address of the proxy without its password, and the headers for the proxy alone."""
    if settings.proxy is None:
        return None, {}
    try:
        url = URL(settings.proxy)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.raw_host:
        shown = without_userinfo(settings.proxy)
        raise ConfigurationError("not the address of a proxy", where=f"--proxy {shown}")
    headers: dict[str, str] = {USER_AGENT: settings.user_agent}
    if url.user is not None:
        headers[PROXY_AUTHORIZATION] = aiohttp.encode_basic_auth(url.user, url.password or "")
    return url.with_user(None), headers


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise DroppedError(error) from error


def _reuse_tracer() -> aiohttp.TraceConfig:
    """Tells each request whether its connection had been used before."""

    async def reused(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.before = True

    tracer = aiohttp.TraceConfig()
    tracer.on_connection_reuseconn.append(reused)
    return tracer
