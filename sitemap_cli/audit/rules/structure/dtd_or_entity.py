"""Documents with a DTD or entity declarations."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM209", Severity.ERROR, Scope.DOCUMENT)
def dtd_or_entity(sitemap: SitemapFact) -> Hits:
    """A sitemap has a document type declaration.

    Checks: a ``DOCTYPE`` with declarations of its own, such as entities: none of them is expanded. For
        information only where it merely names a document type.
    Why: Entities are a way to attack parsers; crawlers refuse them or the whole file.
    Fix: Leave the ``DOCTYPE`` away, and write characters as they are or as ``&amp;``, ``&lt;``, ``&#233;``.
    Bad: ``<!DOCTYPE urlset [<!ENTITY shop "https://example.com/">]>``
    Good: no ``DOCTYPE``
    Source: own (the protocol has none; see https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing)
    """
    yield from sitemap.report_problems("doctype", severity=Severity.INFO)
    found = list(sitemap.report_problems("dtd-forbidden"))
    yield from found or sitemap.report_failure("dtd-forbidden")
