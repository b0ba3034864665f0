"""Pages with another canonical URL."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM705", Severity.WARNING, Scope.PAGE, needs_complete=True)
def page_canonicalised(page: PageFact) -> Hits:
    """A sitemap lists a page that names another address as its own.

    Checks: A page with status 200 names an address by ``rel="canonical"``, in its head or in a ``Link``
        header, that is not its own, or several. A slash at the end is a difference; a fragment, a default
        port and the spelling of escapes are none. A page of HTML that names none is told as information.
        Known of pages that ``sitemap probe`` has asked.
    Why: A sitemap shall list canonical addresses; the one that is named is indexed instead.
    Fix: List the canonical address, or correct what the page says.
    Bad: ``/lamp?colour=red`` with ``<link rel="canonical" href="https://example.com/lamp">``
    Good: ``/lamp`` with ``<link rel="canonical" href="https://example.com/lamp">``
    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    """
    named = list(dict.fromkeys(href for href, _ in page.canonicals))
    if page.is_canonicalised and len(named) > 1:
        yield Hit(f"names several canonical addresses: {' and '.join(map(format_value, named[:3]))}")
    elif page.is_canonicalised:
        href, by = page.canonicals[0]
        yield Hit(f"its {'head' if by == 'link' else 'Link header'} names {format_value(href)} as canonical")
    elif page.is_good and page.is_html and not page.canonicals and page.soft_404 is None:
        yield Hit("names no canonical address", severity=Severity.INFO)
