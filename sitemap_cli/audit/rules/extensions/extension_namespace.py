"""Extensions with a wrong namespace."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM545", Severity.ERROR, Scope.DOCUMENT)
def extension_namespace(sitemap: SitemapFact) -> Hits:
    """The namespace of an extension is wrong.

    Checks: ``xhtml`` is bound to something else than ``http://www.w3.org/1999/xhtml``, or ``image``,
        ``video`` or ``news`` to something else than Google's namespace of that name.
    Why: To an XML parser the elements are others; search engines do not see them.
    Fix: Copy the namespace from the documentation, with http and without a slash at the end.
    Bad: ``xmlns:xhtml="https://www.w3.org/1999/xhtml"``
    Good: ``xmlns:xhtml="http://www.w3.org/1999/xhtml"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    return sitemap.report_problems("extension-namespace")
