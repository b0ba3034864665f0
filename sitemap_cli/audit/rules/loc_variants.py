"""Addresses that differ in spelling only."""

import re
from itertools import count

from sitemap_cli.audit.entry_batch import SEP, Batch, shown
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MOST_NAMES = 10
SEVERAL = re.compile(rf"{SEP}[^?&{SEP}]*+\?([^&{SEP}]*+&[^{SEP}]*+)")
INDEX = re.compile(rf"/index\.(?:html?|php|aspx?|jsp)(?=[{SEP}?])")
PORT = re.compile(rf"(?<={SEP})(?:(https://[^/{SEP}]*?):443|(http://[^/{SEP}]*?):80)(?=[/{SEP}])")


@rule("SM312", "variant-duplicates", Severity.WARNING, Scope.URL)
def variant_duplicates(batch: Batch) -> Hits:
    """A sitemap lists one address in two spellings.

    Criterion: two different ``loc`` of a file (looked for among some 30,000 entries at a time) are the same
        but for a slash at the end of the path, upper and lower case, the default port, ``index.html``
        (``.htm``, ``.php``, ``.asp``, ``.jsp``) or the order of parameters. Each beyond the first counts.
    Why: Most often it is one page, and search engines have to find out which address is meant.
    Mend: Choose one spelling, redirect the others to it, and list that one.
    Bad: ``https://example.com/shop`` and ``https://example.com/shop/``
    Good: ``https://example.com/shop/``
    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    """
    if not _may_vary(batch):
        return
    folded = _folded(batch)
    if len(set(folded)) == len(folded):
        return
    first = dict[str, str]()
    said = set[str]()
    for index, key, loc in zip(count(), folded, batch.locs.values, strict=False):
        before = first.setdefault(key, loc)
        if before != loc and loc not in said:
            said.add(loc)
            yield Hit(f"{shown(loc)} is {shown(before)} in another spelling", loc=loc, index=index)


def _may_vary(batch: Batch) -> bool:
    """Whether there can be two spellings of anything; most sites write all addresses in one way."""
    text = batch.locs.text
    slashes = text.count(f"/{SEP}")
    return (
        0 < slashes < batch.size
        or ("?" in text and "/?" in text)
        or "/index." in text
        or not batch.all_own  # a default port, perhaps
        or text != text.lower()
        or ("&" in text and not _is_of_one_order(text))
    )


def _folded(batch: Batch) -> list[str]:
    """Every address in the one spelling that all its spellings have in common."""
    text = batch.locs.text.lower()
    if ":443" in text or ":80" in text:
        text = PORT.sub(lambda found: found[1] or found[2], text)
    if "/index." in text:
        text = INDEX.sub("/", text)
    values = text.replace(f"/{SEP}", SEP).replace("/?", "?")[1:-1].split(SEP)
    if "&" not in text or _is_of_one_order(text):
        return values
    parts = (value.partition("?") for value in values)
    return [f"{path}{mark}{'&'.join(sorted(query.split('&')))}" for path, mark, query in parts]


def _is_of_one_order(text: str) -> bool:
    """Whether every query with several parameters has those of the first, in its order."""
    first = SEVERAL.search(text)
    names = [each.partition("=")[0] for each in first[1].split("&")] if first else []
    if not 1 < len(names) == len(set(names)) <= MOST_NAMES:
        return False
    # The empty group makes findall cheap: it need not copy what it found.
    query = "&".join(f"{re.escape(name)}=[^&?{SEP}]*+" for name in names)
    found = len(re.compile(rf"\?{query}()(?={SEP})").findall(text))
    return found * (len(names) - 1) == text.count("&")
