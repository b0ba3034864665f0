"""What we say about ourselves to everybody, and what the user wants said to one site only."""

import base64
import re
from collections.abc import Mapping

from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.address import origin
from sitemap_cli.fetch.fetcher import Request
from sitemap_cli.settings import Settings

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
VALUE = re.compile(r"[\x20-\x7e\x80-\xff\t]*")
MAX_VALIDATOR = 1024


class Identity:
    """The headers of our requests.

    Raises:
        ConfigurationError: an option cannot be sent as a header. It never shows a value: those are secrets.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = {"User-Agent": _sendable("--user-agent", settings.user_agent)}
        self._private = _private(settings)

    def headers(self, request: Request, url: URL, home: URL) -> Mapping[str, str]:
        """The headers for one hop: secrets only go to the origin they were given for, or its https twin."""
        private = self._private if self._private and _is_home(url, home) else {}
        return {"Accept-Encoding": "gzip", **self._public, **private, **_conditions(request, url)}


def _private(settings: Settings) -> dict[str, str]:
    headers = dict(_split("--header", each, ":") for each in settings.header)
    if settings.cookie:
        pairs = (_split("--cookie", each, "=") for each in settings.cookie)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in pairs)
    if settings.user is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(settings.user.encode()).decode()
    return headers


def _split(option: str, text: str, separator: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not NAME.fullmatch(name.strip()):
        raise ConfigurationError("unusable value", where=option, why=f"expected NAME{separator}VALUE")
    return name.strip(), _sendable(option, value.strip())


def _sendable(option: str, value: str) -> str:
    if not VALUE.fullmatch(value):
        raise ConfigurationError("unusable value", where=option, why="it holds control characters")
    return value


def _is_home(url: URL, home: URL) -> bool:
    upgraded = home.with_scheme("https") if home.scheme == "http" and home.is_default_port() else home
    return origin(url) in (origin(home), origin(upgraded))


def _conditions(request: Request, url: URL) -> dict[str, str]:
    """Ask for the body only if it is another one than we hold."""
    held = request.validators
    if held is None or held.url != str(url):
        return {}
    given = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: usable for name, value in given.items() if (usable := validator(value))}


def validator(value: str | None) -> str | None:
    """A validator that can be kept and sent back byte for byte, or nothing."""
    if value is None or len(value) > MAX_VALIDATOR or not (value.isascii() and value.isprintable()):
        return None
    return value
