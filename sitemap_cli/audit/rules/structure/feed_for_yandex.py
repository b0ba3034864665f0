"""Feeds, which Yandex does not read as sitemaps."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Kind, Severity


@rule("SM215", Severity.WARNING, Scope.DOCUMENT, engines={Engine.YANDEX: Severity.ERROR}, engine_only=True)
def feed_for_yandex(sitemap: SitemapFact) -> Hits:
    """A feed stands in place of a sitemap, and Yandex does not read it.

    Checks: A sitemap that robots.txt or an index lists is an RSS or Atom feed. The rule runs with ``--engine
        yandex`` only: Google and Bing read feeds.
    Why: Yandex supports sitemaps in XML and in text only, so it finds no URL in the feed.
    Fix: List a sitemap in XML or text for Yandex.
    Message: Yandex does not support RSS and Atom feeds as sitemaps
    Bad: the listed file is an RSS feed::

        Sitemap: https://example.com/feed.xml

    Good::

        Sitemap: https://example.com/sitemap.xml

    Source: https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    See also: SM205 SM601
    """
    if sitemap.kind is not None and Kind(sitemap.kind).is_feed:
        yield Hit("Yandex does not support RSS and Atom feeds as sitemaps")
