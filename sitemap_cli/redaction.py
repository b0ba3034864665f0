"""Removal of names and passwords from URLs, before they are stored or shown."""

import re

_IN_URL = re.compile(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")
_IN_TYPED_URL = re.compile(r"^(.*?//)?[^/?#]*@")
_IN_TEXT = re.compile(r"(?<=//)[^/?#\s\"]*@")


def redact_url(url: str) -> str:
    """Return a URL without ``user:password@``, even if the URL is malformed."""
    return _IN_URL.sub(r"\1//", url) if "@" in url else url


def redact_typed_url(text: str) -> str:
    """Return what a user typed without ``user:password@``; the scheme may be missing."""
    return _IN_TYPED_URL.sub(r"\1", text)


def redact_proxy_url(text: str) -> str:
    """Return the URL of a proxy without everything up to its last ``@``: a password may contain a slash."""
    scheme, found, rest = text.rpartition("://")
    return f"{scheme}{found}{rest.rpartition('@')[2]}"


def redact_text(text: str) -> str:
    """Return a text with all URLs in it redacted."""
    return _IN_TEXT.sub("", text) if "@" in text else text
