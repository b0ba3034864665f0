"""URLs whose paths have empty or dot segments, or encoded control characters."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# Each pattern begins with fixed characters, which are quick to find; they match too much.
SLASHES = re.compile("//(?<!://)")
DOTS = re.compile(f"/(?:[.]|%2[Ee]){{1,2}}(?=[/?#{SEPARATOR}])")
CONTROL = re.compile("%(?:[01][0-9A-Fa-f]|7[Ff])")
BLANK_AT_END = re.compile(f"%20(?=/?[?#{SEPARATOR}])")
DOTS_ENCODED = ("/%2E", "/%2e")
CONTROLS = ("%0", "%1", "%7")
# Scheme and host.
ROOT = re.compile("[A-Za-z]+://[^/?#]*")
END = re.compile("[?#]")

CASES = {
    SLASHES: "two slashes",
    CONTROL: "blank or control character",
    BLANK_AT_END: "blank or control character",
}


@rule("SM317", Severity.WARNING, Scope.URL)
def loc_odd_path(batch: Batch) -> Hits:
    """The path of a URL has an empty segment, a dot segment, or an encoded control character or blank.

    Checks: The path contains two slashes in a row (``//``) or a segment ``.`` or ``..``, or ends with an
        encoded blank (``%20``), or the URL contains an encoded control character, such as ``%00`` or ``%0A``.
    Why: The parts of the URL were joined wrongly. Most servers send the same page for the right URL, so
        search engines see a duplicate, or they respond with 404.
    Fix: List the URL without the faulty part, and redirect the other one to it.

        - two slashes: Remove the slash at the end of the base URL, or at the beginning of the paths.
        - blank or control character: Trim slugs: remove blanks and line ends around them before they are
          encoded.

    Message: two slashes in a row
    Bad::

        <url>
          <loc>https://example.com//about</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/about</loc>
        </url>

    Source: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.3
        https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM304 SM312
    """
    for pattern, what in _list_faults(batch):
        is_in_path = pattern is not CONTROL
        for index in batch.locs.search(pattern):
            loc = batch.locs.values[index]
            if pattern.search(_select_part(loc, is_path=is_in_path)):
                yield Hit(what, loc, index=index, value=loc, cause=what, fix=CASES.get(pattern))


def _list_faults(batch: Batch) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the patterns that can be found in a batch, each with what it means."""
    text = batch.locs.text
    yield SLASHES, "two slashes in a row"
    dots = ("/.",) * bool(batch.dots_in_paths) + DOTS_ENCODED * ("%" in text)
    if any(each in text for each in dots):
        yield DOTS, "a dot segment, which crawlers remove"
    if "%" in text:
        if any(each in text for each in CONTROLS):
            yield CONTROL, "an encoded control character"
        yield BLANK_AT_END, "an encoded blank at the end"


def _select_part(loc: str, *, is_path: bool) -> str:
    """Return what follows the host of a URL, or only its path; a separator follows it, as in a column."""
    root = ROOT.match(loc)
    rest = loc[root.end() :] if root else ""
    return f"{END.split(rest, maxsplit=1)[0] if is_path else rest}{SEPARATOR}"
