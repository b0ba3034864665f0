"""URLs that differ from the sitemap in scheme or www."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host


@rule("SM309", Severity.ERROR, Scope.URL)
def loc_other_scheme_or_www(batch: Batch) -> Hits:
    """A sitemap lists a URL that differs from it in scheme or ``www``.

    Checks: The host is that of the sitemap apart from ``www.``, and scheme or host differ. URLs are exempt if
        the robots.txt of their origin lists the sitemap or its index.
    Why: Search engines treat these as two sites, and one usually redirects to the other.
    Fix: List the URLs that respond without a redirect. Set the base URL of the program that writes the
        sitemap to the final scheme and host.
    Message: http://example.com differs in scheme or www from the sitemap's https://example.com
    Bad: in ``https://www.example.com/sitemap.xml``::

        <url>
          <loc>http://example.com/lamp</loc>
        </url>

    Good::

        <url>
          <loc>https://www.example.com/lamp</loc>
        </url>

    Systems:
        WordPress: Settings > General: Site Address (URL).
        Next.js: the origin that ``app/sitemap.ts`` puts before the paths.
        Astro: ``site`` in ``astro.config.mjs``.
        Hugo: ``baseURL``.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM105 SM308 SM703
    """
    own = textual_host(batch.sitemap.origin)
    roots = {root for root in batch.foreign_origins if textual_host(root) == own}
    unproven = {root for root in roots if not batch.site.can_list(batch.sitemap, root)}
    for index, root in batch.foreign_entries if unproven else ():
        if root in unproven:
            loc = batch.locs.values[index]
            message = f"{root[:-1]} differs in scheme or www from the sitemap's {batch.sitemap.origin[:-1]}"
            yield Hit(message, loc, index=index, value=loc, cause=root[:-1])
