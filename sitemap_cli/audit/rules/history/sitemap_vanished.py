"""Sitemaps that have disappeared."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = (404, 410)


@rule("SM804", Severity.ERROR, Scope.HISTORY, needs=("previous_job",), needs_complete=True)
def sitemap_vanished(site: SiteFact) -> Hits:
    """A sitemap that was there at the last complete job is gone.

    Checks: A sitemap that the last complete job over the same target could read answers 404 or 410 now;
        or robots.txt listed it then, does not list it now, and the job did not meet it in any other way.
    Why: A search engine goes on asking for it, and learns nothing of new pages.
    Fix: Restore the file or its line in robots.txt; where its address has changed, redirect the old one.
    Bad: ``/news.xml`` answers 404 and answered 200 yesterday
    Good: ``/news.xml`` is redirected to ``/sitemaps/news.xml``
    Source: own (search engines remember the sitemaps they once found)
    """
    before = site.previous_job
    assert before is not None  # noqa: S101 - the engine runs it only then
    for sitemap in site.sitemaps:
        if sitemap.url in before.urls and sitemap.status_code in GONE:
            message = f"answers {sitemap.status_code}, and was read before"
            yield Hit(message, sitemap=sitemap.url)
    now = {loc for each in site.robots for loc, _ in each.sitemaps}
    for url in sorted(before.listed_in_robots - now):
        if url in before.urls and url not in site.sitemaps_by_url:
            yield Hit(f"robots.txt no longer lists {format_value(url)}", loc=url)
