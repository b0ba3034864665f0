"""Root elements and entries in a wrong namespace."""

import msgspec

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.namespace_messages import found_in_message
from sitemap_cli.model.values import Severity

OFFICIAL = ("sitemaps.org/schemas/sitemap/0.", "google.com/schemas/sitemap/0.")


@rule("SM204", Severity.ERROR, Scope.DOCUMENT)
def namespace(sitemap: SitemapFact) -> Hits:
    """The namespace of a sitemap is missing or wrong.

    Checks: The root element is not in ``http://www.sitemaps.org/schemas/sitemap/0.9``, or entries are in
        another namespace than the root. Old and misspelled forms of the namespace are a warning: https, a
        trailing slash, Google's 0.84.
    Why: For an XML parser, an element in another namespace is a different element.
    Fix: Write ``xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`` in the root element, with http.
    Message: the namespace is 'https://www.sitemaps.org/schemas/sitemap/0.9'; it has to be
        http://www.sitemaps.org/schemas/sitemap/0.9; a strict parser reads 0 of 1 URL
    Bad::

        <urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Source: https://www.sitemaps.org/protocol.html#urlsetdef
    See also: SM205 SM206 SM545
    """
    for hit in sitemap.report_problems("namespace", "entry-namespace"):
        variant = any(each in found_in_message(hit.message) for each in OFFICIAL)
        yield msgspec.structs.replace(hit, severity=Severity.WARNING) if variant else hit
