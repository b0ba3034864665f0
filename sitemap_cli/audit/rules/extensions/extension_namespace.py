"""Extensions with a wrong namespace."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM545", Severity.ERROR, Scope.DOCUMENT)
def extension_namespace(sitemap: SitemapFact) -> Hits:
    """The namespace of an extension is wrong.

    Checks: ``xhtml`` is not bound to ``http://www.w3.org/1999/xhtml``, or ``image``, ``video`` or ``news`` is
        not bound to Google's namespace of that name.
    Why: For an XML parser these are different elements, so search engines ignore them.
    Fix: Copy the namespace from the documentation, with http and without a trailing slash.
    Message: the namespace of xhtml is 'https://www.w3.org/1999/xhtml'; it has to be
        http://www.w3.org/1999/xhtml
    Bad::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
                xmlns:xhtml="https://www.w3.org/1999/xhtml">

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
                xmlns:xhtml="http://www.w3.org/1999/xhtml">

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM551
    """
    return sitemap.report_problems("extension-namespace")
