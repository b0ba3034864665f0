"""URLs whose paths have empty or dot segments, or encoded control characters."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

_PATH = rf"[^?#{SEPARATOR}]*?"
_ROOT = rf"{SEPARATOR}[A-Za-z]+://[^/?#{SEPARATOR}]*"
_DOT = "(?:[.]|%2[Ee])"
# The slashes after a colon belong to a URL in the path.
SLASHES = re.compile(rf"{_ROOT}(?:/{_PATH})?(?<!:)//")
DOTS = re.compile(rf"{_ROOT}{_PATH}/{_DOT}{_DOT}?(?=[/?#{SEPARATOR}])")
CONTROL = re.compile(rf"{_ROOT}[^{SEPARATOR}]*?%(?:[01][0-9A-Fa-f]|7[Ff])")
BLANK_AT_END = re.compile(rf"{_ROOT}{_PATH}%20(?=/?[?#{SEPARATOR}])")


@rule("SM317", Severity.WARNING, Scope.URL)
def loc_odd_path(batch: Batch) -> Hits:
    """The path of a URL has an empty segment, a dot segment, or an encoded control character or blank.

    Checks: The path contains two slashes in a row (``//``) or a segment ``.`` or ``..``, or ends with an
        encoded blank (``%20``), or the URL contains an encoded control character, such as ``%00`` or ``%0A``.
    Why: The parts of the URL were joined wrongly. Most servers send the same page for the right URL, so
        search engines see a duplicate, or they respond with 404.
    Fix: List the URL without them, and redirect the other one to it. Remove slashes at the end of the base
        URL, and blanks around slugs.
    Message: two slashes in a row
    Bad: ``<loc>https://example.com//about</loc>``
    Good: ``<loc>https://example.com/about</loc>``
    Source: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.3
        https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM304 SM312
    """
    for pattern, what in _list_faults(batch):
        for index in batch.locs.search(pattern):
            loc = batch.locs.values[index]
            yield Hit(what, loc, index=index, value=loc, cause=what)


def _list_faults(batch: Batch) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the patterns that can be found in a batch, each with what it means."""
    text = batch.locs.text
    # Every URL has two slashes already.
    if text.count("//") > batch.size:
        yield SLASHES, "two slashes in a row"
    if "%" in text or batch.dots_in_paths:
        yield DOTS, "a dot segment, which crawlers remove"
    if "%" in text:
        yield CONTROL, "an encoded control character"
        yield BLANK_AT_END, "an encoded blank at the end"
