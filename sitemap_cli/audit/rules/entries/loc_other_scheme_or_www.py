"""URLs that differ from the sitemap in scheme or www."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host


@rule("SM309", Severity.ERROR, Scope.URL)
def loc_other_scheme_or_www(batch: Batch) -> Hits:
    """A sitemap lists an address with another scheme than its own, or with or without ``www``.

    Checks: the host is that of the sitemap but for ``www.``, and scheme or host differ; unless the
        robots.txt of that origin lists the sitemap or an index above it.
    Why: To a search engine these are two sites, and one of them redirects to the other.
    Fix: List the addresses as they answer without a redirect.
    Bad: ``https://www.example.com/sitemap.xml`` with ``<loc>http://example.com/a</loc>``
    Good: ``https://www.example.com/sitemap.xml`` with ``<loc>https://www.example.com/a</loc>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    own = textual_host(batch.sitemap.origin)
    roots = {root for root in batch.foreign_origins if textual_host(root) == own}
    unproven = {root for root in roots if not batch.site.can_list(batch.sitemap, root)}
    places = (index for index, root in batch.foreign_entries if root in unproven)
    message = f"another scheme or www than the sitemap's {batch.sitemap.origin[:-1]}: {{loc}}"
    return batch.report_entries(places, message) if unproven else ()
