"""What the ``Sitemap:`` lines of a robots.txt mean: absolute addresses, each once.

The protocol wants the complete address; crawlers get all kinds of things.
https://www.sitemaps.org/protocol.html#submit_robots
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sitemap_cli.fetch.robots.robots_lines import Line, ProblemLog, quote_text
from sitemap_cli.model.values import Severity

MAX_SITEMAPS = 1_000
MAX_URL_LENGTH = 8_192
"""Longer addresses are refused."""

ABSOLUTE = re.compile(r"(https?)://([^/?\s\\]+)([^\\]*)", re.IGNORECASE)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
WRONG_SLASHES = re.compile(r"(https?)(?!://[^/])(?::/*|/+)", re.IGNORECASE)
HOST = re.compile(r"([A-Za-z0-9.-]+)(:\d{1,5})?(?=[/?]|$)")
WWW = re.compile(r"www\.[^.]+\.", re.IGNORECASE)
DEFAULT_PORT = {"http": ":80", "https": ":443"}
TAG = re.compile(r"<[^<>:]*>")
BLANK = re.compile(r"\s")
BEGINS = re.compile(r"(?:https?:/)?/|www\.", re.IGNORECASE)
BETWEEN = re.compile(r"[,;](?=https?://)", re.IGNORECASE)
OPENING = "\"'<\u201c\u2018\u00ab"
CLOSING = "\"'>\u201d\u2019\u00bb"


@dataclass(frozen=True, slots=True)
class SitemapLine:
    """An address of a ``Sitemap:`` line; ``loc`` is ``written`` made absolute, if it can be."""

    loc: str
    written: str
    line: int


class SitemapCollector:
    """Collects the addresses.

    Args:
        base_url: where the robots.txt was found.
        only_absolute: take nothing else for an address, as is wise within a page.
    """

    def __init__(self, base_url: str | None, notes: ProblemLog, *, only_absolute: bool) -> None:
        self.sitemaps: list[SitemapLine] = []
        self.unusable: list[SitemapLine] = []
        self._log = notes
        self._base = base_url if base_url and _is_absolute_url(base_url) else None
        self._only_absolute = only_absolute
        self._lines: dict[str, int] = {}
        self._written: set[str] = set()

    def add_line(self, line: Line) -> None:
        """Take in a line."""
        if len(self.sitemaps) >= MAX_SITEMAPS:
            return self._report_too_many(line)
        if len(line.value) > MAX_URL_LENGTH:
            message = f"an address of {len(line.value):,} characters: {quote_text(line.value)}"
            return self._log.add("robots-sitemap-invalid", message, line.number)
        if not line.value:
            return self._log.add("robots-sitemap-empty", "Sitemap without an address", line.number)
        addresses = _split_urls(line.value)
        if addresses != [line.value] and not self._only_absolute:
            taken = quote_text(" ".join(addresses))
            message = f"not one plain URL, read as {taken}: {quote_text(line.value)}"
            self._log.add("robots-sitemap-form", message, line.number)
        for address in addresses:
            self._add_url(line, address)
        return None

    def _report_too_many(self, line: Line) -> None:
        if line.value not in self._written:
            message = f"more than {MAX_SITEMAPS:,} sitemaps; the rest is ignored"
            self._log.add_once("robots-too-many-sitemaps", message, line.number)

    def _add_url(self, line: Line, written: str) -> None:
        loc = self._find_absolute(line, written)
        if loc is None:
            return
        key = _comparison_key(loc)
        if (first := self._lines.get(key)) is not None:
            message = f"listed in line {first} already: {quote_text(loc)}"
            self._log.add("robots-sitemap-duplicate", message, line.number)
        elif len(self.sitemaps) >= MAX_SITEMAPS:
            self._report_too_many(line)
        else:
            if BLANK.search(loc):
                message = f"an address with white space in it: {quote_text(loc)}"
                self._log.add("robots-sitemap-form", message, line.number)
            self._lines[key] = line.number
            self._written.add(line.value)
            self.sitemaps.append(SitemapLine(loc, line.value, line.number))

    def _find_absolute(self, line: Line, written: str) -> str | None:
        """The absolute address that is meant, or the relative one when nobody can know; None for none."""
        if not ABSOLUTE.fullmatch(written):
            return None if self._only_absolute else self._complete_url(line, written)
        if _is_absolute_url(written):
            return written
        self._log.add("robots-sitemap-invalid", f"not an address: {quote_text(written)}", line.number)
        return None

    def _complete_url(self, line: Line, written: str) -> str | None:
        meant = self._guess_url(written)
        if meant is not None and _is_absolute_url(meant):
            message = f"the address is not absolute, taken for {quote_text(meant)}: {quote_text(written)}"
            self._log.add("robots-sitemap-relative", message, line.number)
            return meant
        if (scheme := SCHEME.match(written)) and scheme[1].lower() not in DEFAULT_PORT:
            message = f"only http and https addresses count: {quote_text(written)}"
            self._log.add("robots-sitemap-scheme", message, line.number)
            if len(self.unusable) < MAX_SITEMAPS:
                self.unusable.append(SitemapLine(written, line.value, line.number))
            return None
        if scheme or self._base or not written or written.startswith("//"):
            self._log.add("robots-sitemap-invalid", f"not an address: {quote_text(written)}", line.number)
            return None
        message = f"the address is not absolute, and nothing is known to complete it: {quote_text(written)}"
        self._log.add("robots-sitemap-relative", message, line.number, Severity.ERROR)
        return written

    def _guess_url(self, written: str) -> str | None:
        """The address that begins with a host of which the scheme is missing, or that is relative."""
        here = urlsplit(self._base or "https:")
        if slashes := WRONG_SLASHES.match(written):
            rest = written[slashes.end() :]
            return f"{slashes[1]}://{rest}" if self._begins_with_host(rest) else None
        if written.startswith("//"):
            return f"{here.scheme}:{written}"
        if self._begins_with_host(written):
            return f"{here.scheme}://{written}"
        is_relative = written and not SCHEME.match(written)
        return urljoin(self._base, written) if self._base and is_relative else None

    def _begins_with_host(self, text: str) -> bool:
        """Whether a text begins with the own host, with or without www, or with one of www."""
        found = HOST.match(text)
        if not found:
            return False
        own = urlsplit(self._base or "").hostname or ""
        bare = found[1].lower().removeprefix("www.")
        is_own = bool(own) and bare == own.removeprefix("www.")
        return is_own or WWW.match(found[1]) is not None


def _split_urls(value: str) -> list[str]:
    """The addresses of a line, without what people put around and between them."""
    value = TAG.sub(" ", value)
    parts = [_strip_decoration(part) for word in value.split() for part in BETWEEN.split(word)]
    parts = [part for part in parts if part]
    if len(parts) > 1 and all(map(BEGINS.match, parts)):
        return parts
    return [_strip_decoration(value)]


def _strip_decoration(text: str) -> str:
    """One address without separators, quotes, angle brackets and half a tag of HTML after it."""
    text = text.strip(" ,;")
    if text[:1] in OPENING or text[-1:] in '">':
        text = text.strip(OPENING + CLOSING).strip(" ,;")
    return text.partition("<")[0]


def _is_absolute_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return ABSOLUTE.fullmatch(url) is not None and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _comparison_key(loc: str) -> str:
    """By which two addresses are the same: scheme and host in any case, the default port left out."""
    found = ABSOLUTE.fullmatch(loc)
    if found is None:
        return loc
    scheme, host = found[1].lower(), found[2].lower()
    return f"{scheme}://{host.removesuffix(DEFAULT_PORT[scheme])}{found[3] or '/'}"
