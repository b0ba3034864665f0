"""URLs on another host than the sitemap."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

NOT_REQUESTED = "URLs on other hosts, whose robots.txt was not requested"


@rule("SM308", Severity.ERROR, Scope.URL, covered_by=("SM314",))
def loc_foreign_host(batch: Batch) -> Hits:
    """A sitemap lists a URL on another host.

    Checks: Host and port differ from those of the sitemap (apart from ``www.``), and the robots.txt of that
        host does not list the sitemap or its index (cross-submission). ``analyze`` requests the robots.txt of
        up to 100 such hosts. It is an error if that file lists other sitemaps only, and a warning (not
        proven) if it lists none, could not be read or was not requested. A host in letters and in Punycode is
        one host.
    Why: By the protocol, a sitemap is valid only for its own host, unless the robots.txt of the other host
        lists it. Google also accepts it if both hosts are verified in Search Console, which is not visible
        here. Other search engines ignore the entry.
    Fix: List this sitemap in the robots.txt of that host, or list the page in a sitemap on its own host. For
        Google alone, verify both hosts in Search Console.
    Message: the URL is on another host, example.org: its robots.txt lists no sitemap
    Bad: ``https://example.com/sitemap.xml``, and no line for it in the robots.txt of
        ``shop.example.org``::

        <url>
          <loc>https://shop.example.org/lamp</loc>
        </url>

    Good: the same, and in ``https://shop.example.org/robots.txt``::

        Sitemap: https://example.com/sitemap.xml

    Source: https://www.sitemaps.org/protocol.html#sitemaps_cross_submits
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    See also: SM309 SM314 SM406 SM412
    """
    own = textual_host(batch.sitemap.origin)
    foreign = {root for root in batch.foreign_origins if textual_host(root) != own}
    unproven = {root for root in foreign if not batch.site.can_list(batch.sitemap, root)}
    missing = {root: batch.site.explain_missing_proof(root) for root in unproven}
    for index, root in batch.foreign_entries if unproven else ():
        if root in unproven:
            loc, host, proof = batch.locs.values[index], textual_host(root), missing[root]
            message = f"the URL is on another host, {format_value(host)}: {proof.reason}"
            cause = host if proof.is_requested else NOT_REQUESTED
            yield Hit(message, loc, severity=proof.severity, index=index, value=loc, cause=cause)
