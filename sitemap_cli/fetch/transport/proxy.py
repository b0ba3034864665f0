"""Which proxy an address is asked through: the user's, one that the environment names, or none."""

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
# Of each: whether it is given names. ``socks4`` and ``socks5`` are given addresses, as in curl.
SOCKS = {"socks4": False, "socks4a": True, "socks5": False, "socks5h": True}
SOCKS_PORT = 1080
MAX_CREDENTIAL = 255

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy; its name and password are in no address, so that they are shown nowhere."""

    url: URL
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS, and not HTTP."""
        return self.url.scheme in SOCKS

    @property
    def is_socks4(self) -> bool:
        """Whether it speaks version 4 of SOCKS, which is older than IPv6."""
        return self.url.scheme.startswith("socks4")

    @property
    def resolves_names(self) -> bool:
        """Whether it looks up the names of sites itself, so that we never see their addresses."""
        return SOCKS.get(self.url.scheme, True)

    @property
    def port(self) -> int:
        """Its port, also where its address names none."""
        return self.url.port or SOCKS_PORT

    def build_headers(self, agent: str) -> dict[str, str]:
        """What an HTTP proxy is told, and nobody behind it."""
        told: dict[str, str] = {USER_AGENT: agent}
        if self.user is not None:
            told[PROXY_AUTHORIZATION] = aiohttp.encode_basic_auth(self.user, self.password)
        return told


class ProxySelector:
    """The proxy for each address.

    ``--proxy`` is for all of them. Without it, and with ``--trust-env`` only, the variables HTTP_PROXY,
    HTTPS_PROXY, ALL_PROXY and NO_PROXY count, in either case of letters. A .netrc is never read.

    Raises:
        ConfigurationError: one of them is no address of a proxy, or there is no support for it.
    """

    def __init__(self, settings: Settings) -> None:
        self._variables = _read_environment() if settings.trust_env and settings.proxy is None else {}
        self._by_scheme = _parse_proxies(settings.proxy, self._variables)
        if not settings.allow_private:
            _warn_about_names(self._by_scheme)

    def choose_proxy(self, url: URL) -> Proxy | None:
        """The proxy to ask an address through."""
        proxy = self._by_scheme.get(url.scheme) or self._by_scheme.get("all")
        return None if proxy is None or self._is_direct(url) else proxy

    def _is_direct(self, url: URL) -> bool:
        """Whether NO_PROXY names the host, its domain or everything."""
        if not self._variables.get("no"):
            return False
        # Undocumented, but what urllib itself and others go by; ``proxy_bypass`` would ask the registry, too.
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

        hosts = {(url.raw_host or "").removesuffix("."), url.host_subcomponent}
        return any(proxy_bypass_environment(f"{each}:{url.port}", self._variables) for each in hosts)


def _read_environment() -> dict[str, str]:
    """The variables, by what stands before ``_proxy`` in their names."""
    from urllib.request import getproxies_environment

    return getproxies_environment()


def _parse_proxies(option: str | None, variables: Mapping[str, str]) -> dict[str, Proxy]:
    if option is not None:
        return {"all": _parse_proxy("--proxy", option)}
    used = {name: variables[name] for name in (*HTTP, "all") if variables.get(name)}
    # Others let the scheme be left out there, and then mean http.
    complete = {name: value if "://" in value else f"http://{value}" for name, value in used.items()}
    return {name: _parse_proxy(f"{name.upper()}_PROXY", value) for name, value in complete.items()}


def _parse_proxy(option: str, text: str) -> Proxy:
    where = f"{option} {redact_proxy_url(text)}"
    url = _parse_proxy_url(text)
    if url is None:
        why = f"expected {', '.join((*HTTP, *SOCKS))} and ://HOST:PORT"
        raise ConfigurationError("not the address of a proxy", where=where, why=why)
    proxy = Proxy(url.origin(), url.user, url.password or "")
    if proxy.is_socks:
        _check_socks(proxy, where)
    return proxy


def _parse_proxy_url(text: str) -> URL | None:
    """The address of a proxy, if it is one."""
    try:
        url = URL(text)
        usable = url.scheme in (*HTTP, *SOCKS) and url.raw_host and url.origin().port != 0
    except (ValueError, IndexError):
        return None
    return url if usable else None


def _check_socks(proxy: Proxy, where: str) -> None:
    try:
        import python_socks  # noqa: F401 - whether it is there
    except ImportError as error:
        hint = "pip install 'sitemap-cli[socks]'"
        raise ConfigurationError("SOCKS is not supported yet", where=where, hint=hint) from error
    for each in (proxy.user or "", proxy.password):
        if not each.isascii() or len(each) > MAX_CREDENTIAL or "\0" in each:
            why = "its name and password have to be ASCII, of at most 255 letters each"
            raise ConfigurationError("unusable value", where=where, why=why)


def _warn_about_names(proxies: Mapping[str, Proxy]) -> None:
    """Say what the user gives up: behind such a proxy only addresses that are spelled out can be refused."""
    resolving = sorted({str(each.url) for each in proxies.values() if each.resolves_names})
    if resolving:
        logger.warning(
            "the guard on addresses is off for names: %s looks them up, and may reach private ones",
            " or ".join(resolving),
        )
