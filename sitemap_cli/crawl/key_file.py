"""The key file of IndexNow: a text on a host that proves to search engines who may submit its URLs.

https://www.indexnow.org/documentation
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.fetch_errors import sanitize_message
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response
from sitemap_cli.urls import canonical_domain, canonical_url, is_web_url

KEY = re.compile(r"[A-Za-z0-9-]{8,128}")
HIDDEN = "<key>"
"""What messages show instead of the key: with it, others could submit URLs of the host."""
MISSING = (404, 410)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where the key of a host is.

    It proves the URLs of the host in its own folder and below it.
    """

    url: str
    host: str
    folder: str

    def covers(self, url: str) -> bool:
        """Return whether it proves a URL of its host, which is in canonical spelling."""
        return split_host(url)[1].startswith(self.folder)

    def describe(self, key: str) -> str:
        """Return its URL without the key."""
        return self.url.replace(key, HIDDEN)


def parse_key(option: str, text: str | None) -> str:
    """Return the key.

    Raises:
        UsageError: it is missing, or has a form that no search engine accepts; the message does not show it.
    """
    if text is None:
        hint = "make one: openssl rand -hex 16; write it to KEY.txt at the root of the site"
        raise UsageError("no key", where=option, why="search engines verify it on the site", hint=hint)
    if not KEY.fullmatch(text.strip()):
        why = "it has 8 to 128 characters: letters a-z, A-Z, digits and dashes"
        raise UsageError("not a key of IndexNow", where=option, why=why)
    return text.strip()


def parse_key_location(option: str, text: str) -> KeyFile:
    """Return the key file at a URL that the user named.

    Raises:
        UsageError: it is no URL of a file.
    """
    url = canonical_url(text)
    if not is_web_url(text.strip()) or split_host(url)[0] is None:
        raise UsageError("not an http or https URL", where=f"{option} {text}")
    return _make_key_file(url)


def locate_key_file(key: str, page_url: str) -> KeyFile:
    """Return the key file at the root of the host of a page."""
    scheme, host = page_url.partition("://")[0], split_host(page_url)[0]
    return _make_key_file(f"{scheme}://{host}/{key}.txt")


def split_host(url: str) -> tuple[str | None, str]:
    """Return ``host[:port]`` and the path of a URL in canonical spelling; no host if it is not of the web."""
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("http", "https"):
        return None, ""
    host, slash, path = rest.partition("/")
    return host or None, f"{slash}{path}"


def list_host_names(domain: str) -> frozenset[str]:
    """Return the host of a domain, with its port, and the one with or without ``www.``."""
    name = canonical_domain(domain)
    return frozenset({name, name.removeprefix("www.") if name.startswith("www.") else f"www.{name}"})


async def find_key_fault(fetcher: Fetcher, key_file: KeyFile, key: str, until: float) -> str | None:
    """Request a key file, and return why search engines would not accept it; None if they would.

    The sentence continues ``the key file``.
    """
    response = await fetcher.fetch(Request(key_file.url, Purpose.MESSAGE, until=until, no_cache=True))
    try:
        fault = _find_fault(response, key_file, key)
        return None if fault is None else sanitize_message(fault.replace(key, HIDDEN))
    finally:
        response.release()


def _find_fault(response: Response, key_file: KeyFile, key: str) -> str | None:
    final_host = split_host(canonical_url(response.final_url))[0]
    if response.hops and final_host != key_file.host:
        return f"redirects to another host, {final_host}"
    if response.fault is not None:
        return f"could not be read: {response.fault.message}"
    if response.status_code in MISSING:
        return f"is missing: the server responds with {response.status_code}"
    if response.status_code != 200 or response.body is None:
        return f"could not be read: the server responds with {response.status_code}"
    return _compare_content(b"".join(response.body.read_chunks()), key)


def _compare_content(content: bytes, key: str) -> str | None:
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return "is not UTF-8"
    if text == key:
        return None
    if not text:
        return "is empty"
    return "is an HTML page" if text.startswith("<") else "has another content than the key"


def _make_key_file(url: str) -> KeyFile:
    host, path = split_host(url)
    return KeyFile(url, host or "", f"{urlsplit(path).path.rpartition('/')[0]}/")
