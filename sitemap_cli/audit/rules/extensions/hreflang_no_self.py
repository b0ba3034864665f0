"""Pages whose language versions do not include the page itself."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.hreflang_versions import list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent


@rule("SM540", Severity.ERROR, Scope.URL)
def hreflang_no_self(batch: Batch) -> Hits:
    """A page lists its language versions but not itself.

    Checks: An entry has ``xhtml:link`` elements with ``hreflang``, but no ``href`` is its ``loc``
        in any spelling.
    Why: Google requires that every version lists itself and all others.
    Fix: Add a link with the page's own language and URL.
    Message: the hreflang versions do not include the page itself
    Bad::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Good::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Systems:
        Next.js: ``alternates.languages`` in ``app/sitemap.ts`` must name the URL of the entry
            itself, too.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM541 SM543 SM547
    """
    for index, versions in list_versions(batch):
        loc = batch.locs.values[index]
        if not any(href == loc for _, href in versions) and not any(
            are_equivalent(href, loc) for _, href in versions
        ):
            yield Hit("the hreflang versions do not include the page itself", index=index)
