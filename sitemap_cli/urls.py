"""Comparison and naming of URLs.

``canonical_url`` gives one spelling to all URLs that are equivalent. The ``textual`` functions accept any
text and are fast: rules compare millions of entries. Hosts are always compared in lower case, in Punycode,
and without the dot at the end.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from yarl import URL

LINE_END = "\n"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_PLAIN = r"A-Za-z0-9._~!$&'()*+,;=:@\-"
# An escape in upper case, of a character that must be escaped.
_ESCAPE = r"%(?!2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])[0-9A-F]{2}"
_ORIGIN = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?!(?:80|443)/)[1-9][0-9]*)?"
# What canonical_url returns unchanged. Most URLs are written like this, and the rest is ten times slower.
_CANONICAL = re.compile(
    rf"{_ORIGIN}"
    rf"(?:/(?!\.\.?(?:[/?]|\Z))[{_PLAIN}]*(?:{_ESCAPE}[{_PLAIN}]*)*)+(?:\?[{_PLAIN}/?]*(?:{_ESCAPE}[{_PLAIN}/?]*)*)?"
)
_CANONICAL_ORIGIN = re.compile(f"{_ORIGIN}/")
_OTHER_ESCAPE = re.compile(rf"%(?!{_ESCAPE.removeprefix('%')})")
_DOT_SEGMENT = re.compile(r"/\.\.?(?:[/?\n]|\Z)")
# Other control characters are in no document.
_RARE = tuple(' "#<>[\\]^`{|}\t\r\x7f')
# https://www.rfc-editor.org/rfc/rfc3986#appendix-B
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_PORT = re.compile(r":[0-9]+\Z")
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::0*([0-9]*))?")
# What stands in no host even after its escapes are decoded.
_NOT_IN_HOST = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")
# Runs of escapes, of which nearly all are right but for their case, and of characters to escape.
_TO_NORMALIZE = re.compile(r"((?:%[0-9A-Fa-f]{2})+)|([\x00-\x20\"<>\\^`{|}\x7f-\U0010ffff]+)")
_UNRESERVED_ESCAPE = re.compile(r"%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])")
# Schemes that are misspelled, or followed by too few or too many slashes; the rest begins with the host.
_BROKEN_SCHEME = re.compile(
    r"(?:(?P<spelled>https?)(?P<marks>:[/\\]?|[:;.,]?[/\\]{2,3}|:?[/\\]{4,})"
    r"|(?P<misspelled>h+t+p+s?|h?ttps?|ht+p?s?p?|htt[ps]{2,3}|h+t*t+ps?)[:;.,]?//)(?=[^/\\\s])",
    re.IGNORECASE,
)
# Also the URL of a page behind that of its site: https://example.comhttps://example.com/a
_DOUBLED_SCHEME = re.compile(
    r"https?:(?:/{0,3}(?=https?://[^/])|//(?=https?:?/)|//[^/?#\s]{1,253}?(?=https?://[^/\s]))", re.IGNORECASE
)
# What templates leave behind, and URLs that were damaged earlier.
_NEVER_RELATIVE = re.compile(
    r"://|^/?https?\W{0,3}//|^/?https?(?:[:/]|%3A)|[{}<>]|^%\w+%"
    r"|^(?:undefined|null|none|n/a|nan|false|true|\[object Object\])(?:/|$)",
    re.IGNORECASE,
)
_WEB_URL = re.compile(r"https?://[^/]", re.IGNORECASE)
_HOST_FIRST = re.compile(r"((?:[\w-]+\.)+[\w-]{2,}|localhost)(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE)
_WWW_HOST = re.compile(r"www\.[\w-]+\.\w", re.IGNORECASE)
# A URL is looked at several times while it is requested, and then no more.
_MAX_PARSED = 500
# Below a country code, these are no registered names: example.co.uk.
_SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})


def canonical_url(url: str) -> str:
    """Return the spelling by which URLs count as the same, without fragment and credentials.

    It follows https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2 and 6.2.3, and the mapping of
    https://www.rfc-editor.org/rfc/rfc3987#section-3.1. A text that is no URL is returned unchanged.
    """
    if _CANONICAL.fullmatch(url):
        return url
    parts = _PARTS.fullmatch(url.strip())
    if parts is None:
        return url
    scheme, authority, path, query = parts.groups("")
    scheme = scheme.lower()
    host = _canonical_authority(scheme, authority)
    if host is None:
        return url
    path = _remove_dot_segments(_normalize_escapes(path))
    return f"{scheme}://{host}{path or '/'}{_normalize_escapes(query)}"


def identify_url(url: str) -> str:
    """Return the canonical spelling of a URL with its fragment, which some sites use for their pages."""
    canonical, (_, mark, fragment) = canonical_url(url), url.partition("#")
    return f"{canonical}#{fragment}" if mark and "#" not in canonical else canonical


def join_urls(urls: Sequence[str]) -> str:
    """Return a text in which a line end is before and after each URL, so that all can be searched at once."""
    return f"{LINE_END}{LINE_END.join(urls)}{LINE_END}"


def are_canonical(urls: Sequence[str], joined: str | None = None) -> bool:
    """Return whether URLs certainly are in their canonical spelling, if they have one origin.

    One search over all of them takes a third of the time of a test of each. ``joined`` is what
    :func:`join_urls` makes of them.
    """
    text = join_urls(urls) if joined is None else joined
    origin = _CANONICAL_ORIGIN.match(text, 1)
    if origin is None or text.count(f"{LINE_END}{origin[0]}") != len(urls):
        return False
    if not text.isascii() or any(each in text for each in _RARE):
        return False
    return not _DOT_SEGMENT.search(text) and not ("%" in text and _OTHER_ESCAPE.search(text))


def is_canonical(url: str) -> bool:
    """Return whether a URL certainly is in its canonical spelling: a quick test that nearly all URLs pass."""
    return _CANONICAL.fullmatch(url) is not None


def are_equivalent(one: str, other: str) -> bool:
    """Return whether two URLs are the same one, in whichever spelling."""
    return one == other or identify_url(one) == identify_url(other)


def canonical_host(host: str) -> str:
    """Return a host in lower case, in Punycode, and without the dot at the end.

    A host that IDNA does not allow is only written in lower case.
    """
    is_plain = host.isascii() and "%" not in host
    return host.lower().rstrip(".") if is_plain else _encode_host(host)


def canonical_domain(name: str) -> str:
    """Return the spelling of ``host[:port]`` by which domains count as the same, without a default port."""
    found = _HOST_PORT.fullmatch(name.strip())
    if found is None:
        return name.strip().lower()
    host, port = found.groups("")
    return canonical_host(host) + (f":{port}" if port not in ("", "80", "443") else "")


def find_politeness_host(name: str) -> str:
    """Return what counts as one host for limits across processes: neither a port nor ``www.`` matters."""
    return _PORT.sub("", canonical_domain(name)).removeprefix("www.")


def readable_domain(name: str) -> str:
    """Return ``host[:port]`` in canonical spelling, but in letters instead of Punycode."""
    host, colon, port = canonical_domain(name).partition(":")
    return f"{_decode_host(host)}{colon}{port}" if "xn--" in host else f"{host}{colon}{port}"


@lru_cache(maxsize=_MAX_PARSED)
def url_origin(url: str) -> str:
    """Return ``scheme://host[:port]/`` of a web URL (see :func:`is_web_url`), without a default port."""
    return canonical_url(f"{URL(url).origin()}/")


@lru_cache(maxsize=_MAX_PARSED)
def is_web_url(url: str) -> bool:
    """Return whether this is an http or https URL with a host, so that it has a robots.txt.

    yarl accepts ``http://[::127.1]`` and fails later, when it formats the URL.
    """
    try:
        parsed = URL(url)
        return parsed.scheme in ("http", "https") and bool(str(parsed.origin()))
    except (ValueError, IndexError):
        return False


@lru_cache(maxsize=_MAX_PARSED)
def host_and_port(url: str) -> str:
    """Return ``host[:port]`` of a URL without a default port, or an empty string when there is no host."""
    try:
        host, colon, port = (URL(url).host_port_subcomponent or "").partition(":")
    except (ValueError, IndexError):
        return ""
    return f"{host.removesuffix('.')}{colon}{port}"


def folder_url(url: str) -> str:
    """Return the folder of a URL: ``/shop`` is a folder itself, ``/shop/index.html`` lies in ``/shop/``."""
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2]
    path = parts.path.removesuffix(last) if "." in last else parts.path.removesuffix("/") + "/"
    return parts._replace(path=path, query="", fragment="").geturl()


def is_sitemap_name(url: str) -> bool:
    """Return whether the path of a URL ends with the name of a sitemap on nearly every site."""
    path = url.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[2]
    name = path.rpartition("/")[2].lower()
    is_text = "sitemap" in name and name.endswith((".xml", ".txt", ".txt.gz"))
    return is_text or name.endswith(".xml.gz")


def replace_origin(url: str, other: str) -> str:
    """Return the URL with scheme, host and port of another one."""
    there = urlsplit(other)
    return urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc).geturl()


def textual_origin(url: str) -> str:
    """Return ``scheme://host[:port]/`` with the canonical host and without a default port."""
    try:
        parts = urlsplit(url)
    except ValueError:  # unbalanced brackets
        return url
    host = _canonical_authority(parts.scheme, parts.netloc)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower() if host is None else host}/"


def textual_host(url: str) -> str:
    """Return host and port of the :func:`textual_origin`, without ``www.``."""
    return textual_origin(url).partition("://")[2].rstrip("/").removeprefix("www.")


def path_and_query(url: str | None) -> str:
    """Return path and query of a URL: the part that does not depend on the host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # unbalanced brackets
        return url or ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_never_relative(text: str) -> bool:
    """Return whether a text without a scheme certainly is no relative URL, either."""
    return _NEVER_RELATIVE.search(text) is not None


def repair_scheme(text: str, base: str) -> str | None:
    """Return the absolute URL that a text without a scheme, with a misspelled one or two, certainly means.

    Without a scheme it must begin with the host of ``base``, a host above or below that, or a ``www`` host;
    ``http:/host`` and ``http:host``, too, because they could be paths. Without ``base`` nothing is certain.
    """
    if doubled := _DOUBLED_SCHEME.match(text):
        rest = text[doubled.end() :]
        return rest if _WEB_URL.match(rest) else repair_scheme(rest, base)
    scheme, is_absolute, _ = base.partition("://")
    if not is_absolute:
        return None
    found = _BROKEN_SCHEME.match(text)
    if found is None:
        return f"{scheme}://{text}" if _begins_with_related_host(text, base) else None
    rest = text[found.end() :]
    if found["marks"] in ("://", ":\\\\"):
        return f"{found['spelled']}://{rest}" if "\\" in found["marks"] and _HOST_FIRST.match(rest) else None
    is_certain = found["misspelled"] or len(found["marks"]) > 3
    if not (_HOST_FIRST.match(rest) if is_certain else _begins_with_related_host(rest, base)):
        return None
    scheme = found["spelled"] or ("https" if "s" in found["misspelled"].lower() else "http")
    return f"{scheme.lower()}://{rest}"


def _canonical_authority(scheme: str, authority: str) -> str | None:
    """Return ``host[:port]`` without a default port; None if it is invalid."""
    found = _HOST_PORT.fullmatch(authority.rpartition("@")[2])
    host, port = (canonical_host(found[1]), found[2]) if found else ("", "")
    return (
        None if not host else host + (f":{port}" if port and DEFAULT_PORTS.get(scheme) != f":{port}" else "")
    )


@lru_cache(maxsize=10_000)
def _encode_host(host: str) -> str:
    """Return a host in Punycode, by the same rules as for requests; escapes are decoded as UTF-8."""
    try:
        text = unquote_to_bytes(host).decode()
        encoded = "" if _NOT_IN_HOST.search(text) else URL.build(scheme="http", host=text).raw_host
    except (ValueError, IndexError):
        encoded = None
    return (encoded or host).lower().rstrip(".")


@lru_cache(maxsize=10_000)
def _decode_host(host: str) -> str:
    """Return a host in letters if that is another spelling of the same host."""
    try:
        decoded = URL.build(scheme="http", host=host).host
    except (ValueError, IndexError):
        decoded = None
    return decoded if decoded and canonical_host(decoded) == host else host


def _normalize_escapes(text: str) -> str:
    """Escape what must be escaped, as UTF-8 and in upper case, and decode what need not be."""
    return _TO_NORMALIZE.sub(_normalize_run, text)


def _normalize_run(found: re.Match[str]) -> str:
    if found[1] is None:
        return quote(found[2], safe="", errors="replace")
    return _UNRESERVED_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), found[1].upper())


def _remove_dot_segments(path: str) -> str:
    """Resolve ``.`` and ``..`` in a path.

    https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4
    """
    if "/." not in path:
        return path
    kept = list[str]()
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    end = "/" if kept and path.endswith(("/.", "/..")) else ""
    return f"/{'/'.join(kept)}{end}"


def _begins_with_related_host(text: str, base: str) -> bool:
    """Return whether a text begins with the host of a base URL, one above or below it, or a ``www`` host."""
    if _WWW_HOST.match(text):
        return True
    found = _HOST_FIRST.match(text)
    if found is None:
        return False
    own = textual_host(base).partition(":")[0]
    host = canonical_host(found[1]).removeprefix("www.")
    if host == own or host.endswith(f".{own}"):
        return True
    labels = host.split(".")
    is_suffix = len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVELS)
    return own.endswith(f".{host}") and not is_suffix
