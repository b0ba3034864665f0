"""The text and the lines of a robots.txt, and every problem that one can have.

What is forgiven is what Google's and Protego's readers forgive.
https://www.rfc-editor.org/rfc/rfc9309 and https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from sitemap_cli.model.values import Problem, Severity

# https://www.rfc-editor.org/rfc/rfc9309#section-2.5
MAX_ROBOTS = 500 * 1024
MAX_SAME = 100
"""So many problems of a kind are told: a file of half a megabyte could have a hundred thousand."""

SEVERITIES: Mapping[str, Severity] = {
    # the file as a whole
    "robots-binary": Severity.ERROR,
    "robots-bom": Severity.INFO,
    "robots-html": Severity.ERROR,
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
    "robots-crawl-delay": Severity.WARNING,
    "robots-group": Severity.WARNING,
    "robots-path": Severity.WARNING,
    "robots-rule-without-agent": Severity.WARNING,
    "robots-too-many-rules": Severity.WARNING,
    # sitemaps
    "robots-sitemap-duplicate": Severity.WARNING,
    "robots-sitemap-empty": Severity.WARNING,
    "robots-sitemap-form": Severity.WARNING,
    "robots-sitemap-invalid": Severity.ERROR,
    "robots-sitemap-relative": Severity.WARNING,
    "robots-sitemap-scheme": Severity.ERROR,
    "robots-too-many-sitemaps": Severity.WARNING,
}

AGENT, ALLOW, DISALLOW, SITEMAP, DELAY = "User-agent", "Allow", "Disallow", "Sitemap", "Crawl-delay"
# How crawlers recognise a name: it begins so. The first spelling of each is the right one.
SPELLINGS = {
    AGENT: ("user-agent", "useragent", "user agent"),
    ALLOW: ("allow",),
    DISALLOW: ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"),
    SITEMAP: ("sitemap", "site-map"),
    DELAY: ("crawl-delay", "crawl delay"),
}
BEGINNINGS = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
BEGINS = re.compile(rf"({'|'.join(BEGINNINGS)})[a-z0-9_-]*", re.IGNORECASE)
WITHOUT_COLON = re.compile(rf"({'|'.join((*BEGINNINGS, 'sitemaps'))})[ \t]+([^\s:]\S*)", re.IGNORECASE)
# Fields of which some crawler or other knows what they mean.
OTHER_FIELDS = {
    *("cache-delay", "clean-param", "comment", "content-signal", "content-usage", "host", "license"),
    *("noarchive", "nofollow", "noindex", "request-rate", "robot-version", "visit-time"),
}
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,40}")

BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LINE_END = re.compile(r"\r\n|\r|\n")
MARKUP = re.compile(r"\s*<[!?/A-Za-z]")
NOT_UTF8 = re.compile("[\udc80-\udcff]+")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
# Compressed data has one control character in ten; a text may have a stray one.
MOST_CONTROL = 0.05
# What else ends a line for str.splitlines, and so for Protego.
OTHER_ENDS = re.compile("[\x85\u2028\u2029]")
BLANKS = " \t\v\f"
# They look like blanks or like nothing at all, and come in with pasted text.
INVISIBLE = "".join(map(chr, (0xA0, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)))


class Line(NamedTuple):
    """A line that says something: its number, the right name of its field, and the value."""

    number: int
    name: str
    value: str


class ProblemLog:
    """Problems in the order in which they were met, of each kind only so many."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(self, code: str, message: str, line: int | None = None, severity: Severity | None = None) -> None:
        """Take down a problem; ``severity`` is the one of the table unless given."""
        self._counts[code] += 1
        if self._counts[code] > MAX_SAME:
            return
        more = " (the last of its kind that is told)" if self._counts[code] == MAX_SAME else ""
        self.problems.append(Problem(code, severity or SEVERITIES[code], message + more, line=line))

    def add_once(self, code: str, message: str, line: int | None = None) -> None:
        """Take down a problem unless there is one of its kind."""
        if not self._counts[code]:
            self.add(code, message, line)


def quote_text(text: str) -> str:
    """A text as it may stand in a message: quoted, escaped, cut."""
    return ascii(text if len(text) <= 100 else f"{text[:100]}...")


def decode_robots(data: bytes, notes: ProblemLog) -> str | None:
    """The text of a file, without the line that 500 KiB end in; None when it is binary.

    What is not UTF-8 is percent-encoded.
    """
    text = _decode_text(data[:MAX_ROBOTS], notes)
    if len(CONTROL.findall(text)) > MOST_CONTROL * len(text):
        return None
    if len(data) > MAX_ROBOTS:
        notes.add("robots-too-large", f"more than {MAX_ROBOTS:,} bytes; the rest is ignored")
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    if NOT_UTF8.search(text):
        notes.add("robots-not-utf8", "some bytes are not UTF-8")
        text = NOT_UTF8.sub(_percent_encode, text)
    return OTHER_ENDS.sub(_percent_encode, text)


def is_markup(text: str) -> bool:
    """Whether a text begins as HTML or XML do."""
    return MARKUP.match(text) is not None


def parse_lines(text: str, notes: ProblemLog) -> Iterator[Line]:
    """What the lines say that we understand; the others, and what was forgiven, are taken down."""
    return _LineParser(notes, strict=is_markup(text)).parse_text(text)


def _decode_text(data: bytes, notes: ProblemLog) -> str:
    if data.startswith(UTF16):
        notes.add("robots-utf16", "encoded in UTF-16: crawlers expect UTF-8 and may understand nothing of it")
        return data.decode("utf-16", "replace")
    if data.startswith(BOM):
        notes.add("robots-bom", "begins with a byte order mark")
    return data.removeprefix(BOM).decode("utf-8", "surrogateescape")


def _percent_encode(match: re.Match[str]) -> str:
    return quote(match[0].encode("utf-8", "surrogateescape"))


class _LineParser:
    """The reader of lines; ``strict`` forgives nothing: in a page everything looks like a field."""

    def __init__(self, notes: ProblemLog, *, strict: bool) -> None:
        self._log = notes
        self._strict = strict
        self._spellings: set[str] = set()

    def parse_text(self, text: str) -> Iterator[Line]:
        for number, raw in enumerate(LINE_END.split(text), start=1):
            content = self._strip_blanks(number, raw.partition("#")[0])
            if not content:
                continue
            if CONTROL.search(content):
                message = f"a line with control characters is ignored: {quote_text(content)}"
                self._log.add("robots-control-character", message, number)
            elif line := self._parse_line(number, content):
                yield line

    def _strip_blanks(self, number: int, text: str) -> str:
        """The text without blanks around it; for crawlers, only those of ASCII are blanks."""
        text = text.strip(BLANKS)
        bare = text if text.isascii() else text.strip(BLANKS + INVISIBLE)
        if bare != text:
            self._log.add_once(
                "robots-whitespace", "blanks that are none for crawlers, such as U+00A0", number
            )
        return bare

    def _parse_line(self, number: int, content: str) -> Line | None:
        written, colon, value = content.partition(":")
        written = self._strip_blanks(number, written)
        name = self._find_field(written) if colon else None
        if name is not None:
            if written.lower() != SPELLINGS[name][0]:
                self._report_typo(number, written, name)
            return Line(number, name, self._strip_blanks(number, value))
        if self._strict:
            return None
        if found := WITHOUT_COLON.fullmatch(content):
            name = BEGINNINGS[found[1].lower().removesuffix("s")]
            self._report_typo(number, f"{found[1]} without a colon", name)
            return Line(number, name, found[2])
        self._report_unknown(number, written, colon)
        return None

    def _find_field(self, written: str) -> str | None:
        if self._strict:
            return next((name for name in SPELLINGS if name.lower() == written.lower()), None)
        found = BEGINS.fullmatch(written)
        return BEGINNINGS[found[1].lower()] if found else None

    def _report_typo(self, number: int, written: str, name: str) -> None:
        if written.lower() not in self._spellings:
            self._spellings.add(written.lower())
            self._log.add("robots-typo", f"{quote_text(written)}, taken for {name}", number)

    def _report_unknown(self, number: int, written: str, colon: str) -> None:
        """A field that nobody knows, or something that is no field at all."""
        if not colon or not FIELD_NAME.fullmatch(written):
            self._log.add_once("robots-line", f"not understood: {quote_text(written)}", number)
        elif written.lower() not in OTHER_FIELDS and written.lower() not in self._spellings:
            self._spellings.add(written.lower())
            self._log.add(
                "robots-unknown-field", f"a field that crawlers do not know: {quote_text(written)}", number
            )
