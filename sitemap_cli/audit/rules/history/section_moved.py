"""Sections whose URLs have moved to another section."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.audit.url_losses import LostUrls
from sitemap_cli.model.values import Severity


@rule("SM808", Severity.WARNING, Scope.HISTORY, needs=("previous_job", "lost_urls"), needs_complete=True)
def section_moved(site: SiteFact) -> Hits:
    """The URLs of a section have moved to another section.

    Checks: A section, such as ``/shop/``, lost at least 90 % of its URLs, and at least 10, since the last
        accepted job, and another one gained about as many: at least 80 % of a sample of up to 100 lost URLs
        are there now, but were not before, with the same path below the section or the same last segment.
    Why: Links and search results lead to the old URLs. Without redirects, the pages lose what search engines
        know about them.
    Fix: Redirect each old URL to its new one with status 301 or 308, not all of them to one page. Let
        internal links, canonical URLs and hreflang name the new URLs.
    Message: 12 URLs moved from /shop/ to /products/, such as https://example.com/shop/0
    Bad: ``/shop/lamp`` was listed yesterday, ``/products/lamp`` is listed today, and ``/shop/lamp`` responds
        with 404
    Good: ``/shop/lamp`` redirects to ``/products/lamp``
    Source: https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes
    See also: SM801
    """
    previous, lost_urls = site.previous_job, site.other_facts["lost_urls"]
    assert previous is not None  # noqa: S101 - the engine runs the rule only with a previous job
    assert isinstance(lost_urls, LostUrls)  # noqa: S101 - the fact is what the rule needs
    for each in () if site.is_accepted else lost_urls.sections:
        if each.moved_to is not None:
            where = f"from {format_value(each.name)} to {format_value(each.moved_to)}"
            example = f", such as {format_value(each.example)}" if each.example else ""
            yield Hit(f"{each.lost:,} URLs moved {where}{example}", count=each.lost)
