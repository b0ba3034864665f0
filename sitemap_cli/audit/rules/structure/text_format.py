"""Lines of text sitemaps that are not one URL."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM212", Severity.ERROR, Scope.DOCUMENT)
def text_format(sitemap: SitemapFact) -> Hits:
    """A line of a text sitemap is something else than one address.

    Checks: a line that is no absolute http or https address, or has something beside it; comments too.
    Why: The format has nothing but addresses, one on each line.
    Fix: Take everything else out of the file.
    Bad: ``https://example.com/a 2026-11-01``
    Good: ``https://example.com/a``
    Source: https://www.sitemaps.org/protocol.html#otherformats
    """
    return sitemap.report_problems("text-line", "text-comment")
