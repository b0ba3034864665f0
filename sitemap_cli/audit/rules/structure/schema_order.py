"""Elements that are not in the order of the XML Schema."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM211", Severity.INFO, Scope.DOCUMENT, opt_in_flag="--xsd")
def schema_order(sitemap: SitemapFact) -> Hits:
    """The elements of an entry are not in the order of the schema.

    Checks: An element of ``url`` or ``sitemap`` follows one that must come later in the schema: ``loc``,
        ``lastmod``, ``changefreq``, ``priority``, then extensions. Each entry counts once. The rule runs only
        with ``--xsd``, or if it is selected by its id or name. SM204, SM206, SM207, SM301, SM303, SM321,
        SM331 and SM333 check the other requirements of the schema.
    Why: Schema validators reject the file. No search engine is known to require the order.
    Fix: Write the fields in the order of the schema.
    Message: loc comes after lastmod; in the schema it comes before
    Bad::

        <url>
          <priority>0.5</priority>
          <loc>https://example.com/</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/</loc>
          <priority>0.5</priority>
        </url>

    Source: https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd
    See also: SM206 SM207
    """
    return () if sitemap.disorder is None else (sitemap.disorder,)
