"""What we say about ourselves to everybody, and what the user wants said to one site only."""

import base64
import re
from collections.abc import Mapping

from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.interface import Request
from sitemap_cli.fetch.request_url import origin_key, parse_request_url
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
VALUE = re.compile(r"[\x20-\x7e\x80-\xff\t]*")
# A comment of a header ends at a bracket: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.5
CONTACT = re.compile(r"[!-'*-\[\]-~]+")
MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MAX_VALIDATOR = 1024


class RequestHeaders:
    """The headers of our requests.

    Raises:
        ConfigurationError: an option cannot be sent as a header. It never shows a value: those are secrets.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = _merge_headers({"Accept-Encoding": "gzip"}, _build_public(settings))
        self._private = _build_private(settings)
        _check_value("--compare-user-agent", settings.compare_user_agent or "")

    def build_headers(self, request: Request, url: URL, home: URL) -> Mapping[str, str]:
        """The headers for one hop: secrets only go to the origin they were given for, or its https twin."""
        private = self._private if self._private and may_receive_credentials(url, home) else {}
        own = _build_conditions(request, url)
        if request.user_agent is not None:
            own["User-Agent"] = request.user_agent
        return _merge_headers(self._public, private, own) if private or own else self._public


def _build_public(settings: Settings) -> dict[str, str]:
    """Who we are and who sent us, which everybody may know.

    ``From`` takes a mail address only: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.2
    """
    agent, contact = _check_value("--user-agent", settings.user_agent), settings.contact
    if contact is None:
        return {"User-Agent": agent}
    mail = contact.removeprefix("mailto:")
    if MAIL.fullmatch(mail):
        return {"User-Agent": f"{agent} (+{mail})", "From": mail}
    if not _is_contact_page(contact):
        why = "expected a mail address, or the address of a web page"
        raise ConfigurationError("unusable value", where="--contact", why=why)
    return {"User-Agent": f"{agent} (+{contact})"}


def _is_contact_page(contact: str) -> bool:
    try:
        parse_request_url(contact)
    except RefusedError:
        return False
    return CONTACT.fullmatch(contact) is not None and redact_url(contact) == contact


def _merge_headers(*layers: Mapping[str, str]) -> dict[str, str]:
    """One header of each name, however it is spelled; the last that was given counts."""
    named = {name.lower(): (name, value) for layer in layers for name, value in layer.items()}
    return dict(named.values())


def _build_private(settings: Settings) -> dict[str, str]:
    headers = dict(_split_option("--header", each, ":") for each in settings.header)
    if settings.cookie:
        pairs = (_split_option("--cookie", each, "=") for each in settings.cookie)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in pairs)
    if settings.user is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(settings.user.encode()).decode()
    return headers


def _split_option(option: str, text: str, separator: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not NAME.fullmatch(name.strip()):
        raise ConfigurationError("unusable value", where=option, why=f"expected NAME{separator}VALUE")
    return name.strip(), _check_value(option, value.strip())


def _check_value(option: str, value: str) -> str:
    if not VALUE.fullmatch(value):
        raise ConfigurationError("unusable value", where=option, why="it holds control characters")
    return value


def may_receive_credentials(url: URL, home: URL) -> bool:
    """Whether an address is at the origin that the user's secrets were given for, or its https twin."""
    plain = home.scheme == "http" and home.is_default_port()
    upgraded = home.with_scheme("https").with_port(None) if plain else home
    return origin_key(url) in (origin_key(home), origin_key(upgraded))


def _build_conditions(request: Request, url: URL) -> dict[str, str]:
    """Ask for the body only if it is another one than we hold."""
    held = request.validators
    if held is None or held.url != str(url):
        return {}
    given = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: usable for name, value in given.items() if (usable := clean_validator(value))}


def clean_validator(value: str | None) -> str | None:
    """A validator that can be kept and sent back byte for byte, or nothing."""
    if value is None or len(value) > MAX_VALIDATOR or not (value.isascii() and value.isprintable()):
        return None
    return value
