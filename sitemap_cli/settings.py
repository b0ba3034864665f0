"""Every setting, declared once.

A field becomes a command-line option, an environment variable ``SITEMAP_<NAME>`` and a key of
``sitemap.toml``; :mod:`sitemap_cli.configuration` decides which of them takes precedence.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import partial
from typing import Any, get_type_hints

try:
    from sitemap_cli.built_version import VERSION as BUILT_VERSION

    VERSION: str = BUILT_VERSION
except ImportError:  # a checkout that was never installed
    VERSION = "0+unknown"

# Without the commit of a build between releases.
USER_AGENT = f"sitemap/{VERSION.partition('+')[0]}"
MIB = 1024 * 1024


def _declare(default: Any, *flags: str, panel: str, shown: str | None = None, **extra: Any) -> Any:
    """Return a field with the properties of its command-line option as metadata."""
    return field(
        default=default,
        metadata={"flags": flags, "panel": panel, "shown": shown, **extra},
    )


GLOBAL = "Global options"
FETCH = "Fetching"
KEEP = "Recorded jobs"

LIMITS = "Limits"
POLITENESS = "Politeness"
IDENTITY = "Identity"
NETWORK = "Network"
SCOPE = "Scope"

_global = partial(_declare, panel=GLOBAL)
_limit = partial(_declare, panel=FETCH, group=LIMITS)
_polite = partial(_declare, panel=FETCH, group=POLITENESS)
_identity = partial(_declare, panel=FETCH, group=IDENTITY)
_network = partial(_declare, panel=FETCH, group=NETWORK)
_scope = partial(_declare, panel=FETCH, group=SCOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that flags, environment and file can set. Times are in seconds, sizes in bytes.

    Users may write a unit: fields with a fraction are durations, those with ``metavar="SIZE"`` are sizes.
    """

    database: str | None = _global(
        None,
        "--database",
        metavar="URL|PATH",
        path=True,
        shown="a file in your data folder",
        help="SQLite file, or postgresql://USER@HOST/NAME.",
    )
    tenant: str = _global("default", "--tenant", metavar="NAME", help="Tenant whose data to use.")
    verbose: int = _global(0, "--verbose", "-v", count=True, help="Print more details; repeatable.")
    quiet: bool = _global(False, "--quiet", "-q", help="Print only results, changes and errors.")
    no_color: bool = _global(False, "--no-color", help="Do not use colours.")
    no_progress: bool = _global(False, "--no-progress", help="Do not show progress.")
    log_format: str = _global(
        "text", "--log-format", choices=("text", "json"), help="Format of notes and errors on stderr."
    )

    concurrency: int = _limit(16, "--concurrency", min=1, help="Maximum connections at once.")
    processes: int | None = _limit(
        None,
        "--processes",
        min=1,
        shown="the usable cores",
        help="Maximum processes to share the work of long lists and large sites.",
    )
    per_host: int = _polite(4, "--per-host", min=1, help="Maximum connections at once per host.")
    timeout: float = _limit(60.0, "--timeout", min=0.001, help="Time allowed per document.")
    connect_timeout: float = _limit(10.0, "--connect-timeout", min=0.001, help="Time allowed to connect.")
    idle_timeout: float = _limit(
        20.0, "--idle-timeout", min=0.001, help="Time allowed without receiving a byte."
    )
    min_speed: int = _limit(
        1024,
        "--min-speed",
        metavar="SIZE",
        min=0,
        help="Minimum bytes per second of a document, after its first 10 seconds.",
    )
    retries: int = _polite(2, "--retries", min=0, help="Retries after a temporary error.")
    max_failures: int = _polite(
        5, "--max-failures", min=0, help="Skip a host after this many failures in a row; 0 never skips."
    )
    delay: float = _polite(0.0, "--delay", min=0, help="Time between two requests to one host.")
    max_crawl_delay: float = _polite(
        10.0, "--max-crawl-delay", min=0, help="Maximum Crawl-delay to obey; 0 ignores it."
    )
    deadline: float = _limit(600.0, "--deadline", min=0.001, help="Time allowed per site.")
    max_depth: int = _limit(3, "--max-depth", min=0, help="Maximum depth of nested sitemap indexes.")
    follow_listed_sitemaps: bool = _scope(
        False,
        "--follow-listed-sitemaps",
        help="Also read sitemaps that are listed as pages, known by their names.",
    )
    max_redirects: int = _limit(10, "--max-redirects", min=0, help="Maximum redirects per URL.")
    max_sitemaps: int = _limit(10_000, "--max-sitemaps", min=1, help="Maximum sitemaps to read per site.")
    max_urls: int | None = _limit(
        None, "--max-urls", min=1, shown="no limit", help="Maximum URLs to record per site."
    )
    max_bytes: int = _limit(
        100 * MIB, "--max-bytes", metavar="SIZE", min=1, help="Maximum size of a document, decompressed."
    )
    max_wire_bytes: int = _limit(
        50 * MIB, "--max-wire-bytes", metavar="SIZE", min=1, help="Maximum size of a document, compressed."
    )
    user_agent: str = _identity(USER_AGENT, "--user-agent", help="User-Agent to send.")
    compare_user_agent: str | None = _identity(
        None,
        "--compare-user-agent",
        metavar="AGENT",
        help="Request refused sitemaps again with this User-Agent, and report whether it is allowed.",
    )
    contact: str | None = _identity(
        None,
        "--contact",
        metavar="MAIL|URL",
        help="E-mail or URL for site owners; added to the User-Agent, an e-mail also sent as From.",
    )
    header: tuple[str, ...] = _identity(
        (), "--header", metavar="K:V", help="Header to send to the target's own host only; repeatable."
    )
    cookie: tuple[str, ...] = _identity(
        (), "--cookie", metavar="K=V", help="Cookie to send to the target's own host only; repeatable."
    )
    user: str | None = _identity(
        None,
        "--user",
        metavar="NAME:PASSWORD",
        help="Credentials for basic authentication, sent to the target's own host only.",
    )
    proxy: str | None = _network(
        None, "--proxy", metavar="URL", help="Proxy URL: http, https, socks5, socks5h or socks4."
    )
    trust_env: bool = _network(
        False, "--trust-env", help="Use the proxies in HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
    )
    cacert: str | None = _network(
        None, "--cacert", metavar="FILE", path=True, help="CA certificates to trust."
    )
    insecure: bool = _network(False, "--insecure", help="Accept any TLS certificate.")
    https_only: bool = _network(False, "--https-only", help="Never send requests over plain http.")
    cert: str | None = _identity(
        None,
        "--cert",
        metavar="FILE",
        path=True,
        help="Client certificate for the target's own host; contains the key unless that is given.",
    )
    key: str | None = _identity(
        None,
        "--key",
        metavar="FILE",
        path=True,
        help="Key of the client certificate.",
        otherwise="--cert-key",
    )
    resolve: tuple[str, ...] = _network(
        (), "--resolve", metavar="HOST:PORT:ADDR", help="Connect to ADDR for HOST:PORT; repeatable."
    )
    allow_private: bool = _network(
        False, "--allow-private", help="Allow private, loopback and link-local addresses."
    )
    allow_network: tuple[str, ...] = _network(
        (), "--allow-network", metavar="CIDR", help="Allow addresses of this network as well; repeatable."
    )
    no_robots: bool = _polite(False, "--no-robots", help="Do not obey robots.txt.")
    no_known_paths: bool = _scope(False, "--no-known-paths", help="Do not try well-known sitemap paths.")
    no_html: bool = _scope(False, "--no-html", help="Do not search the home page for sitemaps.")
    include: tuple[str, ...] = _scope(
        (), "--include", metavar="REGEX", help="Read only child sitemaps whose URL matches; repeatable."
    )
    exclude: tuple[str, ...] = _scope(
        (), "--exclude", metavar="REGEX", help="Skip child sitemaps whose URL matches; repeatable."
    )
    refresh: bool = _scope(False, "--refresh", help="Ignore the cached documents of previous runs.")
    trust_index_lastmod: bool = _scope(
        False,
        "--trust-index-lastmod",
        help="Skip sitemaps whose lastmod in the index is unchanged, if the index proved reliable.",
    )

    keep: int | None = _declare(
        None,
        "--keep",
        panel=KEEP,
        min=1,
        shown="all",
        help="Keep the N newest jobs of each domain or other target, and its N newest complete ones; "
        "remove the others.",
    )


TYPES: Mapping[str, Any] = get_type_hints(Settings)


PANELS = (GLOBAL, FETCH, KEEP)
"""The panels of settings; other panels of the help have options of one command."""


def list_settings(name: str) -> tuple[Field[Any], ...]:
    """Return the settings of one panel of the help."""
    return tuple(each for each in fields(Settings) if each.metadata["panel"] == name)
