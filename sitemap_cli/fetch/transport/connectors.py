"""Connections to a site: directly, or through a proxy.

Overrides private methods of aiohttp. ``tests/unit/fetch/test_library_internals.py`` checks their signatures.
"""

import asyncio
import errno
import socket
from contextlib import suppress
from functools import partial
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.ssrf_guard import AddrInfo, SsrfGuard
from sitemap_cli.fetch.transport.proxy import Proxy
from sitemap_cli.fetch.transport.resolver import Resolver, build_resolve_result
from sitemap_cli.fetch.transport.response_handler import IdlePool, SalvagingHandler

DNS_TTL = 300
HEAD_START = 0.25
# Seconds. The next request to a host follows at once or after its delay; a batch leaves many hosts behind.
KEEPALIVE = 3.0
# https://www.rfc-editor.org/rfc/rfc1928#section-6
REFUSED_BY_SITE = 5

# Private parts of aiohttp that are overridden or called here.
PRIVATE = ("_create_direct_connection", "_wrap_create_connection", "_wrap_existing_connection")

PROXY_ERRORS = (
    aiohttp.ClientConnectorDNSError,
    aiohttp.ClientConnectorSSLError,
    aiohttp.ClientConnectorCertificateError,
)


def create_connector(
    proxy: Proxy | None, guard: SsrfGuard, resolver: Resolver, idle_pool: IdlePool, **options: Any
) -> aiohttp.TCPConnector:
    """Create the connector that opens the connections through one proxy, or directly.

    It does not limit connections: :class:`~sitemap_cli.fetch.rate_limit.RateLimiter` does, where waiting does
    not count against the time limit. Names are cached for five minutes; aiohttp caches at most a thousand.

    Raises:
        RuntimeError: unsupported aiohttp version.
    """
    defaults = {
        "limit": 0,
        "ttl_dns_cache": DNS_TTL,
        "happy_eyeballs_delay": HEAD_START,
        "keepalive_timeout": KEEPALIVE,
        **options,
    }
    connector = _create_for_proxy(proxy, guard, resolver, defaults)
    _require_names(aiohttp.TCPConnector, *PRIVATE)
    _require_names(connector, "_factory")
    # aiohttp has no public way to choose the class of the protocol.
    factory = partial(cast(Any, SalvagingHandler), asyncio.get_running_loop(), idle_pool)
    connector._factory = factory  # noqa: SLF001
    return connector


def _create_for_proxy(
    proxy: Proxy | None, guard: SsrfGuard, resolver: Resolver, options: dict[str, Any]
) -> aiohttp.TCPConnector:
    if proxy is None:
        return aiohttp.TCPConnector(resolver=resolver, socket_factory=guard.create_socket, **options)
    if proxy.is_socks:
        return SocksProxyConnector(proxy, guard, resolver, **options)
    return HttpProxyConnector(resolver=resolver, **options)


def _require_names(holder: object, *names: str) -> None:
    """Check that the private hooks of aiohttp that we override still exist.

    If one were renamed, requests could bypass the proxy, or leak the client certificate to it.

    Raises:
        RuntimeError: one of them does not exist.
    """
    if missing := [name for name in names if not hasattr(holder, name)]:
        raise RuntimeError(f"aiohttp {aiohttp.__version__} has no {', '.join(missing)}")


class HttpProxyConnector(aiohttp.TCPConnector):
    """A connector for HTTP proxies. Their IP addresses are not checked, as the user chose them."""

    async def _create_direct_connection(
        self, req: aiohttp.ClientRequest, *args: Any, **options: Any
    ) -> tuple[Any, ResponseHandler]:
        """Connect to the proxy, and keep its errors apart from those of the site.

        aiohttp would show the proxy the client certificate that is meant for the site.
        """
        _require_names(req, "_ssl")
        req._ssl = True  # noqa: SLF001 - the default context, not the one for the site
        try:
            return await super()._create_direct_connection(req, *args, **options)
        except PROXY_ERRORS as error:
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
            raise aiohttp.ClientProxyConnectionError(req.connection_key, cause) from error


class SocksProxyConnector(aiohttp.TCPConnector):
    """A connector for a SOCKS proxy, which receives the IP address of the site, or its name.

    aiohttp-socks would resolve names itself, and bypass the guard and ``--resolve``.
    """

    def __init__(self, proxy: Proxy, guard: SsrfGuard, resolver: Resolver, **options: Any) -> None:
        super().__init__(resolver=_UnresolvedNames(resolver) if proxy.resolves_names else resolver, **options)
        self._proxy = proxy
        self._guard = guard
        self._proxy_resolver = resolver

    async def _wrap_create_connection(
        self,
        *args: Any,
        addr_infos: list[AddrInfo],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
        client_error: Any = aiohttp.ClientConnectorError,
        **options: Any,
    ) -> tuple[Any, ResponseHandler]:
        """Connect to the first of the addresses; if that fails, aiohttp tries the next one."""
        host, port = addr_infos[0][4][:2]
        key = req.connection_key
        try:
            self._guard.check_host(host)
            async with asyncio.timeout(timeout.sock_connect):
                tunnel = await self._open_tunnel(host, port, key)
        except RefusedError as error:
            raise client_error(key, OSError(errno.EACCES, str(error))) from error
        return await self._wrap_existing_connection(
            *args, req=req, timeout=timeout, client_error=client_error, sock=tunnel, **options
        )

    async def _open_tunnel(self, host: str, port: int, key: Any) -> socket.socket:
        """Open a connection to a site through the proxy.

        Raises:
            aiohttp.ClientConnectorError: the proxy cannot connect.
            aiohttp.ClientProxyConnectionError: the proxy cannot be reached.
        """
        from python_socks import ProxyConnectionError, ProxyError

        if ":" in host and self._proxy.is_socks4:
            why = "SOCKS 4 does not support IPv6 addresses"
            raise aiohttp.ClientConnectorError(key, OSError(errno.EAFNOSUPPORT, why))
        try:
            found = await self._proxy_resolver.resolve(self._proxy.url.raw_host or "", self._proxy.port)
            return await _connect_first([each["host"] for each in found], self._proxy, (host, port))
        except ProxyError as error:
            raise aiohttp.ClientConnectorError(key, _build_proxy_error(error)) from error
        except (ProxyConnectionError, socket.gaierror) as error:
            raise aiohttp.ClientProxyConnectionError(key, OSError(error.errno, error.strerror)) from error


class _UnresolvedNames(AbstractResolver):
    """A resolver that leaves names to the proxy, unless ``--resolve`` pins their address."""

    def __init__(self, names: Resolver) -> None:
        self._resolver = names

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """Return the host as the proxy receives it."""
        return [
            build_resolve_result(host, port, each) for each in self._resolver.find_pins(host, port) or [host]
        ]

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""


async def _connect_first(addresses: list[str], proxy: Proxy, site: tuple[str, int]) -> socket.socket:
    """Connect through the first address of the proxy that accepts connections."""
    from python_socks import ProxyConnectionError, ProxyType
    from python_socks.async_.asyncio import Proxy as Socks

    kind = ProxyType.SOCKS4 if proxy.is_socks4 else ProxyType.SOCKS5
    *others, last = [
        Socks(kind, address, proxy.port, proxy.user, proxy.password, rdns=True) for address in addresses
    ]
    for each in others:
        with suppress(ProxyConnectionError):
            return await each.connect(*site)
    return await last.connect(*site)


def _build_proxy_error(error: Any) -> OSError:
    """Return the error for a site that the proxy refuses; most reasons are only given as text."""
    code = errno.ECONNREFUSED if error.error_code == REFUSED_BY_SITE else errno.EHOSTUNREACH
    return OSError(code, f"the proxy responded: {error}")
