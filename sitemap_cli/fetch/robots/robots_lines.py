"""The text and the lines of a robots.txt, and the codes of all its problems.

The parser accepts the same mistakes as those of Google and Protego.
https://www.rfc-editor.org/rfc/rfc9309 and https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from sitemap_cli.model.values import Problem, Severity
from sitemap_cli.web_encodings import WIDE_BOMS

# https://www.rfc-editor.org/rfc/rfc9309#section-2.5
MAX_ROBOTS = 500 * 1024
MAX_SAME = 100
"""Most problems reported per code: a file of half a megabyte could have a hundred thousand."""

SEVERITIES: Mapping[str, Severity] = {
    # the file as a whole
    "robots-binary": Severity.ERROR,
    "robots-bom": Severity.INFO,
    "robots-html": Severity.ERROR,
    "robots-missing": Severity.ERROR,
    "robots-not-at-root": Severity.WARNING,
    "robots-not-utf8": Severity.WARNING,
    "robots-too-large": Severity.WARNING,
    "robots-utf16": Severity.ERROR,
    # lines
    "robots-control-character": Severity.WARNING,
    "robots-line": Severity.WARNING,
    "robots-typo": Severity.WARNING,
    "robots-unknown-field": Severity.INFO,
    "robots-whitespace": Severity.WARNING,
    # groups and rules
    "robots-agent": Severity.WARNING,
    "robots-content-signal": Severity.WARNING,
    "robots-content-usage": Severity.WARNING,
    "robots-crawl-delay": Severity.WARNING,
    "robots-group": Severity.WARNING,
    "robots-path": Severity.WARNING,
    "robots-rule-without-agent": Severity.WARNING,
    "robots-too-many-rules": Severity.WARNING,
    # sitemaps
    "robots-sitemap-duplicate": Severity.WARNING,
    "robots-sitemap-empty": Severity.WARNING,
    "robots-sitemap-form": Severity.WARNING,
    "robots-sitemap-hidden": Severity.WARNING,
    "robots-sitemap-invalid": Severity.ERROR,
    "robots-sitemap-relative": Severity.WARNING,
    "robots-sitemap-scheme": Severity.ERROR,
    "robots-too-many-sitemaps": Severity.WARNING,
}

AGENT, ALLOW, DISALLOW, SITEMAP, DELAY = "User-agent", "Allow", "Disallow", "Sitemap", "Crawl-delay"
SIGNAL, USAGE = "Content-Signal", "Content-Usage"
# Crawlers accept a field name that begins with one of these. The first spelling of each is the correct one.
SPELLINGS = {
    AGENT: ("user-agent", "useragent", "user agent"),
    ALLOW: ("allow",),
    DISALLOW: ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"),
    SITEMAP: ("sitemap", "site-map"),
    DELAY: ("crawl-delay", "crawl delay"),
    SIGNAL: ("content-signal", "content-signals"),
    USAGE: ("content-usage",),
}
BEGINNINGS = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
BEGINS = re.compile(rf"({'|'.join(BEGINNINGS)})[a-z0-9_-]*", re.IGNORECASE)
WITHOUT_COLON = re.compile(rf"({'|'.join((*BEGINNINGS, 'sitemaps'))})[ \t]+([^\s:]\S*)", re.IGNORECASE)
# Fields that at least one crawler supports.
OTHER_FIELDS = {
    *("cache-delay", "clean-param", "comment", "host", "license"),
    *("noarchive", "nofollow", "noindex", "request-rate", "robot-version", "visit-time"),
}
# A sitemap in a line that does not begin as it should: behind a rule, a line end that was written as text, a
# tag, or in a field with another or a misspelled name.
HIDDEN_SITEMAP = re.compile(
    r"site[- ]?maps?(?:[ _-]?(?:url|index|file|xml))?(?:[\s:='\">\uff1a]|%3a){1,9}(https?://[^\s<>'\"\\]+)"
    r"|(?:^|[\s:'\"<>(\[])(https?://[^\s/:<>'\"\\()]{1,255}(?::[0-9]+)?/[^\s:<>'\"\\()]*"
    r"(?:\.xml|\.xml\.gz|(?<=/)sitemap[^\s:<>'\"\\()/]*))(?=[\s,;'\"<>)\]]|$)",
    re.IGNORECASE,
)
# An ampersand by its number, whose mark would begin a comment.
AMPERSAND = re.compile(r"&#(?:0{0,8}38|[xX]0{0,8}26);")
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,40}")

BOM = codecs.BOM_UTF8
# The smallest share of characters that have a NUL as one of their two bytes in a robots.txt in UTF-16.
LEAST_NULS = 0.25
# NULs around a line: the rest of a buffer, or the end of a string.
EDGE_NULS = re.compile(r"(?<![^\r\n])\x00+|(?<!\x00)\x00+(?=[\r\n]|\Z)")
LINE_END = re.compile(r"\r\n|\r|\n")
MARKUP = re.compile(r"\s*<[!?/A-Za-z]")
NOT_UTF8 = re.compile("[\udc80-\udcff]+")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
# The largest share in a text. Compressed data has 10 % control characters; a text may have a stray one.
MOST_CONTROL = 0.05
# Further characters that end a line for str.splitlines, and so for Protego.
OTHER_ENDS = re.compile("[\x85\u2028\u2029]")
BLANKS = " \t\v\f"
# Characters that look like spaces or are invisible; they come from pasted text.
INVISIBLE = "".join(map(chr, (0xA0, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)))


class Line(NamedTuple):
    """A line with a known field: its number, the correct name of the field, and the value."""

    number: int
    name: str
    value: str


class ProblemLog:
    """Problems in the order in which they were found, with at most 100 per code."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(self, code: str, message: str, line: int | None = None, severity: Severity | None = None) -> None:
        """Add a problem; the default severity comes from the table."""
        self._counts[code] += 1
        if self._counts[code] > MAX_SAME:
            return
        more = " (further problems of this kind are not reported)" if self._counts[code] == MAX_SAME else ""
        self.problems.append(Problem(code, severity or SEVERITIES[code], message + more, line=line))

    def add_once(self, code: str, message: str, line: int | None = None) -> None:
        """Add a problem unless there is one with the same code."""
        if not self._counts[code]:
            self.add(code, message, line)


def quote_text(text: str) -> str:
    """Return the text for a message: quoted, escaped, truncated."""
    return ascii(text if len(text) <= 100 else f"{text[:100]}...")


def decode_robots(data: bytes, log: ProblemLog) -> str | None:
    """Return the text of a file, without the line in which 500 KiB end; None if it is binary.

    Bytes that are not UTF-8 are percent-encoded.
    """
    text = _decode_text(data[:MAX_ROBOTS], log)
    if len(CONTROL.findall(text)) > MOST_CONTROL * len(text):
        return None
    if len(data) > MAX_ROBOTS:
        log.add("robots-too-large", f"more than {MAX_ROBOTS:,} bytes; the rest is ignored")
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    if NOT_UTF8.search(text):
        log.add("robots-not-utf8", "some bytes are not UTF-8")
        text = NOT_UTF8.sub(_percent_encode, text)
    return OTHER_ENDS.sub(_percent_encode, text)


def find_wide_codec(data: bytes) -> str | None:
    """Return the codec of a file in UTF-16 or UTF-32, with or without a byte order mark; None otherwise."""
    if marked := next((codec for mark, codec in WIDE_BOMS.items() if data.startswith(mark)), None):
        return marked
    even, odd = (data[first:MAX_ROBOTS:2].count(0) for first in (0, 1))
    if bool(even) == bool(odd) or max(even, odd) < LEAST_NULS * (len(data[:MAX_ROBOTS]) // 2):
        return None
    return "utf-16-be" if even else "utf-16-le"


def is_markup(text: str) -> bool:
    """Return whether a text begins like HTML or XML."""
    return MARKUP.match(text) is not None


def parse_lines(text: str, log: ProblemLog) -> Iterator[Line]:
    """Yield the lines with known fields; report the other ones, and all corrections."""
    return _LineParser(log, strict=is_markup(text)).parse_text(text)


def _decode_text(data: bytes, log: ProblemLog) -> str:
    if codec := find_wide_codec(data):
        name = codec[:6].upper()
        log.add("robots-utf16", f"encoded in {name}: crawlers expect UTF-8 and may ignore the file")
        return data.decode(codec, "replace")
    if data.startswith(BOM):
        log.add("robots-bom", "begins with a byte order mark")
    text = data.removeprefix(BOM).decode("utf-8", "surrogateescape")
    return _strip_nuls(text, log) if "\0" in text else text


def _strip_nuls(text: str, log: ProblemLog) -> str:
    """Remove the NULs around lines, unless this is binary data: that has other control characters, too."""
    bare = EDGE_NULS.sub("", text)
    found = EDGE_NULS.search(text)
    if not bare or found is None or CONTROL.search(text.replace("\0", "")):
        return text
    line = len(LINE_END.findall(text, 0, found.start())) + 1
    log.add("robots-control-character", "NUL characters around lines, ignored", line)
    return bare


def _percent_encode(match: re.Match[str]) -> str:
    return quote(match[0].encode("utf-8", "surrogateescape"))


class _LineParser:
    """The parser of lines. ``strict`` allows no corrections: in HTML, anything may look like a field."""

    def __init__(self, log: ProblemLog, *, strict: bool) -> None:
        self._log = log
        self._strict = strict
        self._spellings: set[str] = set()

    def parse_text(self, text: str) -> Iterator[Line]:
        for number, raw in enumerate(LINE_END.split(AMPERSAND.sub("&amp;", text)), start=1):
            content = self._strip_blanks(number, raw.partition("#")[0])
            if not content:
                continue
            if CONTROL.search(content):
                message = f"line with control characters, ignored: {quote_text(content)}"
                self._log.add("robots-control-character", message, number)
            else:
                if line := self._parse_line(number, content):
                    yield line
                if not self._strict and (line is None or line.name != SITEMAP):
                    self._report_hidden_sitemap(number, content)

    def _strip_blanks(self, number: int, text: str) -> str:
        """Remove blanks around the text and report those that crawlers do not recognise as blanks."""
        text = text.strip(BLANKS)
        bare = text if text.isascii() else text.strip(BLANKS + INVISIBLE)
        if bare != text:
            message = "characters such as U+00A0 look like spaces, but not to crawlers"
            self._log.add_once("robots-whitespace", message, number)
        return bare

    def _parse_line(self, number: int, content: str) -> Line | None:
        written, colon, value = content.partition(":")
        written = self._strip_blanks(number, written)
        name = self._find_field(written) if colon else None
        if name is not None:
            if written.lower() != SPELLINGS[name][0]:
                self._report_typo(number, written, f"{quote_text(written)} is misspelled; read as {name}")
            return Line(number, name, self._strip_blanks(number, value))
        if self._strict:
            return None
        if found := WITHOUT_COLON.fullmatch(content):
            name = BEGINNINGS[found[1].lower().removesuffix("s")]
            self._report_typo(number, f"{found[1]} ", f"no colon after {quote_text(found[1])}")
            return Line(number, name, found[2])
        self._report_unknown(number, written, colon)
        return None

    def _find_field(self, written: str) -> str | None:
        if self._strict:
            return next((name for name in SPELLINGS if name.lower() == written.lower()), None)
        found = BEGINS.fullmatch(written)
        return BEGINNINGS[found[1].lower()] if found else None

    def _report_typo(self, number: int, written: str, message: str) -> None:
        if written.lower() not in self._spellings:
            self._spellings.add(written.lower())
            self._log.add("robots-typo", message, number)

    def _report_hidden_sitemap(self, number: int, content: str) -> None:
        found = HIDDEN_SITEMAP.search(content)
        if found and not (found[2] and content.partition(":")[0].strip().lower() in OTHER_FIELDS):
            message = f"crawlers do not read the sitemap in this line: {quote_text(found[1] or found[2])}"
            self._log.add("robots-sitemap-hidden", message, number)

    def _report_unknown(self, number: int, written: str, colon: str) -> None:
        """Report an unknown field, or a line that is no field at all."""
        if not colon or not FIELD_NAME.fullmatch(written):
            self._log.add_once("robots-line", f"not understood: {quote_text(written)}", number)
        elif written.lower() not in OTHER_FIELDS and written.lower() not in self._spellings:
            self._spellings.add(written.lower())
            self._log.add(
                "robots-unknown-field", f"unknown field, ignored by crawlers: {quote_text(written)}", number
            )
