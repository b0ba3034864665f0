"""Compares and names addresses."""

from urllib.parse import urlsplit

from yarl import URL


def key(url: str) -> str:
    """The address by which "the same again" is decided: canonical and without fragment."""
    try:
        return str(URL(url).with_fragment(None))
    except ValueError:
        return url


def origin(url: str) -> str:
    """``scheme://host[:port]/`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def host(url: str) -> str:
    """The host of an address, without port; empty when it has none."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""
