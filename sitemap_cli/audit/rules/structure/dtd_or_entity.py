"""Documents with a DTD or entity declarations."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM209", Severity.ERROR, Scope.DOCUMENT)
def dtd_or_entity(sitemap: SitemapFact) -> Hits:
    """A sitemap has a document type declaration.

    Checks: The document has a ``DOCTYPE`` with declarations, such as entities. No entity is expanded. A
        ``DOCTYPE`` without declarations is reported with severity info.
    Why: Attackers use entities against parsers, so crawlers ignore the entities or reject the whole file.
    Fix: Remove the ``DOCTYPE``, and write characters directly or as ``&amp;``, ``&lt;``, ``&#233;``.
    Message: nothing was read: the DOCTYPE declares entities or elements, which can be an attack; remove the
        part in square brackets, which a sitemap does not need
    Bad::

        <!DOCTYPE urlset [
          <!ENTITY shop "https://example.com/">
        ]>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>&shop;lamps</loc></url>
        </urlset>

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/lamps</loc></url>
        </urlset>

    Source: own (the protocol defines no DTD; see
        https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing)
    See also: SM201 SM210
    """
    yield from sitemap.report_problems("doctype", severity=Severity.INFO)
    found = list(sitemap.report_problems("dtd-forbidden"))
    yield from found or sitemap.report_failure("dtd-forbidden")
