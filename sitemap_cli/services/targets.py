"""Understands what the user named: a domain, site, sub-path, sitemap, robots.txt or local folder."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yarl import URL

from sitemap_cli.errors import UsageError

HOST = re.compile(r"^(\[[0-9a-f:.]+\]|[^\s/:@?#\[\]\\]+)(:\d{1,5})?$", re.IGNORECASE)
DOCUMENT = re.compile(r"\.(xml|txt|rss|atom|gz)$|sitemap[^/]*$", re.IGNORECASE)


class TargetKind(StrEnum):
    """What kind of thing was named, and so where the search begins."""

    SITE = "site"
    PAGE = "page"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to analyze.

    ``domain`` is ``host[:port]`` as named; ``urls`` are the addresses to begin at, the first that
    answers wins; ``folder`` is a local folder or file that is published at the first of them.
    """

    given: str
    domain: str
    kind: TargetKind
    urls: tuple[str, ...]
    folder: Path | None = None


def parse(given: str, *, base_url: str | None = None) -> Target:
    """Understand one TARGET.

    Raises:
        UsageError: it is none of the things a target can be.
    """
    text = given.strip()
    if "://" in text:
        return _from_url(text)
    if base_url is not None or _is_local(text):
        return _from_path(text, base_url)
    host, _, path = text.partition("/")
    if not HOST.match(host):
        raise UsageError("not a domain, address, folder or file", where=_clean(given))
    if path:
        return _from_url(f"https://{text}", given=text, schemes=("https", "http"))
    return Target(
        text, _host(host, given), TargetKind.SITE, tuple(_root(s, host, given) for s in ("https", "http"))
    )


def _from_url(text: str, *, given: str | None = None, schemes: tuple[str, ...] = ()) -> Target:
    url = _url(text)
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError("not an http or https address", where=_clean(text))
    addresses = tuple(str(url.with_scheme(each)) for each in schemes) or (str(url),)
    # Credentials in an address would end up in the database and in every output.
    return Target(given or str(url), _domain(url), _kind(url), addresses)


def _kind(url: URL) -> TargetKind:
    if url.path in ("", "/") and not url.query_string:
        return TargetKind.SITE
    if url.path == "/robots.txt":
        return TargetKind.ROBOTS
    return TargetKind.SITEMAP if DOCUMENT.search(url.path) else TargetKind.PAGE


def _is_local(text: str) -> bool:
    """Whether a name without a scheme means the disk; a bare name that could be a host does not."""
    path = Path(text).expanduser()
    looks_like_host = HOST.match(text) and ("." in text.strip(".") or ":" in text)
    return not looks_like_host and path.exists()


def _from_path(text: str, base_url: str | None) -> Target:
    path = Path(text).expanduser()
    if not path.exists():
        raise UsageError("no such folder or file", where=_clean(text))
    if base_url is None:
        raise UsageError(
            "a local folder or file needs an address",
            where=_clean(text),
            hint="say where it will be published: --base-url https://example.com",
        )
    base = _url(base_url)
    if base.scheme not in ("http", "https") or not base.host:
        raise UsageError("not an http or https address", where=f"--base-url {_clean(base_url)}")
    if path.is_dir():
        return Target(text, _domain(base), TargetKind.SITE, (str(base),), path)
    folder = base if base.path.endswith("/") else base.parent
    return Target(text, _domain(base), TargetKind.SITEMAP, (str(folder.joinpath(path.name)),), path)


def _url(text: str) -> URL:
    try:
        return URL(text).with_fragment(None).with_user(None)
    except ValueError as error:
        raise UsageError("not a usable address", where=_clean(text), why=str(error)) from error


def _root(scheme: str, host: str, given: str) -> str:
    try:
        return str(URL(f"{scheme}://{host}/"))
    except ValueError as error:
        raise UsageError("not a usable domain", where=_clean(given), why=str(error)) from error


def _host(host: str, given: str) -> str:
    """The domain as named, in lower case."""
    _root("https", host, given)
    return host.lower()


def _domain(url: URL) -> str:
    """``host[:port]``, the port only when it was named."""
    host = url.host_subcomponent or ""
    return host if url.explicit_port is None else f"{host}:{url.explicit_port}"


def _clean(text: str) -> str:
    """User input fit for an error line."""
    return ascii(text)[1:-1][:200]
