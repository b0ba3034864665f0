"""Sitemaps with more entries than the protocol allows."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_URLS = 50_000
MANY_URLS = 45_000


@rule("SM107", Severity.ERROR, Scope.DOCUMENT)
def too_many_urls(sitemap: SitemapFact) -> Hits:
    """A sitemap lists more URLs than the protocol allows.

    Checks: One file (XML, text or feed) has more than 50,000 entries. From 45,000 on, it is a warning.
    Why: Search engines reject the file, or read only the first 50,000 entries.
    Fix: Split it into several sitemaps, and list them in an index.
    Message: 50,001 URLs; the limit is 50,000
    Bad: one file with 60,000 entries
    Good: an index and two files with 30,000 entries
    Source: https://www.sitemaps.org/protocol.html#index
    """
    message = f"{sitemap.total_urls:,} URLs; the limit is {MAX_URLS:,}"
    if sitemap.total_urls > MAX_URLS:
        yield Hit(message)
    elif sitemap.total_urls >= MANY_URLS:
        yield Hit(message, severity=Severity.WARNING)
