"""URLs that are not valid."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# What stands in no path and no query: https://www.rfc-editor.org/rfc/rfc3986#section-3.3, and
# https://www.rfc-editor.org/rfc/rfc3987#section-2.2
MARKS = '"<>[\\]^`{|}'
NO_CHARACTERS = r"\ufdd0-\ufdef\ufff0-\uffff"
BAD_ESCAPE = r"%(?![0-9A-Fa-f]{2})"
NOT_ALLOWED = re.compile(f"[{re.escape(MARKS)}{NO_CHARACTERS}]|{BAD_ESCAPE}")
# A URL that follows another one without anything between them; one that is part of another follows a mark.
JOINED = re.compile(r"(?<=[0-9A-Za-z])https?://")
ROOT = re.compile(r"[^:/?#]*://[^/?#]*|")
BLANK = re.compile(r"\s")
JOINED_URLS = "two URLs in one"
CASES = {JOINED_URLS: "two URLs"}


def _check_entries(batch: Batch) -> Iterator[Hit]:
    """Yield a hit for each URL with characters that are not allowed; the parser reports blanks."""
    locs = batch.locs
    for index in sorted({each for pattern in _list_patterns(batch) for each in locs.search(pattern)}):
        loc = locs.values[index]
        if message := _find_fault(loc):
            yield Hit(message, loc=loc, index=index, fix=CASES.get(message))


def _list_patterns(batch: Batch) -> Iterator[re.Pattern[str]]:
    """Yield the patterns that can be found in a batch: they are slow to search, and most have nothing."""
    text = batch.locs.text
    marks = re.escape(batch.locs.list_characters(MARKS)) + ("" if text.isascii() else NO_CHARACTERS)
    parts = [f"[{marks}]"] * bool(marks) + [BAD_ESCAPE] * ("%" in text)
    if parts:
        yield re.compile("|".join(parts))
    if batch.colons_in_paths and text.count("://") > batch.size:
        yield JOINED


def _find_fault(loc: str) -> str | None:
    """Return what is wrong after the host, where an IPv6 address may have brackets."""
    root = ROOT.match(loc)
    begins = root.end() if root else 0
    if BLANK.search(loc):
        return None
    if found := NOT_ALLOWED.search(loc, begins):
        return f"`{format_value(found[0])}` must be percent-encoded"
    if JOINED.search(loc, begins):
        return JOINED_URLS
    return None


@rule("SM304", Severity.ERROR, Scope.DOCUMENT, check_entries=_check_entries, covered_by=("SM315",))
def loc_invalid(sitemap: SitemapFact) -> Hits:
    """A URL is not valid.

    Checks: ``loc`` is not valid by RFC 3986 (or RFC 3987, which allows all scripts): it contains spaces,
        control characters, quotation marks, brackets of any kind, a backslash, caret, backtick or vertical
        bar, a percent sign without two hexadecimal digits, an impossible host or port, two URLs in one, or a
        user name or password. SM210 reports characters that were escaped twice, and SM315 placeholders.
    Why: Crawlers skip the entry.
    Fix: Percent-encode characters that are not allowed: a space is ``%20``, a vertical bar ``%7C``.

        - two URLs: Check the base URL: a program put it before a URL that was complete.
        - user name: Remove the user name and the password from the base URL, and change the password: it
          was published.

    Message: white space in a URL: 'https://example.com/a b'
    Bad::

        <url>
          <loc>https://example.com/red|blue lamp</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/red%7Cblue%20lamp</loc>
        </url>

    Systems:
        PHP: ``rawurlencode`` for each segment of the path.
        JavaScript: ``encodeURI`` for a URL, ``encodeURIComponent`` for a part of it.
        Python: ``urllib.parse.quote``.
    Source: https://www.rfc-editor.org/rfc/rfc3986 https://www.sitemaps.org/faq.html
    See also: SM210 SM305 SM315 SM317
    """
    yield from sitemap.report_problems("loc-invalid")
    yield from sitemap.report_problems("loc-credentials", fix="user name")
    for child in sitemap.listed:
        if message := _find_fault(child.loc):
            yield Hit(message, loc=child.loc, line=child.line, fix=CASES.get(message))
