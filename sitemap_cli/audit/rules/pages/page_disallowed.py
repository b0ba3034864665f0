"""Pages that robots.txt disallows for search engines."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience, Decision, Permission
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.robots_blocks import (
    describe_block,
    name_share,
    report_blocks,
)
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


def _describe(permission: Permission, rule_: Decision | None) -> str:
    return describe_block(permission.agents, rule_)


def _summarize(message: str, count: int, site: SiteFact) -> str:
    return f"{message}, {name_share(count, site)} URLs"


@rule(
    "SM706",
    Severity.ERROR,
    Scope.URL,
    needs=("permissions",),
    needs_complete=True,
    summarize=_summarize,
)
def page_disallowed(batch: Batch) -> Hits:
    """A sitemap lists URLs that robots.txt disallows for search engines.

    Checks: The robots.txt of the URL's own host disallows it for Googlebot or bingbot, or only for the
        crawler of the search engine given with ``--engine``, by the rules of RFC 9309: the group of the
        crawler, or else that of ``*``, and in it the longest rule that matches. There is one finding for
        each line of robots.txt. Pages that SM716 reports are left out.
    Why: Search engines cannot fetch a page that they should index. At best, they index the bare URL. They
        do not see a ``noindex`` on it either: to remove a page from search results, allow it in
        robots.txt.
    Fix: Allow the URLs in robots.txt, or remove them from the sitemap.
    Message: Blocked by robots.txt for Googlebot and Bingbot: `Disallow: /shop/` (line 2), 2 of 4 URLs
    Bad: the sitemap lists ``https://example.com/shop/lamp``::

        User-agent: *
        Disallow: /shop/

    Good::

        User-agent: *
        Disallow: /shop/cart/

    Systems:
        Shopify: the default robots.txt disallows ``/cart``, ``/search`` and ``/policies/`` among
            others; change it in ``robots.txt.liquid``.
        WordPress: look for a ``robots.txt`` in the root folder that is left over from a staging
            site.
    Source: https://support.google.com/webmasters/answer/7440203 https://www.rfc-editor.org/rfc/rfc9309
    See also: SM104 SM508 SM704 SM712 SM721
    """
    conflicts = batch.site.other_facts.get("page_conflicts", {})
    reported = conflicts.get(batch.sitemap.document, frozenset())
    return report_blocks(batch, Audience.ENGINE, _describe, reported)
