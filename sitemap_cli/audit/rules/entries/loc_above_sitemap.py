"""URLs outside the folder of their sitemap."""

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url


@rule("SM310", Severity.WARNING, Scope.URL, by_section=True)
def loc_above_sitemap(batch: Batch) -> Hits:
    """A sitemap lists a URL outside its own folder.

    Checks: The URL is on the host of the sitemap but does not begin with the URL of the sitemap's folder.
        Sitemaps that robots.txt lists, directly or through an index, are exempt.
    Why: By the protocol, a sitemap is valid only for URLs below its folder. Search engines may ignore the
        others.
    Fix: Move the sitemap to the root of the site, or list it in robots.txt.
    Message: the URL is not below https://example.com/shop/
    Bad: in ``https://example.com/shop/sitemap.xml``, which robots.txt does not list::

        <url>
          <loc>https://example.com/about</loc>
        </url>

    Good: in ``https://example.com/sitemap.xml``::

        <url>
          <loc>https://example.com/about</loc>
        </url>

    Source: https://www.sitemaps.org/protocol.html#location
    See also: SM308 SM407
    """
    sitemap, folder = batch.sitemap, batch.sitemap.folder
    if folder == sitemap.origin or batch.site.can_list(sitemap, sitemap.origin):
        return ()
    if batch.locs.text.count(f"{SEPARATOR}{folder}") == batch.size:
        return ()
    elsewhere = {at for at, _ in batch.foreign_entries}
    others = ((at, loc) for at, loc in enumerate(batch.locs.values) if not loc.startswith(folder))
    own = ((at, loc) for at, loc in others if at not in elsewhere)
    above = (at for at, loc in own if not canonical_url(loc).startswith(canonical_url(folder)))
    return batch.report_entries(above, f"the URL is not below {format_value(folder)}")
