"""Mistakes in the spelling of targets, and what is certainly meant."""

import re

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_typed_url, redact_words

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s/:@?#\[\]\\]+)(:\d{1,5})?", re.IGNORECASE)
BROKEN_SCHEME = re.compile(
    r"(?:h+t+ps?|h?t+ps?|ht+p*s?)(?::[/\\]*|[/\\]{2,}|[.;,]//)(?=[^/\s]+\.[^/\s])", re.IGNORECASE
)
DOUBLED_SCHEME = re.compile(r"(?:https?[:;.,]?[/\\]+)+(?=https?://)", re.IGNORECASE)
INNER_URL = re.compile(r"https?://[^\s\"'<>()\[\]\u201c\u201d\u2018\u2019]+", re.IGNORECASE)
DECORATION = " \"'<>()[]{},;:/\u201c\u201d\u2018\u2019"

BACKSLASH = "\\"


def repair_target(text: str) -> str | None:
    """Return the URL that a text with a misspelled scheme, or with two, certainly means; None otherwise."""
    if doubled := DOUBLED_SCHEME.match(text):
        return text[doubled.end() :]
    broken = BROKEN_SCHEME.match(text)
    if broken is None or _is_web_scheme(text):
        return None
    scheme = "http" if re.match(r"http:?[/\\]", text, re.IGNORECASE) else "https"
    return f"{scheme}://{text[broken.end() :].replace(BACKSLASH, '/').lstrip('/')}"


def suggest_target(text: str) -> str | None:
    """Return a hint for a text without a scheme that is not a target, if it is clear what is meant."""
    parts = [each for each in re.split(r"[\s,;]+", text) if each]
    if len(parts) > 1 and all("." in each and HOST.fullmatch(each) for each in parts):
        return f"separate targets with blanks, without quotes: {sanitize_target(' '.join(parts))}"
    host, mark, rest = text.partition("?")
    if mark and "." in host and HOST.fullmatch(host):
        return f"use https://{sanitize_target(f'{host}/?{rest}')}"
    if "@" in text:  # a part of it could be a part of a password
        return None
    if (found := INNER_URL.search(text)) and found[0] != text:
        return f"use {sanitize_target(found[0].rstrip(DECORATION))}"
    bare = text.strip(DECORATION).replace(BACKSLASH, "/")
    if bare != text and len(parts) == 1 and "." in bare and HOST.fullmatch(bare.partition("/")[0]):
        return f"use {sanitize_target(bare)}"
    return None


def sanitize_target(text: str) -> str:
    """Return user input for an error line: escaped, cut, and without credentials."""
    return escape_text(redact_words(redact_typed_url(text))[:200])


def _is_web_scheme(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
