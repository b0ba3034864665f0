"""Compares and names addresses."""

from urllib.parse import urlsplit

from yarl import URL


def key(url: str) -> str:
    """The address by which "the same again" is decided: canonical, without fragment and credentials."""
    try:
        return str(URL(url).with_fragment(None).with_user(None))
    except (ValueError, IndexError):
        return url


def origin(url: str) -> str:
    """``scheme://host[:port]/`` of an address that :func:`is_web`, the default port left out."""
    return f"{URL(url).origin()}/"


def is_web(url: str) -> bool:
    """Whether this is an address of the web: its robots.txt can be asked for.

    yarl takes ``http://[::127.1]`` for an address until it has to write it down.
    """
    try:
        parsed = URL(url)
        return parsed.scheme in ("http", "https") and bool(str(parsed.origin()))
    except (ValueError, IndexError):
        return False


def site(url: str) -> str:
    """``host[:port]`` of an address, the default port left out; empty when it has no host."""
    try:
        return URL(url).host_port_subcomponent or ""
    except (ValueError, IndexError):
        return ""


def folder(url: str) -> str:
    """The folder that an address is, or lies in: ``/shop`` is one, ``/shop/index.html`` lies in one."""
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2]
    path = parts.path.removesuffix(last) if "." in last else parts.path.removesuffix("/") + "/"
    return parts._replace(path=path, query="", fragment="").geturl()


def moved(url: str, to: str) -> str:
    """The same place on the site of another address."""
    there = urlsplit(to)
    return urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc).geturl()
