"""Removal of names and passwords from URLs, before they are stored or shown."""

import re

_IN_URL = re.compile(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")
_IN_TYPED_URL = re.compile(r"^(.*?//)?[^/?#]*@")
_IN_TEXT = re.compile(r"(?<=//)[^/?#\s\"]*@")
_WORD = re.compile(r"\S+")
_BEGIN = re.compile(r"[\"'(<\[{,]*(?:[A-Za-z][A-Za-z0-9+.-]*:/{1,3}|//)?")
_AUTHORITY_END = re.compile(r"[/?#]")
_NO_PORT = re.compile(r":(?!\d{0,5}$)")


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


def redact_words(text: str) -> str:
    """Return a text that a user typed, or that quotes it, with ``user:password@`` removed from every word.

    The scheme may be missing or misspelled, and a password may contain a slash.
    """
    return _WORD.sub(_redact_word, redact_text(text)) if "@" in text else text


def _redact_word(found: re.Match[str]) -> str:
    word = found[0]
    begun = _BEGIN.match(word) if "@" in word else None
    if begun is None:
        return word
    begin, rest = begun[0], word[begun.end() :]
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    if "@" in authority:
        login, _, host = authority.rpartition("@")
        is_mail = not begin.endswith("/") and (":" not in login or login.lower().startswith("mailto:"))
        return word if is_mail else f"{begin}{host}{rest[len(authority) :]}"
    if authority.startswith("[") or not _NO_PORT.search(authority):
        return word
    return f"{begin}{rest.rpartition('@')[2]}"
