"""The file is larger than crawlers read: more than 52,428,800 bytes (SM106) or 50,000 addresses (SM107).

Source: https://www.sitemaps.org/protocol.html#index.
"""

from collections.abc import Iterator

from sitemap_cli.audit.rule import ProblemFact, Rule, SitemapFact
from sitemap_cli.model import Severity

MAX_BYTES = 52_428_800
MAX_URLS = 50_000


def _too_large(sitemap: SitemapFact) -> Iterator[tuple[str, ProblemFact | None]]:
    if sitemap.bytes > MAX_BYTES:
        yield f"{sitemap.bytes:,} bytes uncompressed; the limit is {MAX_BYTES:,}", None


def _too_many_urls(sitemap: SitemapFact) -> Iterator[tuple[str, ProblemFact | None]]:
    if sitemap.urls > MAX_URLS:
        yield f"{sitemap.urls:,} URLs; the limit is {MAX_URLS:,}", None


RULES = (
    Rule("SM106", "too-large", Severity.ERROR, _too_large),
    Rule("SM107", "too-many-urls", Severity.ERROR, _too_many_urls),
)
