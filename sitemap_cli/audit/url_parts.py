"""Parts of addresses, as rules compare them."""

from urllib.parse import urlsplit

PORTS = {"http": ":80", "https": ":443"}


def host_of(url: str) -> str:
    """Host and port of an address as in its :func:`origin`, without ``www.``."""
    return origin(url).partition("://")[2].rstrip("/").removeprefix("www.")


def path_of(url: str | None) -> str:
    """Path and query of an address, which are the same at every host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # brackets that do not belong together
        return url or ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def origin(url: str) -> str:
    """Scheme, host and port of an address, in lower case, without a default port, with a slash at the end."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that do not belong together
        return url
    scheme, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    return f"{scheme}://{host.removesuffix(PORTS.get(scheme, ':'))}/"
