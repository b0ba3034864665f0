"""Sitemaps with URLs on several hosts."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM412", Severity.WARNING, Scope.URL)
def mixed_hosts(batch: Batch) -> Hits:
    """A sitemap lists addresses of several hosts.

    Checks: Two or more different hosts in one file (looked for among some 30,000 entries at a time).
    Why: Reports of search engines are made by site, and the sitemap belongs to one of them.
    Fix: Write a sitemap for each host.
    Bad: ``https://example.com/a`` and ``https://shop.example.com/b`` in one file
    Good: a sitemap on each host, with its own addresses
    Source: https://www.sitemaps.org/protocol.html#location
    """
    hosts = Counter(urlsplit(root).netloc for _, root in batch.foreign_entries)
    if len(batch.foreign_entries) < batch.size:
        hosts[urlsplit(batch.sitemap.origin).netloc] += batch.size - len(batch.foreign_entries)
    if len(hosts) > 1:
        named = ", ".join(format_value(host) for host, _ in hosts.most_common(3))
        (main, most), *_ = hosts.most_common(1)
        first = next(_list_other_entries(batch, main))
        yield Hit(f"{len(hosts):,} hosts in one file: {named}", index=first, count=batch.size - most)


def _list_other_entries(batch: Batch, host: str) -> Iterator[int]:
    """The entries that are not on a host."""
    roots = dict(batch.foreign_entries)
    own = urlsplit(batch.sitemap.origin).netloc
    return (at for at in range(batch.size) if (urlsplit(roots[at]).netloc if at in roots else own) != host)
