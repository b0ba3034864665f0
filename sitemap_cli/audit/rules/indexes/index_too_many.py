"""Indexes above the limits of the protocol."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

MAX_CHILDREN = 50_000
MAX_BYTES = 52_428_800


@rule("SM401", Severity.ERROR, Scope.DOCUMENT)
def index_too_many(sitemap: SitemapFact) -> Hits:
    """An index lists more sitemaps than the protocol allows.

    Checks: An index has more than 50,000 sitemaps or more than 52,428,800 bytes.
    Why: Search Console reports the index as an error. How many of its sitemaps are read is not documented.
    Fix: Put more URLs into each sitemap (up to 50,000), or use several indexes.
    Message: 50,001 sitemaps; the limit is 50,000
    Bad: an index of 60,000 sitemaps with ten pages each
    Good: an index of 12 sitemaps with 50,000 pages each::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/shop-1.xml</loc></sitemap>
          <sitemap><loc>https://example.com/shop-2.xml</loc></sitemap>
        </sitemapindex>

    Source: https://www.sitemaps.org/protocol.html#index https://support.google.com/webmasters/answer/7451001
    See also: SM106 SM409 SM410 SM414
    """
    if sitemap.children > MAX_CHILDREN:
        yield Hit(f"{sitemap.children:,} sitemaps; the limit is {MAX_CHILDREN:,}")
    elif sitemap.kind == Kind.INDEX and sitemap.bytes > MAX_BYTES:
        yield Hit(f"{sitemap.bytes:,} bytes; the limit is {MAX_BYTES:,}")
