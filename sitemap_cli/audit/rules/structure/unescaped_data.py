"""Characters that XML requires to be escaped."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM210", Severity.ERROR, Scope.DOCUMENT)
def unescaped_data(sitemap: SitemapFact) -> Hits:
    """A special character is not escaped.

    Checks: A ``&`` does not begin a reference, a ``<`` does not begin a tag, or a reference is to an entity
        that XML does not define, such as ``&nbsp;``, or to half a character, as in ``&#55357;&#56832;``.
    Why: Strict parsers stop at this character.
    Fix: Write ``&amp;`` for ``&`` and ``&lt;`` for ``<``, or use an XML library that escapes them.
    Bad: ``<loc>https://example.com/?a=1&b=2</loc>``
    Good: ``<loc>https://example.com/?a=1&amp;b=2</loc>``
    Source: https://www.sitemaps.org/protocol.html#escaping
    """
    return sitemap.report_problems("unescaped-data", "undefined-entity", "surrogate-pair")
