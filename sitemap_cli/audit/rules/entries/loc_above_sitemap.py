"""URLs outside the folder of their sitemap."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ROOT = re.compile(r"^[A-Za-z]+://[^/?#]*")


@rule("SM310", Severity.WARNING, Scope.URL)
def loc_above_sitemap(batch: Batch) -> Hits:
    """A sitemap lists an address that is not below its own folder.

    Checks: the address is on the sitemap's host and does not begin with the address of the sitemap's
        folder; unless robots.txt lists the sitemap or an index above it.
    Why: By the protocol a sitemap speaks for what lies below it; search engines may ignore the rest.
    Fix: Put the sitemap into the root of the site, or name it in robots.txt.
    Bad: ``https://example.com/shop/sitemap.xml`` with ``<loc>https://example.com/about</loc>``
    Good: ``https://example.com/sitemap.xml`` with ``<loc>https://example.com/about</loc>``
    Source: https://www.sitemaps.org/protocol.html#location
    """
    sitemap, folder = batch.sitemap, batch.sitemap.folder
    if folder == sitemap.origin or batch.site.can_list(sitemap, sitemap.origin):
        return ()
    if batch.locs.text.count(f"{SEPARATOR}{folder}") == batch.size:
        return ()
    elsewhere = {at for at, _ in batch.foreign_entries}
    others = ((at, loc) for at, loc in enumerate(batch.locs.values) if not loc.startswith(folder))
    own = ((at, loc) for at, loc in others if at not in elsewhere)
    above = (at for at, loc in own if not _normalize_origin(loc, sitemap.origin).startswith(folder))
    return batch.report_entries(above, f"not below {format_value(folder)}: {{loc}}")


def _normalize_origin(loc: str, own: str) -> str:
    """An address of the sitemap's own origin, with that in the usual spelling."""
    return loc if loc.startswith(own) else own + ROOT.sub("", loc).removeprefix("/")
