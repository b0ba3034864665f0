"""TARGET arguments: a domain, site, sub-path, sitemap, robots.txt or local folder."""

import os
import re
import shlex
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath
from urllib.parse import quote, unquote, urlsplit

from yarl import URL

from sitemap_cli.crawl.target_spelling import HOST, repair_target, sanitize_target, suggest_target
from sitemap_cli.crawl.url_scope import find_scope
from sitemap_cli.errors import UsageError
from sitemap_cli.fetch import request_url
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.ssrf_guard import parse_ip_literal
from sitemap_cli.urls import canonical_domain, canonical_url, path_and_query, readable_domain

# Names in their canonical spelling, as nearly all in a list are; "--" may begin Punycode that is invalid.
PLAIN_HOST = re.compile(r"(?!.*--)(?=.{1,240}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
# NAME:PASSWORD@ in front of a host; without a colon it may be an e-mail address.
LOGIN = re.compile(r"([^/?#@]*:[^/?#]*)@(?=[^/?#@]+)")
URL_LOGIN = re.compile(r"([^/?#]*)@")
MAIL = re.compile(r"(?:mailto:)?[^/?#@:\s]+@[^/?#@:\s]+\.[^/?#@:\s]+", re.IGNORECASE)
DOCUMENT = re.compile(r"\.(xml|txt|rss|atom|gz)$|sitemap[^/]*$", re.IGNORECASE)
ROBOTS = re.compile(r"(^|/)[^/]*robots[^/]*\.txt$", re.IGNORECASE)
SCHEMES = ("https", "http")
# Bytes of the command line that are not UTF-8, as Python passes them on.
UNDECODED = re.compile("[\ud800-\udfff]")
WWW = "www."

# No top-level domain: a name that ends so is that of a file.
LIST_SUFFIXES = {".txt", ".csv", ".tsv", ".json", ".jsonl", ".ndjson"}
FILE_SUFFIXES = LIST_SUFFIXES | {".xml", ".gz", ".log", ".html"}

PATHS = ("./", "../", "/", "~")

STDIN = "-"
"""The name of standard input, wherever a file or list is read."""

LISTS_FROM_STDIN = "these commands read a list: analyze -, batch -, check -, probe -, domains import -"


class TargetKind(StrEnum):
    """The kind of a target, which decides where the search begins."""

    SITE = "site"
    PAGE = "page"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to analyze.

    ``text`` is what the user typed. ``domain`` is ``host[:port]`` as typed, in lower case. ``urls`` are the
    candidates to begin at; the first that responds is used. ``folder`` is a local folder or file that will be
    published at the first of them; ``copy_of`` is the file that the user named, if ``folder`` is a copy of it
    in another form. ``login`` is the NAME:PASSWORD of a URL: it is sent to the origin of the
    first candidate, and neither stored nor printed, so no other field has it.
    """

    text: str
    domain: str
    kind: TargetKind
    urls: tuple[str, ...]
    folder: Path | None = None
    login: str | None = field(default=None, repr=False, compare=False)
    copy_of: Path | None = None

    @property
    def has_port(self) -> bool:
        """Whether the user named a port, which may be one for http."""
        return ":" in self.domain.rpartition("]")[2]

    @property
    def is_local(self) -> bool:
        """Whether it is a local build, which is not the site that its URLs name."""
        return self.folder is not None

    @property
    def scope(self) -> str | None:
        """The path of the part of the site that it names, with a slash at the end; None for the whole site.

        A URL whose content is a sitemap, whatever its name, means all that is listed there.
        """
        return find_scope(self.urls[0]) if self.kind is TargetKind.PAGE else None

    @property
    def history(self) -> str:
        """The history of its jobs within those of the domain: jobs are compared with others of their history.

        ``/`` for the whole site, a path for a part of it: with a slash at the end if the job records the URLs
        below it alone. A local build has a history for each folder or file and each URL where it is
        published.
        """
        if self.folder is not None:
            return f"{_begin_history(self.copy_of or self.folder)}{self.urls[0]}"
        if self.kind is TargetKind.SITE:
            return "/"
        url = canonical_url(self.urls[0])
        if (scope := self.scope) is not None and urlsplit(url).path.rstrip("/") == scope.rstrip("/"):
            _, mark, query = url.partition("?")
            return f"{scope}{mark}{query}"
        return path_and_query(url).rstrip("/") or "/"


def parse_target(text: str, *, base_url: str | None = None, local: bool = True) -> Target:
    """Parse one TARGET; ``local`` says whether it may name a folder or file.

    Raises:
        UsageError: the text is not a valid target.
    """
    typed, text = text, text.strip()
    if not text:
        raise UsageError("not a domain, URL, folder or file", why="it is empty")
    if text == STDIN:
        raise UsageError("standard input is not read here", where=STDIN, hint=LISTS_FROM_STDIN)
    if (meant := repair_target(text)) is not None:
        where, why = sanitize_target(typed), "its scheme is misspelled"
        raise UsageError("not a usable URL", where=where, why=why, hint=f"use {sanitize_target(meant)}")
    if MAIL.fullmatch(text):
        why = "it looks like an e-mail address"
        raise UsageError("not a domain, URL, folder or file", where=sanitize_target(typed), why=why)
    if SCHEME.match(text):
        return _from_url(text)
    if local and (base_url is not None or _is_local(text)):
        return _from_path(text, base_url)
    if local and _must_be_file(text):
        hint = None if text.startswith(PATHS) else f"if it is a host: https://{sanitize_target(text)}"
        raise UsageError("no such folder or file", where=sanitize_target(typed), hint=hint)
    host, login = split_login(text)
    if "," in host or not HOST.fullmatch(host.partition("/")[0]):
        raise UsageError(
            "not a domain, URL, folder or file", where=sanitize_target(typed), hint=suggest_target(text)
        )
    return replace(_from_host(host), login=login)


def split_login(text: str) -> tuple[str, str | None]:
    """Return a URL or host without the NAME:PASSWORD in it, and that, decoded; None if it has none."""
    authority = AUTHORITY.match(text)
    login = LOGIN.match(text) if authority is None else URL_LOGIN.match(text, authority.start(1))
    if login is None:
        return text, None
    name, _, password = login[1].partition(":")
    decoded = ":".join(unquote(each, errors="surrogateescape") for each in (name, password))
    return text[: login.start()] + text[login.end() :], decoded if decoded != ":" else None


def find_build_histories(text: str) -> str | None:
    """Return what the histories of a local build begin with, whichever URL it is published at.

    None if the text names no folder or file.
    """
    path = None if SCHEME.match(text) or text == STDIN else _find_path(text)
    return None if path is None else _begin_history(path)


def parse_site(text: str) -> str:
    """Return the domain of a whole site, ``host[:port]``.

    Raises:
        UsageError: the text names something else, or a part of a site.
    """
    target = parse_target(text, local=False)
    if target.kind is not TargetKind.SITE:
        hint = f"use {target.domain}"
        raise UsageError(
            "not a domain", where=sanitize_target(text), why="it names a part of a site", hint=hint
        )
    return target.domain


def _begin_history(path: Path) -> str:
    name = path if path == Path(STDIN) else path.resolve()
    return escape_undecoded(f"{name} at ")


def _from_url(text: str) -> Target:
    # The URL without credentials: those would end up in the database and in every output.
    url = _parse_url(text)
    return Target(str(url), _extract_domain(text), _classify(url), (str(url),), login=split_login(text)[1])


def _from_host(text: str) -> Target:
    """Return a target without a scheme: https, then http, then both for the name with or without www."""
    if PLAIN_HOST.fullmatch(text) and PLAIN_HOST.fullmatch(text.removeprefix(WWW)):
        hosts = (text, text[len(WWW) :] if text.startswith(WWW) else f"{WWW}{text}")
        plain = tuple(f"{scheme}://{host}/" for host in hosts for scheme in SCHEMES)
        return Target(text, text, TargetKind.SITE, plain)
    urls = [_parse_url(text, scheme=f"{scheme}://") for scheme in SCHEMES]
    if twin := _swap_www(text):
        urls += [_parse_url(twin, scheme=f"{scheme}://") for scheme in SCHEMES]
    return Target(text, _extract_domain(f"https://{text}"), _classify(urls[0]), tuple(map(str, urls)))


def _swap_www(text: str) -> str | None:
    """Return the same place with ``www.`` added or removed; None for addresses and single labels."""
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


def _classify(url: URL) -> TargetKind:
    if url.path in ("", "/") and not url.query_string:
        return TargetKind.SITE
    if ROBOTS.search(url.path):
        return TargetKind.ROBOTS
    return TargetKind.SITEMAP if DOCUMENT.search(url.path) else TargetKind.PAGE


def _is_local(text: str) -> bool:
    """Return whether a name without a scheme is a file or folder; a name that could be a host is not."""
    looks_like_host = HOST.fullmatch(text) and ("." in text.strip(".") or ":" in text)
    if PurePath(text).suffix.lower() in FILE_SUFFIXES:
        looks_like_host = None
    return not looks_like_host and _find_path(text) is not None


def looks_like_host(text: str) -> bool:
    """Return whether a name without a scheme is more likely that of a host than that of a file."""
    is_host = "." in text.strip(".") and HOST.fullmatch(text) is not None
    return is_host and PurePath(text).suffix.lower() not in FILE_SUFFIXES


def _must_be_file(text: str) -> bool:
    """Return whether a name without a scheme can only be that of a folder or file.

    A path does, a name with the suffix of a file, and a name without a dot that ends with a slash or has the
    suffix of a file behind one.
    """
    if text.startswith(PATHS):
        return not text.startswith("//")
    host, slash, rest = text.partition("/")
    if not slash or "." in host or ":" in host or "@" in host or host.lower() == "localhost":
        return not slash and PurePath(host).suffix.lower() in FILE_SUFFIXES
    return not rest or PurePath(rest).suffix.lower() in FILE_SUFFIXES


def _find_path(text: str) -> Path | None:
    """Return the folder or file of this name, if there is one."""
    try:
        path = Path(text).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, not readable, no such user after ~, or a NUL
        return None


def _from_path(text: str, base_url: str | None) -> Target:
    path = _find_path(text)
    if path is None:
        hint = "--base-url is for a local folder or file; leave it out for a site"
        is_host = looks_like_host(text.rstrip("/"))
        where = sanitize_target(text)
        raise UsageError("no such folder or file", where=where, hint=hint if is_host else None)
    if base_url is None:
        hint = "pass the URL where it will be published: --base-url https://example.com"
        if path.suffix.lower() in LIST_SUFFIXES:
            hint += f"; read a list of sites with: sitemap batch {shlex.quote(sanitize_target(text))}"
        where = sanitize_target(text)
        raise UsageError("a local folder or file needs a base URL", where=where, hint=hint)
    base = _parse_url(base_url).with_query(None)
    folder = base if base.path.endswith("/") else base.with_path(f"{base.path}/", keep_query=False)
    text = escape_undecoded(text)
    if path.is_dir():
        return Target(text, _extract_domain(base_url), TargetKind.SITE, (str(folder),), path)
    published = base if base.name == path.name else _join_name(folder, path.name)
    kind = TargetKind.ROBOTS if ROBOTS.search(path.name) else TargetKind.SITEMAP
    return Target(text, _extract_domain(base_url), kind, (str(published),), path)


def require_decoded(url: str) -> None:
    """Check that a URL has no bytes that are not UTF-8: yarl would leave them out without a word.

    Raises:
        UsageError: it has some.
    """
    if UNDECODED.search(url):
        raise UsageError(
            "not a usable URL",
            where=sanitize_target(url),
            why="it has bytes that are not UTF-8",
            hint="percent-encode them: %E9 for the byte E9",
        )


def escape_undecoded(text: str) -> str:
    """Return the name of a file with escapes for bytes that are not UTF-8; so it is stored and shown."""
    return text.encode("utf-8", "backslashreplace").decode()


def _join_name(folder: URL, name: str) -> URL:
    """Return the URL of a file in a folder; bytes of its name that are not UTF-8 are percent-encoded."""
    if UNDECODED.search(name):
        return folder.joinpath(quote(os.fsencode(name)), encoded=True)
    return folder / name


def _parse_url(text: str, *, scheme: str = "") -> URL:
    """Return a URL that can be requested, in its canonical spelling and without credentials.

    ``scheme`` is put in front of a text without one; error messages show what the user typed.
    """
    require_decoded(text)
    try:
        request_url.parse_request_url(scheme + text)
        url = URL(scheme + text).with_fragment(None).with_user(None)
    except RefusedError as error:
        is_forbidden = error.fault.reason == "scheme-forbidden"
        why = "only http and https URLs can be fetched" if is_forbidden else _explain_authority(scheme + text)
        hint = None if why else suggest_target(text)
        raise UsageError("not a usable URL", where=sanitize_target(text), why=why, hint=hint) from error
    return url.with_path("/") if url == url.origin() else url


def _explain_authority(url: str) -> str | None:
    """Return what is wrong with the host or port of a URL, if that is easy to say."""
    if "://" not in url:
        return "https:// is missing"
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    port = authority.rpartition(":")[2] if ":" in authority else ""
    if not authority:
        return "it has no host name"
    if port.isdecimal() and not 0 < int(port[:9]) < 65_536:
        return "a port is from 1 to 65535"
    return None


def _extract_domain(text: str) -> str:
    """Return ``host[:port]``, with the port only if it is in the text."""
    authority = AUTHORITY.match(text.strip())
    name = authority[1].rpartition("@")[2] if authority else ""
    if name.isascii():
        return name.lower()
    host, colon, port = name.partition(":")
    return f"{readable_domain(host)}{colon}{port}"


def identify_domain(target: Target) -> str:
    """Return the same text for all targets of one domain."""
    return canonical_domain(target.domain)


def identify_target(target: Target) -> str:
    """Return the same text for targets that are the same: whole sites by their domain, others by their URL.

    The scheme does not count: ``example.com`` may be either.
    """
    if target.kind is TargetKind.SITE:
        return canonical_domain(target.domain)
    if target.kind is TargetKind.PAGE:
        return f"{canonical_domain(target.domain)}{target.history}"
    return f"{canonical_domain(target.domain)}{path_and_query(canonical_url(target.urls[0]))}"
