"""URLs as they are requested: checked, without credentials and fragment, otherwise as spelled."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import pairwise

from yarl import URL

from sitemap_cli.fetch.fetch_errors import RefusedError, sanitize_message
from sitemap_cli.model.values import Hop, Problem, Severity
from sitemap_cli.redaction import redact_url
from sitemap_cli.urls import canonical_host

SCHEMES = ("http", "https")
# Characters that need no escape: https://www.rfc-editor.org/rfc/rfc3986#section-2
PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
MAX_HOST = 253
# A URL is parsed for its request and, as that of the site, for all others.
MAX_PARSED = 500
LATIN = re.compile("[\udc80-\udcff]")
# Browsers decode the escapes of a host, and yarl does not: https://url.spec.whatwg.org/#concept-host-parser
ESCAPED_HOST = re.compile(
    r"(?P<before>(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?)(?P<host>[^/?#@:\[]*%[^/?#@:\[]*)"
)


@lru_cache(maxsize=MAX_PARSED)
def parse_request_url(text: str) -> URL:
    """Return the URL to request.

    Raises:
        RefusedError: ``url-invalid`` or ``scheme-forbidden``.
    """
    return _check_url(_parse_url(text), text, "scheme-forbidden")


def resolve_redirect(base: URL, location: str) -> URL:
    """Return the URL that a ``Location`` header means.

    Raises:
        RefusedError: ``url-invalid`` or ``redirect-scheme``.
    """
    return _check_url(base.join(_parse_url(location)), location, "redirect-scheme")


def host_key(url: URL) -> str:
    """Return ``host:port``, the same for every spelling of the host.

    yarl's ``authority`` fails on invalid punycode.
    """
    return f"{(url.raw_host or '').lower().removesuffix('.')}:{url.port}"


def origin_key(url: URL) -> tuple[str, str]:
    """Return scheme, host and port: URLs that agree in them may receive the same credentials."""
    return url.scheme, host_key(url)


def find_downgrades(hops: Sequence[Hop], url: str) -> tuple[Problem, ...]:
    """Return a problem if a redirect led from https to http: from there on, the response may be forged."""
    if not hops:
        return ()
    for source, target in pairwise([*(hop.url for hop in hops), url]):
        if _is_secure(source) and not _is_secure(target):
            message = sanitize_message(f"redirected from https to {target}")
            return (Problem("redirect-downgrade", Severity.WARNING, message),)
    return ()


def _is_secure(url: str) -> bool:
    return url.startswith("https:")


def _parse_url(text: str) -> URL:
    """Parse a URL and quote only what has to be quoted.

    A server compares signatures over the spelling it sent, so ``%7E`` must not become ``~``.
    yarl 1.25 fails on ``//]@`` with an IndexError.
    """
    stripped = text.strip()
    if not stripped.isascii():
        stripped = LATIN.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", stripped)
    if escaped := ESCAPED_HOST.match(stripped):
        stripped = f"{escaped['before']}{canonical_host(escaped['host'])}{stripped[escaped.end() :]}"
    try:
        return URL(stripped, encoded=PLAIN.fullmatch(stripped) is not None)
    except (ValueError, IndexError) as error:
        raise RefusedError("url-invalid", f"{redact_url(text)!r}: {error}") from error


def _check_url(url: URL, text: str, refusal: str) -> URL:
    if url.scheme and url.scheme not in SCHEMES:
        raise RefusedError(refusal, f"{redact_url(text)!r} is not http or https")
    if not url.scheme or not _is_complete(url):
        raise RefusedError("url-invalid", f"{redact_url(text)!r} is not a complete URL")
    redacted = url if url.raw_user is None and url.raw_password is None else url.with_user(None)
    return redacted.with_fragment(None)


def _is_complete(url: URL) -> bool:
    """Return whether there is a valid host and port; yarl validates them only when they are read."""
    try:
        return _is_host(url.raw_host or "") and bool(url.port)
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is_ipv6(host)
    bare = host.removesuffix(".")
    return len(bare) <= MAX_HOST and HOST.fullmatch(bare) is not None


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
