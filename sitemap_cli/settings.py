"""Every setting, declared once.

A field becomes a command-line option, an environment variable ``SITEMAP_<NAME>`` and a key of
``sitemap.toml``; :mod:`sitemap_cli.configuration` tells which of them counts.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, get_type_hints

# Read by the build, too; asking the installed package costs a fifth of all that --help takes.
VERSION = "0.1.0"
MIB = 1024 * 1024


def _declare(default: Any, *flags: str, panel: str, shown: str | None = None, **extra: Any) -> Any:
    """A field with what the command line needs to know about it."""
    return field(
        default=default,
        metadata={"flags": flags, "panel": panel, "shown": shown, **extra},
    )


GLOBAL = "Global options"
FETCH = "Fetching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every option that can be set by flag, environment or file. Times are seconds, sizes bytes."""

    database: str | None = _declare(
        None,
        "--database",
        panel=GLOBAL,
        metavar="URL|PATH",
        path=True,
        shown="a file in your data folder",
        help="SQLite file, or postgresql://USER@HOST/NAME.",
    )
    tenant: str = _declare("default", "--tenant", panel=GLOBAL, metavar="NAME", help="Whose data to use.")
    verbose: int = _declare(0, "--verbose", "-v", panel=GLOBAL, count=True, help="Say more; repeatable.")
    quiet: bool = _declare(
        False, "--quiet", "-q", panel=GLOBAL, help="Print only what was asked for, has changed or went wrong."
    )
    no_color: bool = _declare(False, "--no-color", panel=GLOBAL, help="No colours.")
    no_progress: bool = _declare(False, "--no-progress", panel=GLOBAL, help="No progress display.")
    log_format: str = _declare(
        "text",
        "--log-format",
        panel=GLOBAL,
        choices=("text", "json"),
        help="Form of notes and errors on stderr.",
    )

    concurrency: int = _declare(16, "--concurrency", panel=FETCH, min=1, help="Connections at once, in all.")
    per_host: int = _declare(4, "--per-host", panel=FETCH, min=1, help="Connections at once to one host.")
    timeout: float = _declare(
        60.0, "--timeout", panel=FETCH, min=0.001, help="Seconds for one document, in all."
    )
    connect_timeout: float = _declare(
        10.0, "--connect-timeout", panel=FETCH, min=0.001, help="Seconds to connect."
    )
    idle_timeout: float = _declare(
        20.0, "--idle-timeout", panel=FETCH, min=0.001, help="Seconds without a byte."
    )
    min_speed: int = _declare(
        1024,
        "--min-speed",
        panel=FETCH,
        metavar="BYTES",
        min=0,
        help="Bytes a second that a document must bring after the first 10 seconds.",
    )
    retries: int = _declare(2, "--retries", panel=FETCH, min=0, help="Further tries after a passing fault.")
    max_failures: int = _declare(
        5,
        "--max-failures",
        panel=FETCH,
        min=0,
        help="Failures in a row after which a host is left alone; 0 never does.",
    )
    delay: float = _declare(
        0.0, "--delay", panel=FETCH, min=0, help="Seconds between two requests to one host."
    )
    max_crawl_delay: float = _declare(
        10.0,
        "--max-crawl-delay",
        panel=FETCH,
        min=0,
        help="Seconds of a robots.txt's Crawl-delay that are obeyed; 0 ignores it.",
    )
    deadline: float = _declare(600.0, "--deadline", panel=FETCH, min=0.001, help="Seconds for a whole site.")
    max_depth: int = _declare(3, "--max-depth", panel=FETCH, min=0, help="Indexes below one another.")
    max_redirects: int = _declare(
        10, "--max-redirects", panel=FETCH, min=0, help="Redirects from one address to its document."
    )
    max_sitemaps: int = _declare(
        10_000, "--max-sitemaps", panel=FETCH, min=1, help="Sitemaps read of one site."
    )
    max_urls: int | None = _declare(
        None, "--max-urls", panel=FETCH, min=1, shown="no limit", help="URLs recorded of one site."
    )
    max_bytes: int = _declare(
        100 * MIB,
        "--max-bytes",
        panel=FETCH,
        metavar="BYTES",
        min=1,
        help="Bytes of one document, decompressed.",
    )
    max_wire_bytes: int = _declare(
        50 * MIB,
        "--max-wire-bytes",
        panel=FETCH,
        metavar="BYTES",
        min=1,
        help="Bytes of one document, compressed.",
    )
    user_agent: str = _declare(
        f"sitemap/{VERSION}",
        "--user-agent",
        panel=FETCH,
        help="How to introduce ourselves.",
    )
    compare_user_agent: str | None = _declare(
        None,
        "--compare-user-agent",
        panel=FETCH,
        metavar="AGENT",
        help="Where we are refused a sitemap, ask once more as this, to tell whether that is let in.",
    )
    contact: str | None = _declare(
        None,
        "--contact",
        panel=FETCH,
        metavar="MAIL|URL",
        help="Where whoever runs a site reaches you; sent with the user agent and, if a mail, as From.",
    )
    header: tuple[str, ...] = _declare(
        (),
        "--header",
        panel=FETCH,
        metavar="K:V",
        help="A header to send to the target's own host, never to another; repeatable.",
    )
    cookie: tuple[str, ...] = _declare(
        (),
        "--cookie",
        panel=FETCH,
        metavar="K=V",
        help="A cookie to send to the target's own host, never to another; repeatable.",
    )
    user: str | None = _declare(
        None,
        "--user",
        panel=FETCH,
        metavar="NAME:PASSWORD",
        help="Basic credentials for the target's own host.",
    )
    proxy: str | None = _declare(
        None, "--proxy", panel=FETCH, metavar="URL", help="Proxy: http, https, socks5, socks5h or socks4."
    )
    trust_env: bool = _declare(
        False,
        "--trust-env",
        panel=FETCH,
        help="Use the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name.",
    )
    cacert: str | None = _declare(
        None, "--cacert", panel=FETCH, metavar="FILE", path=True, help="Certificates to trust."
    )
    insecure: bool = _declare(False, "--insecure", panel=FETCH, help="Accept any certificate.")
    https_only: bool = _declare(False, "--https-only", panel=FETCH, help="Never ask over plain http.")
    cert: str | None = _declare(
        None,
        "--cert",
        panel=FETCH,
        metavar="FILE",
        path=True,
        help="Client certificate for the target's own host, with its key or beside --key.",
    )
    key: str | None = _declare(
        None, "--key", panel=FETCH, metavar="FILE", path=True, help="Key of the client certificate."
    )
    resolve: tuple[str, ...] = _declare(
        (),
        "--resolve",
        panel=FETCH,
        metavar="HOST:PORT:ADDR",
        help="Connect to this address; repeatable.",
    )
    allow_private: bool = _declare(
        False,
        "--allow-private",
        panel=FETCH,
        help="Allow private, loopback and link-local addresses.",
    )
    allow_network: tuple[str, ...] = _declare(
        (),
        "--allow-network",
        panel=FETCH,
        metavar="CIDR",
        help="Allow just these networks too; repeatable.",
    )
    no_robots: bool = _declare(False, "--no-robots", panel=FETCH, help="Do not obey robots.txt.")
    no_known_paths: bool = _declare(False, "--no-known-paths", panel=FETCH, help="Do not guess addresses.")
    no_html: bool = _declare(False, "--no-html", panel=FETCH, help="Do not look into the home page.")
    include: tuple[str, ...] = _declare(
        (),
        "--include",
        panel=FETCH,
        metavar="REGEX",
        help="Only child sitemaps that match; repeatable.",
    )
    exclude: tuple[str, ...] = _declare(
        (),
        "--exclude",
        panel=FETCH,
        metavar="REGEX",
        help="No child sitemaps that match; repeatable.",
    )
    refresh: bool = _declare(False, "--refresh", panel=FETCH, help="Ignore what an earlier run remembers.")
    trust_index_lastmod: bool = _declare(
        False,
        "--trust-index-lastmod",
        panel=FETCH,
        help="Do not ask for a sitemap whose lastmod in the index is unchanged, if that has proved truthful.",
    )


TYPES: Mapping[str, Any] = get_type_hints(Settings)


def list_settings(name: str) -> tuple[Field[Any], ...]:
    """The settings that belong on one panel of the help."""
    return tuple(each for each in fields(Settings) if each.metadata["panel"] == name)
