"""The ``Sitemap:`` lines of a robots.txt as absolute URLs, without duplicates.

The protocol requires a complete URL, but files contain all kinds of values.
https://www.sitemaps.org/protocol.html#submit_robots
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sitemap_cli.fetch.robots.robots_lines import Line, ProblemLog, quote_text
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import DEFAULT_PORTS, canonical_url, is_never_relative, repair_scheme

MAX_SITEMAPS = 1_000
MAX_URL_LENGTH = 8_192
"""Longer URLs are reported and ignored."""

ABSOLUTE = re.compile(r"(https?)://(?!https?(?::|//)|[^/?#]*https?://)([^/?\s\\]+)([^\\]*)", re.IGNORECASE)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
WRONG_SLASHES = re.compile(r"(https?)(?!://[^/])(?::/*|/+)", re.IGNORECASE)
TAG = re.compile(r"<[^<>:]*>")
MARKDOWN = re.compile(r"\[[^\[\]]*\]\(([^()\s]*)\)")
REPEATED = re.compile(r"(?:site-?map\s*:\s*)+", re.IGNORECASE)
BLANK = re.compile(r"\s")
BEGINS = re.compile(r"(?:https?:/)?/|www\.", re.IGNORECASE)
BETWEEN = re.compile(r"[,;](?=https?://)", re.IGNORECASE)
OPENING = "\"'<\u201c\u2018\u00ab"
CLOSING = "\"'>\u201d\u2019\u00bb"


@dataclass(frozen=True, slots=True)
class SitemapLine:
    """A URL of a ``Sitemap:`` line; ``loc`` is ``written`` made absolute, if possible."""

    loc: str
    written: str
    line: int


class SitemapCollector:
    """The URLs of all ``Sitemap:`` lines, without duplicates.

    Args:
        base_url: the URL of the robots.txt.
        log: where to report problems.
        only_absolute: whether to accept only absolute URLs, as is safe within a page.
    """

    def __init__(self, base_url: str | None, log: ProblemLog, *, only_absolute: bool) -> None:
        self.sitemaps: list[SitemapLine] = []
        self.unusable: list[SitemapLine] = []
        self._log = log
        self._base = base_url if base_url and _is_absolute_url(base_url) else None
        self._only_absolute = only_absolute
        self._lines: dict[str, int] = {}
        self._written: set[str] = set()

    def add_line(self, line: Line) -> None:
        """Add the URLs of a line."""
        if len(self.sitemaps) >= MAX_SITEMAPS:
            return self._report_too_many(line)
        if len(line.value) > MAX_URL_LENGTH:
            message = f"URL of {len(line.value):,} characters: {quote_text(line.value)}"
            return self._log.add("robots-sitemap-invalid", message, line.number)
        if not line.value:
            return self._log.add("robots-sitemap-empty", "Sitemap without a URL", line.number)
        urls = _split_urls(line.value)
        if urls != [line.value] and not self._only_absolute:
            taken = quote_text(" ".join(urls))
            message = f"not one plain URL, read as {taken}: {quote_text(line.value)}"
            self._log.add("robots-sitemap-form", message, line.number)
        for url in urls:
            self._add_url(line, url)
        return None

    def _report_too_many(self, line: Line) -> None:
        if line.value not in self._written:
            message = f"more than {MAX_SITEMAPS:,} sitemaps; the others are ignored"
            self._log.add_once("robots-too-many-sitemaps", message, line.number)

    def _add_url(self, line: Line, written: str) -> None:
        loc = self._find_absolute(line, written)
        if loc is None:
            return
        key = canonical_url(loc)
        if (first := self._lines.get(key)) is not None:
            message = f"already listed in line {first}: {quote_text(loc)}"
            self._log.add("robots-sitemap-duplicate", message, line.number)
        elif len(self.sitemaps) >= MAX_SITEMAPS:
            self._report_too_many(line)
        else:
            if BLANK.search(loc):
                message = f"URL with white space: {quote_text(loc)}"
                self._log.add("robots-sitemap-form", message, line.number)
            self._lines[key] = line.number
            self._written.add(line.value)
            self.sitemaps.append(SitemapLine(loc, line.value, line.number))

    def _find_absolute(self, line: Line, written: str) -> str | None:
        """Return the absolute URL that is meant, or the relative one if the base is unknown.

        None means that the URL is invalid.
        """
        if not ABSOLUTE.fullmatch(written):
            return None if self._only_absolute else self._complete_url(line, written)
        if _is_absolute_url(written):
            return written
        self._log.add("robots-sitemap-invalid", f"not a URL: {quote_text(written)}", line.number)
        return None

    def _complete_url(self, line: Line, written: str) -> str | None:
        meant = self._guess_url(written)
        if meant is not None and _is_absolute_url(meant):
            message = f"the URL is not absolute, read as {quote_text(meant)}: {quote_text(written)}"
            self._log.add("robots-sitemap-relative", message, line.number)
            return meant
        if (scheme := SCHEME.match(written)) and scheme[1].lower() not in DEFAULT_PORTS:
            message = f"only http and https URLs are supported: {quote_text(written)}"
            self._log.add("robots-sitemap-scheme", message, line.number)
            if len(self.unusable) < MAX_SITEMAPS:
                self.unusable.append(SitemapLine(written, line.value, line.number))
            return None
        if scheme or self._base or not written or written.startswith("//"):
            self._log.add("robots-sitemap-invalid", f"not a URL: {quote_text(written)}", line.number)
            return None
        message = f"the URL is not absolute and cannot be completed: {quote_text(written)}"
        self._log.add("robots-sitemap-relative", message, line.number, Severity.ERROR)
        return written

    def _guess_url(self, written: str) -> str | None:
        """Return the absolute URL for a relative one, or for one that lacks the scheme."""
        base = self._base or "https://"
        if not ABSOLUTE.fullmatch(written) and (meant := repair_scheme(written, base)):
            return meant
        if WRONG_SLASHES.match(written):
            return None
        if written.startswith("//"):
            return f"{base.partition('://')[0]}:{written}"
        is_relative = written and not SCHEME.match(written) and not is_never_relative(written)
        return urljoin(self._base, written) if self._base and is_relative else None


def _split_urls(value: str) -> list[str]:
    """Return the URLs of a line, without decoration around and between them."""
    value = value.lstrip(":= \t")
    value = value[found.end() :] if (found := REPEATED.match(value)) else value
    value = TAG.sub(" ", MARKDOWN.sub(r" \1 ", value))
    parts = [_strip_decoration(part) for word in value.split() for part in BETWEEN.split(word)]
    parts = [part for part in parts if part]
    if len(parts) > 1 and all(map(BEGINS.match, parts)):
        return parts
    return [_strip_decoration(value)]


def _strip_decoration(text: str) -> str:
    """Return a URL without separators, quotes, angle brackets, an escaped ``&`` and the rest of a tag."""
    text = text.strip(" ,;").replace("&amp;", "&")
    if text[:1] in OPENING or text[-1:] in '">':
        text = text.strip(OPENING + CLOSING).strip(" ,;")
    return text.partition("<")[0]


def _is_absolute_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return ABSOLUTE.fullmatch(url) is not None and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
