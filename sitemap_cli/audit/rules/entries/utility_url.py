"""URLs of carts, accounts, search results and the like."""

from collections.abc import Iterable
from functools import partial

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.audit.utility_urls import DRAFT, LATER, find_utility_urls
from sitemap_cli.model.values import Severity

USUAL = 0.5
"""The share of entries from which on a kind is how the site is set up, and no accident."""
CASES = {
    "sorting or filter": "parameters",
    "switch of store or currency": "parameters",
    "reply to a comment": "parameters",
    LATER: "parameters",
    DRAFT: "draft URL",
}
"""What to do about a kind, where excluding the page is not the answer."""


@rule("SM316", Severity.WARNING, Scope.URL)
def utility_url(batch: Batch) -> Hits:
    """A sitemap lists a utility page, such as a cart, a login or a search result.

    Checks: The URL is, by its path or parameters, a cart or checkout, a customer account, an administration
        page, a result of the internal search (``?s=``, ``/search?q=``), a post by its number (``/?p=123``, as
        WordPress writes for drafts), a reply to a comment or an error page (``/404``). An info are: a login
        or registration, a page after an action (``/thank-you``, ``/wishlist``), sorting and filter
        parameters, a switch of store or currency, a later page of a list (``/page/2/``, ``?page=2``), and
        sample content (``/hello-world/``, ``/category/uncategorized/``). Posts by their numbers are an info
        where more than half of the entries are such posts.
    Why: Such pages are thin, private or duplicates, and most are noindex or disallowed. They use crawl
        budget, and hide the pages that count in reports by sitemap.
    Fix: Exclude these pages in the settings of the sitemap.

        - parameters: List the page without sorting, filter and paging parameters, and only the first page
          of a list.
        - draft URL: Exclude drafts, or give the post a permalink. List each post by its permalink, not by
          its number.

    Message: cart or checkout
    Bad::

        <url>
          <loc>https://example.com/checkout/</loc>
        </url>
        <url>
          <loc>https://example.com/lamps?sort=price</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamps</loc>
        </url>

    Systems:
        Yoast SEO: pages that are set to noindex, search results and later pages of archives are left out
            (https://developer.yoast.com/features/xml-sitemaps/).
        WordPress: the filters ``wp_sitemaps_posts_query_args`` and ``wp_sitemaps_add_provider`` leave
            pages and users out.
        Shopify: the metafield ``seo.hidden`` hides a product, collection or page from search engines and
            the sitemap.
        Squarespace: Page settings > SEO > "Hide this page from search results".
        Astro: ``filter`` of ``@astrojs/sitemap``.
        Gatsby: ``excludes`` of ``gatsby-plugin-sitemap``.
        Hugo: ``sitemap: {disable: true}`` in the front matter of the page.
    Source: own (Google: list the canonical URLs that you want to see in search results,
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap)
    See also: SM312 SM315 SM704 SM706
    """
    reported = set[int]()
    for kind, found in find_utility_urls(batch):
        is_usual = kind.may_be_usual and len(found) > USUAL * batch.size
        yield from _report(
            batch,
            (at for at in found if at not in reported),
            kind.name,
            Severity.INFO if is_usual else kind.severity,
        )
        reported.update(found)


def _report(batch: Batch, found: Iterable[int], kind: str, severity: Severity) -> Iterable[Hit]:
    locs = batch.locs.values
    make = partial(Hit, severity=severity, cause=kind, fix=CASES.get(kind))
    return (make(kind, loc=locs[at], index=at, value=locs[at]) for at in found)
