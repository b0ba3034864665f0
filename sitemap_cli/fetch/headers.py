"""Request headers: public ones for every site, and private ones for a single site only."""

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
# A parenthesis ends the comment of a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.5
CONTACT = re.compile(r"[!-'*-\[\]-~]+")
MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MAX_VALIDATOR = 1024


class RequestHeaders:
    """The headers of all requests.

    Raises:
        ConfigurationError: an option cannot be sent as a header. The message never contains values, as they
            are secret.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = _merge_headers({"Accept-Encoding": "gzip"}, _build_public(settings))
        self._private = _build_private(settings)
        _check_value("--compare-user-agent", settings.compare_user_agent or "")

    def build_headers(self, request: Request, url: URL, credentials_url: URL) -> Mapping[str, str]:
        """Return the headers for one hop; private ones only for the origin they are for or its https twin."""
        private = self._private if self._private and may_receive_credentials(url, credentials_url) else {}
        specific = _build_conditions(request, url)
        if request.no_cache:
            specific |= {"Cache-Control": "no-cache", "Pragma": "no-cache"}
        if request.content is not None:
            specific["Content-Type"] = "application/json; charset=utf-8"
        if request.user_agent is not None:
            specific["User-Agent"] = request.user_agent
        return _merge_headers(self._public, private, specific) if private or specific else self._public


def has_private_headers(settings: Settings) -> bool:
    """Return whether the user's settings have headers, cookies or credentials for a single site."""
    return bool(settings.user is not None or settings.header or settings.cookie)


def sends_login(settings: Settings) -> bool:
    """Return whether the user's settings have credentials for a site."""
    names = {each.partition(":")[0].strip().lower() for each in settings.header}
    return settings.user is not None or "authorization" in names


def _build_public(settings: Settings) -> dict[str, str]:
    """Return the headers that identify the program and its user.

    ``From`` only allows an e-mail address: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.2
    """
    agent, contact = _check_value("--user-agent", settings.user_agent), settings.contact
    if contact is None:
        return {"User-Agent": agent}
    mail = contact.removeprefix("mailto:")
    if MAIL.fullmatch(mail):
        return {"User-Agent": f"{agent} (+{mail})", "From": mail}
    if not _is_contact_page(contact):
        why = "expected an e-mail address or the URL of a web page"
        raise ConfigurationError("invalid value", where="--contact", why=why)
    return {"User-Agent": f"{agent} (+{contact})"}


def _is_contact_page(contact: str) -> bool:
    try:
        parse_request_url(contact)
    except RefusedError:
        return False
    return CONTACT.fullmatch(contact) is not None and redact_url(contact) == contact


def _merge_headers(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return one header for each name, whatever its case; later layers win."""
    named = {name.lower(): (name, value) for layer in layers for name, value in layer.items()}
    return dict(named.values())


def _build_private(settings: Settings) -> dict[str, str]:
    headers = dict(_split_option("--header", each, ":") for each in settings.header)
    if settings.cookie:
        pairs = (_split_option("--cookie", each, "=") for each in settings.cookie)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in pairs)
    if settings.user is not None:
        if ":" not in settings.user:
            why = "expected NAME:PASSWORD; NAME: has an empty password"
            raise ConfigurationError("no password", where="--user", why=why)
        login = settings.user.encode(errors="surrogateescape")
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
    return headers


def _split_option(option: str, text: str, separator: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not NAME.fullmatch(name.strip()):
        raise ConfigurationError("invalid value", where=option, why=f"expected NAME{separator}VALUE")
    return name.strip(), _check_value(option, value.strip())


def _check_value(option: str, value: str) -> str:
    if not VALUE.fullmatch(value):
        raise ConfigurationError("invalid value", where=option, why="it contains control characters")
    return value


def may_receive_credentials(url: URL, credentials_url: URL) -> bool:
    """Return whether a URL has the origin that the user's credentials are for, or is its https twin."""
    has_twin = credentials_url.scheme == "http" and credentials_url.is_default_port()
    twin = credentials_url.with_scheme("https").with_port(None) if has_twin else credentials_url
    return origin_key(url) in (origin_key(credentials_url), origin_key(twin))


def _build_conditions(request: Request, url: URL) -> dict[str, str]:
    """Return the headers that request the body only if it differs from our copy."""
    validators = request.validators
    if validators is None or validators.url != str(url):
        return {}
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: usable for name, value in headers.items() if (usable := clean_validator(value))}


def clean_validator(value: str | None) -> str | None:
    """Return a validator that can be stored and sent back byte for byte, or None."""
    if value is None or len(value) > MAX_VALIDATOR or not (value.isascii() and value.isprintable()):
        return None
    return value
