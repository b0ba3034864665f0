"""Lists of pages as text, one URL per line.

Lines that contain one URL and marks around it (angle brackets, quotes, a bullet) are read and reported, and
so are lines of several URLs. Other lines are left out: a URL followed by words may be one URL with blanks in
it, and whether a row of a table begins with a whole URL is not certain, because URLs may contain commas.
See https://www.sitemaps.org/protocol.html#otherformats
"""

import re
from collections.abc import Iterator
from itertools import islice

from sitemap_cli.model.values import Entry, Kind
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.encoding import SUBSTITUTE
from sitemap_cli.parse.format import TextFormat
from sitemap_cli.parse.strictness import note_leniency
from sitemap_cli.parse.values import loc_urls
from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.redaction import redact_words
from sitemap_cli.urls import canonical_domain, repair_scheme

_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
_URL_AND_MORE = re.compile(r"https?://[^\s/?#]\S*\s", re.IGNORECASE)
# https://www.rfc-editor.org/rfc/rfc3986#appendix-C
_WRAPPED = re.compile(
    r"(?:[-*+\u2022]\s+)?"
    r"(?:<(?:URL:)?([^\s<>]+)>|\"([^\s\"]+)\"[,;]?|'([^\s']+)'[,;]?|\u201c([^\s\u201d]+)\u201d|([^\s\"'<>]+))",
    re.IGNORECASE,
)
_TABLE_ROW = re.compile(
    r"\S+[,;|]\"?(?:https?://|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T,;|\"]|$)"
    r"|(?:always|hourly|daily|weekly|monthly|yearly|never)\"?(?:[,;|]|$))",
    re.IGNORECASE,
)
# A URL whose scheme is missing, or misspelled.
_WITHOUT_SCHEME = re.compile(
    r"(?:h?t+p*s?(?::[/\\]*|[/\\]{2,}))?"
    r"((?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[\w-]+)(?::[0-9]+)?)(/[^\s,;|]*|[?#][^\s,;|]+)?",
    re.IGNORECASE,
)
_HTML_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
# What nearly all lines are: one URL without any mark that might separate it from something else.
_USUAL = re.compile(r"https?://[A-Za-z0-9][!-+\--9=?-{}~]*")
_SEPARATOR = re.compile(r"(?<![,;])[,;]\Z")
# Where URLs follow each other without anything between them; a URL in another one follows a mark.
_JOINT = re.compile(r"(?<=\w)(?=https?://)")
_ORIGIN = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_WITH_PATH = re.compile(r"https?://[^/?#]+/.", re.IGNORECASE)
_BLANK = re.compile(r"\s")
_AROUND = f"{loc_urls.INVISIBLE} \t\xa0"
_FIRST_LINES = 5
_SAMPLE_LINES = 100
_MAX_QUOTED = 2_000
ANY_HOST = "https://"
"""The base URL of a list whose host is not known."""
_MAX_LINE = 64 * 1024
"""Bytes of a line that are kept until its end comes; no URL is that long."""


class _UrlList:
    """The parser of a list of URLs; ``line`` is the number of its first line."""

    __slots__ = ("_base", "_collector", "_dropped", "_line", "_offset", "_tail")

    def __init__(self, collector: Collector, line: int) -> None:
        self._collector = collector
        self._base = collector.base_url or ""
        self._line = line
        self._offset = 0
        self._dropped = 0
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece, up to the end of its last complete line."""
        data = self._tail + piece
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        self._read_lines(data[:end])
        self._tail = data[end : end + _MAX_LINE]
        self._dropped += len(data) - end - len(self._tail)

    def close(self) -> None:
        """Take the last line, unless the content was cut in it."""
        if self._tail.strip() and self._collector.is_truncated():
            message = "the content ends in the middle of a line, which was left out"
            self._collector.report("truncated", message, self._get_position())
            return
        self._read_lines(self._tail)

    def _read_lines(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            text = line.decode("utf-8", "ignore").strip()
            if text:
                self._collector.begin_entry()
                self._read_line(text)
                self._collector.end_entry()
            self._line += 1
            self._offset += len(line) + self._dropped
            self._dropped = 0

    def _get_position(self, column: int = 0) -> Position:
        return Position(self._line, 1 + column, self._collector.get_offset(self._offset + column))

    def _read_line(self, text: str) -> None:
        collector, at = self._collector, self._get_position()
        if text.startswith("#"):
            message = f"a comment, which is not allowed in lists of URLs: {_quote_line(text)}"
            collector.report_once("text-comment", "", message, at)
            return
        if collector.has_substitutes and SUBSTITUTE.decode() in text:
            message = f"bytes that are not valid in the encoding: {_quote_line(text)}"
            collector.report("bad-encoding", message, self._get_position(text.index(SUBSTITUTE.decode())))
            return
        if not (collector.is_utf8 or (collector.is_like_ascii and text.isascii())):
            note_leniency(collector, "encoding-not-utf8", "a text sitemap has to be in UTF-8", at)
        urls = _extract_urls(text)
        # Without a base URL, the first URL names the host of lines without a scheme.
        self._base = self._base or _guess_base(urls[0] if urls else text)
        if not urls and (meant := _repair_line(text, self._base or ANY_HOST)):
            urls = [text]
            note_leniency(collector, "loc-relative", "the scheme is missing or misspelled", at)
            if not collector.base_url:
                message = (
                    f"the scheme is missing or misspelled, read as {_quote_line(meant)}: {_quote_line(text)}"
                )
                collector.report("loc-relative", message, at)
                urls = [text := meant]
        if not urls:
            has_blank = len(text.split(maxsplit=1)) > 1 and _URL.fullmatch(text.split(maxsplit=1)[0])
            fault = "contains a blank" if has_blank else "is not an absolute http or https URL"
            collector.report("text-line", f"the line {fault}: {_quote_line(text)}", at)
        elif urls != [text]:
            message = f"the line contains more than a URL: {_quote_line(text)}"
            collector.report("text-line", message, at, loses_content=False)
            note_leniency(collector, "text-line", message, at)
        for url in urls:
            loc = loc_urls.accept_url(url, collector, at)
            if loc is not None:
                collector.add_entry(Entry(loc, line=self._line))


def _guess_base(line: str) -> str:
    """Return the base URL that a line gives to the other lines of a list; "" if it is no URL."""
    if _URL.fullmatch(line):
        return line
    found = _WITHOUT_SCHEME.fullmatch(line)
    return f"{ANY_HOST}{found[1]}/" if found and found[2] else ""


def _repair_line(text: str, base: str) -> str | None:
    """Return the URL of a line that certainly is one without a scheme, or with a misspelled one."""
    if _BLANK.search(text):
        return None
    if text.startswith("//"):
        return f"{base.partition('://')[0]}:{text}" if _WITHOUT_SCHEME.fullmatch(text[2:]) else None
    return repair_scheme(text, base)


def _quote_line(text: str) -> str:
    """Return a line for a message, without passwords: the list may be one that the user wrote."""
    return quote_text(redact_words(text[:_MAX_QUOTED]))


def _extract_urls(text: str) -> list[str]:
    """Return the URLs of a line that, except for marks around them, certainly contains nothing else."""
    if _USUAL.fullmatch(text):
        return [text]
    if "<" in text:
        text = _HTML_TAG.sub(" ", text)
    text = text.strip(_AROUND)
    if _URL.fullmatch(text):
        return [] if _TABLE_ROW.match(text) else _split_joined(_SEPARATOR.sub("", text))
    wrapped = _WRAPPED.fullmatch(text)
    found = [wrapped[wrapped.lastindex or 0]] if wrapped else text.split()
    only_urls = all(_URL.fullmatch(each) and not _TABLE_ROW.match(each) for each in found)
    return found if only_urls else []


def _split_joined(text: str) -> list[str]:
    """Return the URLs of one site that follow each other without anything between them."""
    urls = _JOINT.split(text)
    origins = {found[0] for each in urls if (found := _ORIGIN.match(each))}
    return urls if len(origins) == 1 else [text]


def _matches(head: str) -> bool:
    """Return whether at least half of the first lines are URLs; of the first few, or of a hundred."""
    sample = list(islice(_iterate_lines(head), _SAMPLE_LINES))
    return _are_mostly_urls(sample[:_FIRST_LINES]) or _are_mostly_urls(sample) or _lack_schemes(sample)


def _iterate_lines(head: str) -> Iterator[str]:
    """Yield lines that are neither blank nor comments; one at a time, because a line may be very long."""
    for found in re.finditer(r"[^\r\n]+", head):
        line = found[0].strip("\ufeff \t\f\v")
        if line and not line.startswith("#"):
            yield line


def _are_mostly_urls(lines: list[str]) -> bool:
    base = next(filter(None, map(_get_url, lines)), "")
    here = base or ANY_HOST
    found = [line for line in lines if _extract_urls(line) or _is_repairable(line, here)]
    # Beside URLs, lines that begin with one are meant as such.
    others = [line for line in lines if base and _URL_AND_MORE.match(line) and line not in found]
    return 2 * (len(found) + len(others)) >= max(len(lines), 1)


def _get_url(line: str) -> str:
    return next(iter(_extract_urls(line)), "")


def _is_repairable(line: str, base: str) -> bool:
    """Return whether a line has a host and a path, and lacks only a scheme that is spelled right."""
    meant = _repair_line(line, base)
    return meant is not None and _WITH_PATH.match(meant) is not None


def _lack_schemes(lines: list[str]) -> bool:
    """Return whether the lines are URLs of one host without a scheme, and at least one of them has a path."""
    found = [_WITHOUT_SCHEME.fullmatch(line) for line in lines]
    hosts = {canonical_domain(each[1]).removeprefix("www.") if each else None for each in found}
    return len(hosts) == 1 and None not in hosts and any(each[2] for each in found if each)


FORMAT = TextFormat(Kind.TEXT, _matches, _UrlList)
