"""Sitemaps that the server sends to some user agents only."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM114", Severity.WARNING, Scope.DOCUMENT)
def fetch_differs_by_ua(sitemap: SitemapFact) -> Hits:
    """A server refuses a sitemap to us and gives it to somebody with another name.

    Checks: the answer is 401, 403, 406, 429 or 503, or the page of a bot wall; asked once more with the
        ``User-Agent`` that ``--compare-user-agent`` gives, the same address answers 200. Nothing is asked
        twice without that option.
    Why: Who is let in by name alone may be any crawler, but the honest ones that are new stay outside.
    Fix: Let sitemaps pass the firewall for everybody; they are written for programs.
    Bad: 403 for ``sitemap/0.1.0``, 200 for ``Mozilla/5.0``
    Good: 200 for both
    Source: own (crawlers of small search engines and of site owners' own tools introduce themselves)
    """
    return sitemap.report_problems("differs-by-agent")
