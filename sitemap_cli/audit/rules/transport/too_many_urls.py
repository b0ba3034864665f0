"""Sitemaps with more entries than the protocol allows."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_URLS = 50_000
MANY_URLS = 45_000


@rule("SM107", Severity.ERROR, Scope.DOCUMENT)
def too_many_urls(sitemap: SitemapFact) -> Hits:
    """A sitemap lists more addresses than crawlers read.

    Checks: more than 50,000 entries in one file, be it XML, text or a feed; a warning from 45,000 on.
    Why: Search engines refuse the file, or read the first 50,000 only.
    Fix: Split it into several sitemaps, and list these in an index.
    Bad: one file with 60,000 entries
    Good: an index and two files with 30,000 entries
    Source: https://www.sitemaps.org/protocol.html#index
    """
    told = f"{sitemap.urls:,} URLs; the limit is {MAX_URLS:,}"
    if sitemap.urls > MAX_URLS:
        yield Hit(told)
    elif sitemap.urls >= MANY_URLS:
        yield Hit(told, severity=Severity.WARNING)
