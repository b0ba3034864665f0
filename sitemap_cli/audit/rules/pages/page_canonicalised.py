"""Pages with another canonical URL."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


@rule(
    "SM705",
    Severity.WARNING,
    Scope.PAGE,
    engines={Engine.GOOGLE: Severity.ERROR},
    by_section=True,
    covered_by=("SM716",),
)
def page_canonicalised(page: PageFact) -> Hits:
    """A sitemap lists a page with another canonical URL.

    Checks: A page with status 200 has a ``rel="canonical"`` link, in its head or in a ``Link`` header, to
        another URL, or has several such links. A trailing slash is a difference, but a fragment, a
        default port and the spelling of escapes are not. Pages without a canonical URL are left to SM717.
        The rule checks pages that ``sitemap probe`` has requested.
    Why: Search engines index the canonical URL instead, so a sitemap should list only canonical URLs.
    Fix:
        - another URL: List the canonical URL instead. If the page is the original, correct its
          ``rel="canonical"``.
        - several: Keep one ``rel="canonical"``: look for a plugin and a theme that both write one.

    Message: its canonical is https://example.com/a
    Bad: ``https://example.com/lamp?colour=red`` is listed, and has::

        <link rel="canonical" href="https://example.com/lamp">

    Good: ``https://example.com/lamp`` is listed, and has::

        <link rel="canonical" href="https://example.com/lamp">

    Systems:
        Yoast SEO: leaves out pages whose canonical URL was set by hand to another one.
        Shopify: product URLs below ``/collections/`` have ``/products/`` as canonical; list those.
        Magento: Stores > Configuration > Catalog > Search Engine Optimization sets canonical links for
            products and categories.
    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM312 SM703 SM704 SM717
    """
    named = list(dict.fromkeys(href for href, _ in page.canonicals))
    if page.is_canonicalised and len(named) > 1:
        message = f"several canonical URLs: {' and '.join(map(format_value, named[:3]))}"
        yield Hit(message, value=" ".join(named), fix="several")
    elif page.is_canonicalised:
        href, by = page.canonicals[0]
        place = "" if by == "link" else " (in the Link header)"
        yield Hit(f"its canonical is {format_value(href)}{place}", value=href, fix="another URL")
