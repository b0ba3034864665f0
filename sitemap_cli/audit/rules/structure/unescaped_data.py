"""Characters that XML requires to be escaped."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM210", Severity.ERROR, Scope.DOCUMENT)
def unescaped_data(sitemap: SitemapFact) -> Hits:
    """A character that XML needs escaped stands as it is.

    Checks: a ``&`` that begins no reference, a ``<`` that begins no tag, or a reference to an entity that
        XML does not know, such as ``&nbsp;``.
    Why: A strict parser ends there.
    Fix: Write ``&amp;`` for ``&``, ``&lt;`` for ``<``; let an XML library do it.
    Bad: ``<loc>https://example.com/?a=1&b=2</loc>``
    Good: ``<loc>https://example.com/?a=1&amp;b=2</loc>``
    Source: https://www.sitemaps.org/protocol.html#escaping
    """
    return sitemap.report_problems("unescaped-data", "undefined-entity")
