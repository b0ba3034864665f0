"""What makes the text of a document an address that we keep."""

import re
from urllib.parse import urljoin, urlsplit

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.fast.plain_entries import PORT

PROTOCOL_LENGTH = 2_048
"""Addresses have to be shorter: https://www.sitemaps.org/protocol.html#locdef"""
LONGEST = 8_192
"""Longer addresses are refused."""

_PLAIN = re.compile(rf"https?://[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:/[!-;=?-~]{{0,1700}})?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HTTP = re.compile(r"https?://[^/?#\s\\]+(?:[/?#].*)?", re.IGNORECASE)
# U+001A and U+FFFD stand where a byte or a character could not be read.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
# https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2; among them the brackets of templates never filled.
_NOT_IN_HOST = re.compile(r"[<>\"{}|^`]")
_TWO = re.compile(r"\shttps?://", re.IGNORECASE)
# Where these are text, a CDATA section or an end tag is not what it was meant to be.
_MARKUP = re.compile(r"<!\[CDATA\[|<[/\\]?(?:loc|url|sitemap|link|guid)>", re.IGNORECASE)
_PAIRS = (("<![CDATA[", "]]>"), ("<", ">"), (">", ""), ('"', '"'), ("'", "'"), ("\u201c", "\u201d"))
_INNER = re.compile(r"(?!.*[\"',;|]https?://)https?://[^\s<>\"]+", re.IGNORECASE)
_MARKED = re.compile(r"(?![/?#.])\W+https?://", re.IGNORECASE)
_UNSEEN = "\ufeff\u200b\u200e\u200f\u2060"
_BLANK = re.compile(r"\s")
# What templates leave, and addresses that were damaged before they got here.
_NEITHER = re.compile(r"://|^/?https?[:/]|[{}<>]|^(?:undefined|null|none|n/a|nan|false|true)$", re.IGNORECASE)
_HOST = re.compile(r"www\.[\w-]+\.\w", re.IGNORECASE)
_SHOWN = 200


def is_plain(text: str) -> bool:
    """Whether this is beyond doubt an absolute http(s) address: the quick answer for nearly all."""
    return _PLAIN.fullmatch(text) is not None


def accepted(text: str, harvest: Harvest, at: Position) -> str | None:
    """The absolute address that this text is, or None; whatever is wrong with it is reported."""
    text = text.strip()
    if is_plain(text):
        return text
    text = _bare(text, harvest, at)
    if not text:
        harvest.problem("loc-missing", "the entry has an empty loc", at)
        return None
    if len(text) > LONGEST:
        harvest.problem("url-too-long", f"an address of {len(text):,} characters: {shown(text)}", at)
        return None
    if _CONTROL.search(text) or _TWO.search(text) or _MARKUP.search(text) or _MARKED.match(text):
        harvest.problem("loc-invalid", f"not one address: {shown(text)}", at)
        return None
    return _checked(text, harvest, at)


def shown(text: str) -> str:
    """The text as it may stand in a message: quoted, escaped, cut."""
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def joined(base: str, text: str) -> str:
    """A relative address resolved against a base; an absolute one, or one without a base, as it is."""
    if not base or _SCHEME.match(text):
        return text
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def _bare(text: str, harvest: Harvest, at: Position) -> str:
    """The text without what only surrounds it: invisible characters, quotes, brackets, CDATA as text."""
    bare = _unwrapped(text.strip(_UNSEEN).strip())
    if bare and bare != text:
        message = f"an address with something around it, taken for {shown(bare)}: {shown(text)}"
        harvest.problem("loc-invalid", message, at, severity=Severity.WARNING, lost=False)
    return bare


def _unwrapped(text: str) -> str:
    """The one address in a pair of marks that only surround it; otherwise the text as it is."""
    for opening, closing in _PAIRS:
        if text[: len(opening)].upper() == opening and text.endswith(closing):
            inner = text[len(opening) : len(text) - len(closing)].strip()
            if _INNER.fullmatch(inner):
                return inner
    return text


def _checked(text: str, harvest: Harvest, at: Position) -> str | None:
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _resolved(text, harvest, at)
    if scheme[1].lower() not in ("http", "https"):
        harvest.problem("loc-scheme", f"only http and https addresses count: {shown(text)}", at)
        return None
    if not _has_host(text):
        harvest.problem("loc-invalid", f"an address without a possible host: {shown(text)}", at)
        return None
    return _kept(text, harvest, at)


def _resolved(text: str, harvest: Harvest, at: Position) -> str | None:
    """A relative address is against the protocol, but with a base there is no doubt what it means."""
    if _NEITHER.search(text):
        harvest.problem("loc-invalid", f"neither an absolute nor a relative address: {shown(text)}", at)
        return None
    base = harvest.base_url or ""
    url = joined(base, f"//{text}" if _HOST.match(text) else text)
    if not _has_host(url):
        message = f"a relative address, and nothing to resolve it against: {shown(text)}"
        harvest.problem("loc-relative", message, at, severity=Severity.ERROR, lost=True)
        return None
    harvest.problem("loc-relative", f"a relative address, taken for {shown(url)}: {shown(text)}", at)
    return _kept(url, harvest, at)


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return bool(host and _HTTP.fullmatch(url) and not _NOT_IN_HOST.search(host)) and parts.port != 0
    except ValueError:
        return False


def _kept(url: str, harvest: Harvest, at: Position) -> str | None:
    """The address, with a warning where a crawler may refuse it."""
    if len(url) > LONGEST:
        harvest.problem("url-too-long", f"an address of {len(url):,} characters: {shown(url)}", at)
        return None
    if _BLANK.search(url):
        message = f"an address with white space in it: {shown(url)}"
        harvest.problem("loc-invalid", message, at, severity=Severity.WARNING, lost=False)
    if len(url) >= PROTOCOL_LENGTH:
        message = f"an address of {len(url):,} characters, {PROTOCOL_LENGTH:,} is too long for the protocol"
        harvest.problem("url-long", f"{message}: {shown(url)}", at)
    return url
