"""URLs that a sitemap lists in two spellings."""

import re
from itertools import count

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_canonical, identify_url

MOST_NAMES = 10
SEVERAL = re.compile(rf"{SEPARATOR}[^?&{SEPARATOR}]*+\?([^&{SEPARATOR}]*+&[^{SEPARATOR}]*+)")
INDEX = re.compile(rf"/index\.(?:html?|php|aspx?|jsp)(?=[{SEPARATOR}?])")


def _drop_slash(loc: str) -> str:
    path, mark, query = loc.partition("?")
    return f"{path.removesuffix('/')}{mark}{query}"


def _drop_index(loc: str) -> str:
    return _drop_slash(INDEX.sub("/", f"{loc}{SEPARATOR}").rstrip(SEPARATOR))


def _sort_parameters(loc: str) -> str:
    path, mark, query = loc.partition("?")
    return f"{path}{mark}{'&'.join(sorted(query.split('&')))}"


DIFFERENCES = {
    "trailing slash": _drop_slash,
    "upper and lower case": str.lower,
    "index file": _drop_index,
    "order of parameters": _sort_parameters,
    "encoding, Punycode or default port": identify_url,
}
"""Kinds of differences, with what removes each."""


@rule("SM312", Severity.WARNING, Scope.URL)
def variant_duplicates(batch: Batch) -> Hits:
    """A sitemap lists one URL in two spellings.

    Checks: Two different ``loc`` values of a file are the same apart from a trailing slash of the path, upper
        and lower case, the default port, percent-encoding, Punycode, ``index.html`` (``.htm``, ``.php``,
        ``.asp``, ``.jsp``) or the order of parameters. Each one after the first counts. Entries are compared
        in batches of about 30,000.
    Why: Both URLs usually lead to the same page, and search engines must find out which one is canonical.
    Fix: Choose one spelling, redirect the others to it, and list only that one.
    Message: another spelling of https://example.com/shop
    Bad::

        <url>
          <loc>https://example.com/shop</loc>
        </url>
        <url>
          <loc>https://example.com/shop/</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/shop/</loc>
        </url>

    Systems:
        Next.js: ``trailingSlash`` in ``next.config.js`` decides how pages end; write URLs in
            ``app/sitemap.ts`` in the same way.
        Astro: ``trailingSlash`` and ``build.format`` decide how pages end.
    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM306 SM311 SM703 SM705
    """
    if not _can_have_variants(batch):
        return
    folded = _normalize_urls(batch)
    if len(set(folded)) == len(folded):
        return
    first = dict[str, str]()
    reported = set[str]()
    for index, key, loc in zip(count(), folded, batch.locs.values, strict=False):
        previous = first.setdefault(key, loc)
        if previous != loc and loc not in reported:
            reported.add(loc)
            message = f"another spelling of {format_value(previous)}"
            difference = _name_difference(loc, previous)
            yield Hit(message, loc=loc, index=index, value=previous, cause=difference)


def _name_difference(loc: str, other: str) -> str:
    """Return in what two spellings of a URL differ."""
    for name, normalize in DIFFERENCES.items():
        if normalize(loc) == normalize(other):
            return name
    return "several differences"


def _can_have_variants(batch: Batch) -> bool:
    """Return whether any URL can occur in two spellings; most sites write all URLs in one way."""
    text = batch.locs.text
    return (
        _has_both_endings(batch)
        or ("?" in text and "/?" in text)
        or not batch.has_only_own_origin  # a URL can have the default port
        or (batch.dots_in_paths and any(each in text for each in ("/index.", "/./", "/../")))
        or not text.isascii()
        or "%" in text
        or "\\" in text
        or text != text.lower()
        or ("&" in text and not _has_one_parameter_order(text))
    )


def _has_both_endings(batch: Batch) -> bool:
    """Return whether some URLs end with a slash, and others do not."""
    text, slash = batch.locs.text, f"/{SEPARATOR}"
    # A longer text is found in half the time; the last URL has no other one behind it.
    slashes = (
        text.count(f"{slash}{batch.sitemap.origin}") + text.endswith(slash)
        if batch.has_only_own_origin
        else text.count(slash)
    )
    return 0 < slashes < batch.size


def _normalize_urls(batch: Batch) -> list[str]:
    """Return every URL in one spelling that all its variants share."""
    text = batch.locs.text
    if not are_canonical(batch.locs.values):
        text = f"{SEPARATOR}{SEPARATOR.join(map(identify_url, batch.locs.values))}{SEPARATOR}"
    text = text.lower()
    if "/index." in text:
        text = INDEX.sub("/", text)
    values = text.replace(f"/{SEPARATOR}", SEPARATOR).replace("/?", "?")[1:-1].split(SEPARATOR)
    if "&" not in text or _has_one_parameter_order(text):
        return values
    parts = (value.partition("?") for value in values)
    return [f"{path}{mark}{'&'.join(sorted(query.split('&')))}" for path, mark, query in parts]


def _has_one_parameter_order(text: str) -> bool:
    """Return whether all queries with several parameters have the parameters and order of the first one."""
    first = SEVERAL.search(text)
    names = [each.partition("=")[0] for each in first[1].split("&")] if first else []
    if not 1 < len(names) == len(set(names)) <= MOST_NAMES:
        return False
    # The empty group makes findall cheap: it copies no text.
    query = "&".join(f"{re.escape(name)}=[^&?{SEPARATOR}]*+" for name in names)
    found = len(re.compile(rf"\?{query}()(?={SEPARATOR})").findall(text))
    return found * (len(names) - 1) == text.count("&")
