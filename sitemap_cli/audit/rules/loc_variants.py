"""Addresses that differ in spelling only."""

import re
from collections.abc import Iterator
from itertools import count

from sitemap_cli.audit.batch import SEP, Batch, shown
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model import Severity

INDEX = re.compile(rf"/index\.(?:html?|php|aspx?|jsp)(?=[{SEP}?])")
PORT = re.compile(rf"(?<={SEP})(?:(https://[^/{SEP}]*?):443|(http://[^/{SEP}]*?):80)(?=[/{SEP}])")


@rule("SM312", "variant-duplicates", Severity.WARNING, Scope.URL)
def variant_duplicates(batch: Batch) -> Hits:
    """A sitemap lists one address in two spellings.

    Criterion: two different ``loc`` of a file (looked for among some 30,000 entries at a time) are the same
        but for a slash at the end, upper and lower case, the default port, ``index.html`` (``.htm``,
        ``.php``, ``.asp``, ``.jsp``) or the order of parameters. Each beyond the first counts.
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
        or "&" in text
        or "/index." in text
        or not batch.all_own  # a default port, perhaps
        or text != text.lower()
    )


def _folded(batch: Batch) -> list[str]:
    """Every address in the one spelling that all its spellings have in common."""
    text = batch.locs.text.lower()
    if ":443" in text or ":80" in text:
        text = PORT.sub(lambda found: found[1] or found[2], text)
    if "/index." in text:
        text = INDEX.sub("/", text)
    values = text.replace(f"/{SEP}", SEP)[1:-1].split(SEP)
    return list(_with_sorted_parameters(values)) if "&" in text else values


def _with_sorted_parameters(values: list[str]) -> Iterator[str]:
    for value in values:
        path, mark, query = value.partition("?")
        yield f"{path}{mark}{'&'.join(sorted(query.split('&')))}" if "&" in query else value
