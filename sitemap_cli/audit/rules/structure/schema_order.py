"""Elements in another order than in the XML Schema."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM211", Severity.INFO, Scope.DOCUMENT, opt_in_flag="--xsd")
def schema_order(sitemap: SitemapFact) -> Hits:
    """The elements of an entry stand in another order than in the schema.

    Checks: an element of ``url`` or ``sitemap`` stands after one that follows it in the schema: ``loc``,
        ``lastmod``, ``changefreq``, ``priority``, then those of extensions; each entry counts once. It is
        judged only with ``--xsd``, or if it is selected by its id or name. What else the schema demands is
        in SM204, SM206, SM207, SM301, SM303, SM321, SM331 and SM333.
    Why: A validator with the schema refuses the file; no search engine is known to mind.
    Fix: Write the fields in the order of the schema.
    Bad: ``<url><priority>0.5</priority><loc>https://example.com/</loc></url>``
    Good: ``<url><loc>https://example.com/</loc><priority>0.5</priority></url>``
    Source: https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd
    """
    return () if sitemap.disorder is None else (sitemap.disorder,)
