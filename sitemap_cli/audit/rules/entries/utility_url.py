"""URLs of carts, accounts, search results and the like."""

from collections.abc import Iterable
from functools import partial

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.audit.utility_urls import find_utility_urls
from sitemap_cli.model.values import Severity

USUAL = 0.5
"""The share of entries from which on a kind is how the site is set up, and no accident."""


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
    Fix: Exclude these pages in the settings of the sitemap. List the first page of a list, without
        parameters. Yoast excludes pages that are set to noindex.
    Message: cart or checkout
    Bad: ``<loc>https://example.com/checkout/</loc>``
    Good: ``<loc>https://example.com/lamps/</loc>``
    Systems:
        Yoast SEO: set the page to noindex (Advanced, "Allow search engines to show this
            content"): it is left out then.
        Magento: the sitemap lists every active CMS page; an extension or a plugin class can
            exclude some.
        Astro: the option ``filter`` of ``@astrojs/sitemap``.
    Source: own (Google: list the canonical URLs that you want to see in search results,
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap)
    See also: SM313 SM704
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
    make = partial(Hit, severity=severity, cause=kind)
    return (make(kind, loc=locs[at], index=at, value=locs[at]) for at in found)
