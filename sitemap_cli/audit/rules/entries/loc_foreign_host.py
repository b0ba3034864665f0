"""URLs on another host than the sitemap."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host


@rule("SM308", Severity.ERROR, Scope.URL)
def loc_foreign_host(batch: Batch) -> Hits:
    """A sitemap lists a URL on another host.

    Checks: Host and port differ from those of the sitemap (apart from ``www.``), and the robots.txt of that
        host does not list the sitemap or its index (cross-submission). The message says if that robots.txt
        was not requested. A host in letters and in Punycode is one host.
    Why: A sitemap is valid only for its own host, so search engines ignore the entry.
    Fix: List the page in a sitemap on its own host, or list this sitemap in the robots.txt of that host.
    Bad: ``https://example.com/sitemap.xml`` with ``<loc>https://example.org/a</loc>``
    Good: the same, and ``Sitemap: https://example.com/sitemap.xml`` in ``https://example.org/robots.txt``
    Source: https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
    """
    own = textual_host(batch.sitemap.origin)
    foreign = {root for root in batch.foreign_origins if textual_host(root) != own}
    unproven = {root for root in foreign if not batch.site.can_list(batch.sitemap, root)}
    for index, root in batch.foreign_entries if unproven else ():
        if root in unproven:
            loc = batch.locs.values[index]
            why = "" if root in batch.site.sitemaps_in_robots else ", whose robots.txt was not requested"
            yield Hit(
                f"URL is on another host than the sitemap{why}: {format_value(loc)}",
                loc,
                index=index,
                value=loc,
                cause=textual_host(root),
            )
