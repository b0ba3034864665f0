"""Sitemaps that robots.txt disallows for search engines."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.robots_blocks import describe_block, find_blocks, select_permissions, view_urls
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM104", Severity.ERROR, Scope.SITE, needs=("permissions",))
def blocked_by_robots(site: SiteFact) -> Hits:
    """robots.txt disallows a sitemap for search engines.

    Checks: By the rules of RFC 9309, the robots.txt of the sitemap's host disallows its URL for Googlebot or
        bingbot, or only for the crawler of the search engine given with ``--engine``. Whether this program
        may fetch the sitemap makes no difference. It reads the files of a local build in any case.
    Why: Search engines that obey robots.txt do not read the sitemap.
    Fix: Remove the rule from robots.txt, or add an ``Allow`` rule for the sitemaps.
    Message: Blocked by robots.txt for Googlebot and Bingbot: `Disallow: /sitemap` (line 2)
    Bad::

        User-agent: *
        Disallow: /files/

        Sitemap: https://example.com/files/sitemap.xml

    Good::

        User-agent: *
        Disallow: /files/
        Allow: /files/sitemap.xml

        Sitemap: https://example.com/files/sitemap.xml

    Systems:
        WordPress: a file ``robots.txt`` in the root folder replaces the one that WordPress and
            its plugins generate.
        Shopify: the rules are in the theme template ``robots.txt.liquid``.
        Magento: Content > Design > Configuration > Search Engine Robots.
        Next.js: ``app/robots.ts``, or a static file ``public/robots.txt``.
    Source: https://support.google.com/webmasters/answer/7451001 https://www.rfc-editor.org/rfc/rfc9309
    See also: SM101 SM604 SM706
    """
    sitemaps = [each for each in site.sitemaps if not each.is_gone]
    urls = view_urls([each.url for each in sitemaps])
    for permission in select_permissions(site, Audience.ENGINE):
        for block in find_blocks(urls, permission):
            message = describe_block(permission.agents, block.rule)
            value = block.rule.text if block.rule else None
            yield from (Hit(message, sitemap=sitemaps[at].url, value=value) for at in block.indexes)
