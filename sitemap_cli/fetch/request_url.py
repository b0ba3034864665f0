"""Addresses as they are asked: checked, without credentials and fragments, otherwise as they were spelled."""

import re
from collections.abc import Sequence
from ipaddress import IPv6Address
from itertools import pairwise

from yarl import URL

from sitemap_cli.fetch.fetch_errors import RefusedError, sanitize_message
from sitemap_cli.model.values import Hop, Problem, Severity
from sitemap_cli.redaction import redact_url

SCHEMES = ("http", "https")
# https://www.rfc-editor.org/rfc/rfc3986#section-2: what may stand in an address as it is.
PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
MAX_HOST = 253
LATIN = re.compile("[\udc80-\udcff]")


def parse_request_url(text: str) -> URL:
    """The address to ask.

    Raises:
        RefusedError: ``url-invalid`` or ``scheme-forbidden``.
    """
    return _check_url(_parse_url(text), text, "scheme-forbidden")


def resolve_redirect(base: URL, location: str) -> URL:
    """The address that a redirect leads to.

    Raises:
        RefusedError: ``url-invalid`` or ``redirect-scheme``.
    """
    return _check_url(base.join(_parse_url(location)), location, "redirect-scheme")


def host_key(url: URL) -> str:
    """``host:port``, the same for every spelling; yarl's ``authority`` fails on punycode that is none."""
    return f"{(url.raw_host or '').lower().removesuffix('.')}:{url.port}"


def origin_key(url: URL) -> tuple[str, str]:
    """Scheme, host and port: what two addresses must share to be trusted with the same secrets."""
    return url.scheme, host_key(url)


def find_downgrades(hops: Sequence[Hop], url: str) -> tuple[Problem, ...]:
    """What is wrong with a way on which encryption was lost: from there on, anybody may have answered."""
    if not hops:
        return ()
    way = [*(hop.url for hop in hops), url]
    lost = [(here, there) for here, there in pairwise(way) if _is_secure(here) and not _is_secure(there)]
    messages = [sanitize_message(f"redirected from https to {there}") for _, there in lost[:1]]
    return tuple(Problem("redirect-downgrade", Severity.WARNING, each) for each in messages)


def _is_secure(url: str) -> bool:
    return url.startswith("https:")


def _parse_url(text: str) -> URL:
    """Split an address, quoting only what cannot stand as it is.

    A server compares signatures over the spelling it sent, so ``%7E`` must not become ``~``.
    yarl 1.25 answers ``//]@`` with an IndexError.
    """
    bare = text.strip()
    if not bare.isascii():
        bare = LATIN.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", bare)
    try:
        return URL(bare, encoded=PLAIN.fullmatch(bare) is not None)
    except (ValueError, IndexError) as error:
        raise RefusedError("url-invalid", f"{redact_url(text)!r}: {error}") from error


def _check_url(url: URL, text: str, refusal: str) -> URL:
    if url.scheme and url.scheme not in SCHEMES:
        raise RefusedError(refusal, f"{redact_url(text)!r} is not http or https")
    if not url.scheme or not _is_complete(url):
        raise RefusedError("url-invalid", f"{redact_url(text)!r} is not a complete address")
    bare = url if url.raw_user is None and url.raw_password is None else url.with_user(None)
    return bare.with_fragment(None)


def _is_complete(url: URL) -> bool:
    """Whether there is a host and a port; yarl reads them only when it is asked for them."""
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
