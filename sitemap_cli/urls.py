"""Comparison and naming of URLs.

The first functions parse with yarl and give the canonical spelling: lower case, punycode, normalised escapes.
The ``textual`` ones keep the spelling of the document and accept any text: rules compare millions of entries.
"""

from urllib.parse import urlsplit

from yarl import URL

DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def canonical_url(url: str) -> str:
    """Return the spelling by which URLs count as the same: canonical, without fragment and credentials."""
    try:
        return str(URL(url).with_fragment(None).with_user(None))
    except (ValueError, IndexError):
        return url


def url_origin(url: str) -> str:
    """Return ``scheme://host[:port]/`` of a web URL (see :func:`is_web_url`), without a default port."""
    return f"{URL(url).origin()}/"


def is_web_url(url: str) -> bool:
    """Return whether this is an http or https URL with a host, so that it has a robots.txt.

    yarl accepts ``http://[::127.1]`` and fails later, when it formats the URL.
    """
    try:
        parsed = URL(url)
        return parsed.scheme in ("http", "https") and bool(str(parsed.origin()))
    except (ValueError, IndexError):
        return False


def host_and_port(url: str) -> str:
    """Return ``host[:port]`` of a URL without a default port, or an empty string when there is no host."""
    try:
        return URL(url).host_port_subcomponent or ""
    except (ValueError, IndexError):
        return ""


def folder_url(url: str) -> str:
    """Return the folder of a URL: ``/shop`` is a folder itself, ``/shop/index.html`` lies in ``/shop/``."""
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2]
    path = parts.path.removesuffix(last) if "." in last else parts.path.removesuffix("/") + "/"
    return parts._replace(path=path, query="", fragment="").geturl()


def replace_origin(url: str, other: str) -> str:
    """Return the URL with scheme, host and port of another one."""
    there = urlsplit(other)
    return urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc).geturl()


def textual_origin(url: str) -> str:
    """Return ``scheme://host[:port]/`` as written, but in lower case and without a default port."""
    try:
        parts = urlsplit(url)
    except ValueError:  # unbalanced brackets
        return url
    scheme, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    return f"{scheme}://{host.removesuffix(DEFAULT_PORTS.get(scheme, ':'))}/"


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
