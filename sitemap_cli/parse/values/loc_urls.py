"""Decides which texts of a document are URLs, and repairs those whose meaning is certain."""

import re
from urllib.parse import urljoin, urlsplit

from sitemap_cli import urls
from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.fast.plain_entries import OTHER_HOST, PORT
from sitemap_cli.parse.strictness import note_leniency
from sitemap_cli.parse.values.quoting import quote_text

PROTOCOL_LENGTH = 2_048
"""URLs must be shorter than this: https://www.sitemaps.org/protocol.html#locdef"""
MAX_URL = 8_192
"""Longer URLs are refused."""

_PLAIN = re.compile(rf"https?://{OTHER_HOST}[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:/[!-;=?-~]{{0,1700}})?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HTTP = re.compile(r"https?://[^/?#\s\\]+(?:[/?#].*)?", re.IGNORECASE)
# U+001A and U+FFFD replace bytes and characters that could not be read.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
# The brackets of templates never filled in, and marks that no name in the DNS has, though they are allowed in
# https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
_NOT_IN_HOST = re.compile(r"[<>\"{}|^`!$&'()*+,;=]")
_SECOND_URL = re.compile(r"\shttps?://", re.IGNORECASE)
# Where these are text, a CDATA section or an end tag is not what it was meant to be.
_MARKUP = re.compile(r"<!\[CDATA\[|<[/\\]?(?:loc|url|sitemap|link|guid)>", re.IGNORECASE)
_WRAPPINGS = (
    ("<![CDATA[", "]]>"),
    ("<![CDATA[", ""),
    ("<", ">"),
    (">", ""),
    ('"', '"'),
    ("'", "'"),
    ("\u201c", "\u201d"),
)
_WRAPPED_URL = re.compile(r"(?!.*[\"',;|]https?://)https?://[^\s<>\"]+", re.IGNORECASE)
_MARKS_BEFORE = re.compile(r"(?![/?#.])\W+https?://", re.IGNORECASE)
INVISIBLE = (
    "\xad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Marks without width, and those of https://www.unicode.org/reports/tr9/ for the direction of text."""
_BLANK = re.compile(r"\s")
_ABSOLUTE = re.compile(rf"https?://{OTHER_HOST}(?![^/?#]*https?://)[^/\\]", re.IGNORECASE)


def is_plain(text: str) -> bool:
    """Return whether this is certainly an absolute http(s) URL: the quick test that nearly all URLs pass."""
    return _PLAIN.fullmatch(text) is not None


def accept_url(text: str, collector: Collector, at: Position, xml_base: str = "") -> str | None:
    """Return the absolute URL that a text means, or None; report whatever is wrong with it.

    ``xml_base`` is what the elements around it give as the base of relative URLs, itself relative to the
    document, or "".
    """
    text = text.strip()
    if is_plain(text):
        return text
    text = _strip_wrapping(text, collector, at)
    if not text:
        collector.report("loc-missing", "the loc is empty", at)
        return None
    if len(text) > MAX_URL:
        collector.report("url-too-long", f"a URL of {len(text):,} characters: {quote_text(text)}", at)
        return None
    if any(each.search(text) for each in (_CONTROL, _SECOND_URL, _MARKUP)) or _MARKS_BEFORE.match(text):
        collector.report("loc-invalid", f"not a single URL: {quote_text(text)}", at)
        return None
    return _check_url(text, collector, at, xml_base)


def resolve_url(base: str, text: str) -> str:
    """Resolve a relative URL against a base; return an absolute one, or one without a base, as it is."""
    if not base or _SCHEME.match(text):
        return text
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def _strip_wrapping(text: str, collector: Collector, at: Position) -> str:
    """Return the text without invisible characters, quotes, brackets or CDATA markup around it."""
    bare = _unwrap(text.strip(INVISIBLE).strip())
    if bare and bare != text:
        message = f"extra characters around a URL, read as {quote_text(bare)}: {quote_text(text)}"
        collector.report("loc-invalid", message, at, severity=Severity.WARNING, loses_content=False)
        note_leniency(collector, "loc-invalid", message, at)
    return bare


def _unwrap(text: str) -> str:
    """Return the URL inside a pair of marks if it is the only one; otherwise the text as it is."""
    for opening, closing in _WRAPPINGS:
        if text[: len(opening)].upper() == opening and text.endswith(closing):
            inner = text[len(opening) : len(text) - len(closing)].strip()
            if _WRAPPED_URL.fullmatch(inner):
                return inner
    return text


def _check_url(text: str, collector: Collector, at: Position, xml_base: str) -> str | None:
    if not _ABSOLUTE.match(text):
        base = _find_base(xml_base, collector)
        if meant := urls.repair_scheme(text, base):
            return _accept_repaired(text, meant, collector, at)
        if _SCHEME.match(text) is None:
            return _resolve_relative(text, base, collector, at, xml_base)
    scheme = _SCHEME.match(text)
    assert scheme is not None  # noqa: S101 - an absolute URL begins with one
    if scheme[1].lower() not in ("http", "https"):
        collector.report("loc-scheme", f"not an http or https URL: {quote_text(text)}", at)
        return None
    if not _has_host(text):
        collector.report("loc-invalid", f"the URL has no valid host: {quote_text(text)}", at)
        return None
    return _check_length(text, collector, at)


def _accept_repaired(text: str, meant: str, collector: Collector, at: Position) -> str | None:
    """Return the URL that a text without a scheme, or with a misspelled one, means, if its host is valid."""
    if not _has_host(meant):
        collector.report("loc-invalid", f"not a URL: {quote_text(text)}", at)
        return None
    message = f"the scheme is missing or misspelled, read as {quote_text(meant)}: {quote_text(text)}"
    collector.report("loc-relative", message, at)
    note_leniency(collector, "loc-relative", message, at)
    return _check_length(meant, collector, at)


def _find_base(xml_base: str, collector: Collector) -> str:
    """Return the base of relative URLs; an ``xml:base`` that is unreadable or not on the web is ignored."""
    document = collector.base_url or ""
    base = resolve_url(document, xml_base)
    return base if _has_host(base) and not _CONTROL.search(base) else document


def _resolve_relative(text: str, base: str, collector: Collector, at: Position, xml_base: str) -> str | None:
    """Resolve a relative URL: the protocol does not allow it, but with a base URL its meaning is certain."""
    if urls.is_never_relative(text):
        collector.report("loc-invalid", f"not a URL: {quote_text(text)}", at)
        return None
    url, given = resolve_url(base, text), ""
    if xml_base:
        is_used = base == resolve_url(collector.base_url or "", xml_base)
        given = f" below the xml:base {quote_text(xml_base)}" + ("" if is_used else ", which is ignored")
    if not _has_host(url):
        message = f"a relative URL without a base URL{given}: {quote_text(text)}"
        collector.report("loc-relative", message, at, severity=Severity.ERROR, loses_content=True)
        return None
    message = f"a relative URL{given}, read as {quote_text(url)}: {quote_text(text)}"
    collector.report("loc-relative", message, at)
    note_leniency(collector, "loc-relative", message, at)
    return _check_length(url, collector, at)


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return bool(host and _HTTP.fullmatch(url) and not _NOT_IN_HOST.search(host)) and parts.port != 0
    except ValueError:
        return False


def _check_length(url: str, collector: Collector, at: Position) -> str | None:
    """Return the URL unless it is too long; warn of what crawlers may refuse."""
    if len(url) > MAX_URL:
        collector.report("url-too-long", f"a URL of {len(url):,} characters: {quote_text(url)}", at)
        return None
    if _BLANK.search(url):
        message = f"white space in a URL: {quote_text(url)}"
        collector.report("loc-invalid", message, at, severity=Severity.WARNING, loses_content=False)
    if len(url) >= PROTOCOL_LENGTH:
        message = f"a URL of {len(url):,} characters; the protocol allows fewer than {PROTOCOL_LENGTH:,}"
        collector.report("url-long", f"{message}: {quote_text(url)}", at)
    return url
