"""Pages that redirect."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

MOST_HOPS = 5


@rule("SM703", Severity.ERROR, Scope.PAGE, needs_complete=True)
def page_redirect(page: PageFact) -> Hits:
    """A sitemap lists an address that redirects.

    Checks: The address answers with a status of 3xx. An error if the last address it leads to does not
        answer 200, or is on another site (with or without ``www`` is the same), if it leads in a circle, or
        if there are more than 5 redirects; else a warning. Known of pages that ``sitemap probe`` has asked.
    Why: A sitemap shall list the addresses that are to be shown in search, and each redirect costs a request.
    Fix: List the address at the end of the redirects.
    Bad: ``<loc>http://example.com/lamp</loc>``, which leads to ``https://example.com/lamp``
    Good: ``<loc>https://example.com/lamp</loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    """
    if not page.is_redirect:
        return
    bad = _describe_bad_end(page)
    if page.final_url == page.loc:
        end = f": {bad}" if page.error else " and leads nowhere"
        yield Hit(f"answers {page.status_code}{end}", severity=Severity.ERROR)
        return
    where = format_value(page.final_url)
    told = f"redirects to {where}" if len(page.hops) < 2 else f"redirects {len(page.hops)} times, to {where}"
    yield Hit(f"{told}, {bad}" if bad else told, severity=Severity.ERROR if bad else Severity.WARNING)


def _describe_bad_end(page: PageFact) -> str | None:
    """What is worse than a redirect."""
    code = page.status_code or 0
    if page.error == "redirect-loop":
        return "in a circle"
    if page.error is not None:
        return format_value(page.error_message or page.error)
    if code != 200:
        return f"which answers {code}"
    if len(page.hops) > MOST_HOPS:
        return f"which is more than {MOST_HOPS} times"
    return "which is another site" if textual_host(page.final_url) != textual_host(page.loc) else None
