"""Understands what the user named: a domain, site, sub-path, sitemap, robots.txt or local folder."""

import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yarl import URL

from sitemap_cli.errors import UsageError
from sitemap_cli.fetch import request_url
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.ssrf_guard import parse_ip_literal
from sitemap_cli.redaction import redact_typed_url

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s/:@?#\[\]\\]+)(:\d{1,5})?", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
DOCUMENT = re.compile(r"\.(xml|txt|rss|atom|gz)$|sitemap[^/]*$", re.IGNORECASE)
SCHEMES = ("https", "http")
WWW = "www."

STDIN = "-"
"""The name of standard input wherever a file or a list is read."""


class TargetKind(StrEnum):
    """What kind of thing was named, and so where the search begins."""

    SITE = "site"
    PAGE = "page"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to analyze.

    ``domain`` is ``host[:port]`` as named, in lower case; ``urls`` are the addresses to begin at, the
    first that answers wins; ``folder`` is a local folder or file that is published at the first of them.
    """

    text: str
    domain: str
    kind: TargetKind
    urls: tuple[str, ...]
    folder: Path | None = None

    @property
    def has_port(self) -> bool:
        """Whether the user named a port, and so may not mean the one for https."""
        return ":" in self.domain.rpartition("]")[2]


def parse_target(given: str, *, base_url: str | None = None, local: bool = True) -> Target:
    """Understand one TARGET; ``local`` says whether it may name a folder or file.

    Raises:
        UsageError: it is none of the things a target can be.
    """
    text = given.strip()
    if not text:
        raise UsageError("not a domain, address, folder or file", why="it is empty")
    if SCHEME.match(text):
        return _from_url(text)
    if local and (base_url is not None or _is_local(text)):
        return _from_path(text, base_url)
    if not HOST.fullmatch(text.partition("/")[0]):
        raise UsageError("not a domain, address, folder or file", where=_clean(given))
    return _from_host(text)


def parse_site(given: str) -> str:
    """The domain of a whole site, ``host[:port]``.

    Raises:
        UsageError: something else was named, or a part of one.
    """
    target = parse_target(given, local=False)
    if target.kind is not TargetKind.SITE:
        raise UsageError("not a domain", where=given, why="it is a part of one")
    return target.domain


def _from_url(text: str) -> Target:
    url = _url(text)
    # Credentials in an address would end up in the database and in every output.
    return Target(str(url), _domain(text), _kind(url), (str(url),))


def _from_host(text: str) -> Target:
    """A target without a scheme: https, and where nobody listens, http; then the same with or without www."""
    urls = [_url(text, scheme=f"{scheme}://") for scheme in SCHEMES]
    if twin := _twin(text):
        urls += [_url(twin, scheme=f"{scheme}://") for scheme in SCHEMES]
    return Target(text, _domain(f"https://{text}"), _kind(urls[0]), tuple(map(str, urls)))


def _twin(text: str) -> str | None:
    """The same place below the name with www, or without; only names of several labels have one."""
    host, slash, rest = text.partition("/")
    bare = host[len(WWW) :] if host.lower().startswith(WWW) else host
    if ":" in host or "." not in bare.removesuffix(".") or parse_ip_literal(host) is not None:
        return None
    twin = bare if bare != host else f"{WWW}{host}"
    try:
        request_url.parse_request_url(f"https://{twin}")
    except RefusedError:
        return None
    return f"{twin}{slash}{rest}"


def _kind(url: URL) -> TargetKind:
    if url.path in ("", "/") and not url.query_string:
        return TargetKind.SITE
    if url.path == "/robots.txt":
        return TargetKind.ROBOTS
    return TargetKind.SITEMAP if DOCUMENT.search(url.path) else TargetKind.PAGE


def _is_local(text: str) -> bool:
    """Whether a name without a scheme means the disk; a bare name that could be a host does not."""
    looks_like_host = HOST.fullmatch(text) and ("." in text.strip(".") or ":" in text)
    return not looks_like_host and _on_disk(text) is not None


def _on_disk(text: str) -> Path | None:
    """The folder or file of this name, if there is one."""
    try:
        path = Path(text).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, not ours to look into, a home of nobody, a NUL
        return None


def _from_path(text: str, base_url: str | None) -> Target:
    path = _on_disk(text)
    if path is None:
        raise UsageError("no such folder or file", where=_clean(text))
    if base_url is None:
        raise UsageError(
            "a local folder or file needs an address",
            where=_clean(text),
            hint="say where it will be published: --base-url https://example.com",
        )
    base = _url(base_url).with_query(None)
    folder = base if base.path.endswith("/") else base.with_path(f"{base.path}/", keep_query=False)
    if path.is_dir():
        return Target(text, _domain(base_url), TargetKind.SITE, (str(folder),), path)
    published = base if base.name == path.name else folder / path.name
    return Target(text, _domain(base_url), TargetKind.SITEMAP, (str(published),), path)


def _url(text: str, *, scheme: str = "") -> URL:
    """An address that can be asked, in its canonical spelling."""
    try:
        request_url.parse_request_url(scheme + text)
        url = URL(scheme + text).with_fragment(None).with_user(None)
    except RefusedError as error:
        why = "only http and https can be asked" if error.fault.reason == "scheme-forbidden" else None
        raise UsageError("not a usable address", where=_clean(text), why=why) from error
    return url.with_path("/") if url == url.origin() else url


def _domain(text: str) -> str:
    """``host[:port]``, the port only when it was named."""
    authority = AUTHORITY.match(text.strip())
    return authority[1].rpartition("@")[2].lower() if authority else ""


def _clean(text: str) -> str:
    """User input fit for an error line: escaped, cut, and without name and password."""
    return ascii(redact_typed_url(text))[1:-1][:200]


def normalize_domain(name: str) -> str:
    """Return the one spelling of ``host[:port]`` that stands for all equivalent ones."""
    host, colon, port = name.lower().partition(":")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return f"{host.rstrip('.')}{colon}{port}"
