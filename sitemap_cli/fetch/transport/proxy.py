"""The choice of a proxy for each URL: the user's, one from the environment, or none."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp.hdrs import PROXY_AUTHORIZATION, USER_AGENT
from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.redaction import redact_proxy_url
from sitemap_cli.settings import Settings

HTTP = ("http", "https")
# Whether the proxy receives host names instead of IP addresses, as in curl.
SOCKS = {"socks4": False, "socks4a": True, "socks5": False, "socks5h": True}
SOCKS_PORT = 1080
MAX_CREDENTIAL = 255

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy; user and password are not part of its URL, so that they are never shown."""

    url: URL
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS rather than HTTP."""
        return self.url.scheme in SOCKS

    @property
    def is_socks4(self) -> bool:
        """Whether it speaks SOCKS 4, which does not support IPv6."""
        return self.url.scheme.startswith("socks4")

    @property
    def resolves_names(self) -> bool:
        """Whether it resolves host names itself, so that the guard cannot check the addresses."""
        return SOCKS.get(self.url.scheme, True)

    @property
    def port(self) -> int:
        """Its port, or the default one."""
        return self.url.port or SOCKS_PORT

    def build_headers(self, agent: str) -> dict[str, str]:
        """Return the headers for the HTTP proxy itself."""
        headers: dict[str, str] = {USER_AGENT: agent}
        if self.user is not None:
            headers[PROXY_AUTHORIZATION] = aiohttp.encode_basic_auth(self.user, self.password)
        return headers


class ProxySelector:
    """The proxy for each URL.

    ``--proxy`` applies to all URLs. Without it, and only with ``--trust-env``, the environment variables
    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY apply, in upper or lower case. A .netrc is never read.

    Raises:
        ConfigurationError: a proxy URL is invalid, or its scheme is not supported.
    """

    def __init__(self, settings: Settings) -> None:
        self._variables = _read_environment() if settings.trust_env and settings.proxy is None else {}
        self._by_scheme = _parse_proxies(settings.proxy, self._variables)
        if not settings.allow_private:
            _warn_about_names(self._by_scheme)

    def choose_proxy(self, url: URL) -> Proxy | None:
        """Return the proxy for a URL, or None."""
        proxy = self._by_scheme.get(url.scheme) or self._by_scheme.get("all")
        return None if proxy is None or self._is_direct(url) else proxy

    def _is_direct(self, url: URL) -> bool:
        """Return whether NO_PROXY contains the host, its domain or everything."""
        if not self._variables.get("no"):
            return False
        # Undocumented, but used by urllib itself and others; ``proxy_bypass`` would read the registry, too.
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

        hosts = {(url.raw_host or "").removesuffix("."), url.host_subcomponent}
        return any(proxy_bypass_environment(f"{each}:{url.port}", self._variables) for each in hosts)


def _read_environment() -> dict[str, str]:
    """Return the proxy variables by the part of their name before ``_proxy``."""
    from urllib.request import getproxies_environment

    return getproxies_environment()


def _parse_proxies(option: str | None, variables: Mapping[str, str]) -> dict[str, Proxy]:
    if option is not None:
        return {"all": _parse_proxy("--proxy", option)}
    used = {name: variables[name] for name in (*HTTP, "all") if variables.get(name)}
    # Other programs allow a proxy without a scheme there, and use http.
    complete = {name: value if "://" in value else f"http://{value}" for name, value in used.items()}
    return {name: _parse_proxy(f"{name.upper()}_PROXY", value) for name, value in complete.items()}


def _parse_proxy(option: str, text: str) -> Proxy:
    where = f"{option} {redact_proxy_url(text)}"
    url = _parse_proxy_url(text)
    if url is None:
        why = f"expected {', '.join((*HTTP, *SOCKS))} and ://HOST:PORT, as in http://proxy.example:3128"
        raise ConfigurationError("invalid proxy URL", where=where, why=why)
    proxy = Proxy(url.origin(), url.user, url.password or "")
    if proxy.is_socks:
        _check_socks(proxy, where)
    return proxy


def _parse_proxy_url(text: str) -> URL | None:
    """Return the URL of a proxy, or None if it is invalid."""
    try:
        url = URL(text)
        usable = url.scheme in (*HTTP, *SOCKS) and url.raw_host and url.origin().port != 0
    except (ValueError, IndexError):
        return None
    return url if usable else None


def _check_socks(proxy: Proxy, where: str) -> None:
    try:
        import python_socks  # noqa: F401 - only to check that it is installed
    except ImportError as error:
        hint = "pip install 'python-socks[asyncio]'"
        raise ConfigurationError("SOCKS support is not installed", where=where, hint=hint) from error
    for each in (proxy.user or "", proxy.password):
        if not each.isascii() or len(each) > MAX_CREDENTIAL or "\0" in each:
            why = "user name and password must be ASCII, with at most 255 characters each"
            raise ConfigurationError("invalid value", where=where, why=why)


def _warn_about_names(proxies: Mapping[str, Proxy]) -> None:
    """Warn that the guard cannot check names that the proxy resolves."""
    resolving = sorted({str(each.url) for each in proxies.values() if each.resolves_names})
    if resolving:
        logger.warning(
            "private addresses are not blocked for host names: %s resolves them and may reach private ones",
            " or ".join(resolving),
        )
