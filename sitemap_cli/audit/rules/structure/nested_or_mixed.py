"""Nested root elements, and entries of the wrong kind."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MISPLACED = (
    "nested-root",
    "misplaced-entry",
    "mixed-kinds",
    "lone-loc",
    "loc-elsewhere",
    "stray-address",
    "stray-text",
)


@rule("SM213", Severity.ERROR, Scope.DOCUMENT)
def nested_or_mixed(sitemap: SitemapFact) -> Hits:
    """A sitemap has elements in the wrong place.

    Checks: A ``urlset`` or ``sitemapindex`` contains another one, an index contains a ``url``, a urlset
        contains a ``sitemap``, a URL is in no ``loc``, a ``loc`` is in no entry, entries are in a wrapper
        that the protocol does not define, or URLs or text occur between the entries.
    Why: By the protocol, a file is either a sitemap or an index, and its entries are in the root element.
        That crawlers skip the others is our own judgement.
    Fix: Write pages into a ``urlset`` and sitemaps into a ``sitemapindex``, in separate files.
    Message: url elements among sitemap elements; a strict parser reads 1 of 2 sitemaps
    Bad::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/lamps</loc></url>
        </sitemapindex>

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/lamps</loc></url>
        </urlset>

    Source: https://www.sitemaps.org/protocol.html#index
    See also: SM206 SM301 SM402
    """
    return sitemap.report_problems(*MISPLACED)
