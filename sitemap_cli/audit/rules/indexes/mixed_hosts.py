"""Sitemaps with URLs on several hosts."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM412", Severity.WARNING, Scope.URL, covered_by=("SM308", "SM309", "SM314"))
def mixed_hosts(batch: Batch) -> Hits:
    """A sitemap lists URLs on several hosts.

    Checks: The URLs of one file have two or more different hosts. Entries are compared in batches of about
        30,000. It is an info if the robots.txt of each of the other hosts lists the sitemap or its index.
    Why: Search engines report by site, and a sitemap belongs to only one site.
    Fix: Write a separate sitemap for each host.
    Message: 2 hosts in one file: example.com, shop.example.com
    Bad::

        <url><loc>https://example.com/lamps</loc></url>
        <url><loc>https://shop.example.com/lamps</loc></url>

    Good: a sitemap on each host::

        <url><loc>https://example.com/lamps</loc></url>
        <url><loc>https://example.com/chairs</loc></url>

    Source: https://www.sitemaps.org/protocol.html#location
    See also: SM406
    """
    own, foreign = urlsplit(batch.sitemap.origin).netloc, batch.foreign_entries
    hosts = Counter({own: batch.size - len(foreign)} if len(foreign) < batch.size else {})
    hosts.update(urlsplit(root).netloc for _, root in foreign)
    if len(hosts) > 1:
        named = ", ".join(format_value(host) for host, _ in hosts.most_common(3))
        main = own if own in hosts else hosts.most_common(1)[0][0]
        first = next(_list_other_entries(batch, main))
        others = partial(_list_other_entries, batch, main)
        message = f"{len(hosts):,} hosts in one file: {named}"
        proven = all(batch.site.can_list(batch.sitemap, root) for root in batch.foreign_origins)
        severity = Severity.INFO if proven else None
        yield Hit(message, severity=severity, index=first, count=batch.size - hosts[main], places=others)


def _list_other_entries(batch: Batch, host: str) -> Iterator[int]:
    """Yield the indexes of the entries that are not on a host."""
    roots = dict(batch.foreign_entries)
    own = urlsplit(batch.sitemap.origin).netloc
    return (at for at in range(batch.size) if (urlsplit(roots[at]).netloc if at in roots else own) != host)
