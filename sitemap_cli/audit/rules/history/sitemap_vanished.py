"""Sitemaps that have disappeared."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url

GONE = (404, 410)


@rule(
    "SM804",
    Severity.ERROR,
    Scope.HISTORY,
    needs=("previous_job",),
    needs_complete=True,
    refuses_job=True,
)
def sitemap_vanished(site: SiteFact) -> Hits:
    """A sitemap of the last accepted job has disappeared.

    Checks: A sitemap that the last accepted job for the same target read now responds with 404 or 410, or
        robots.txt listed it then but does not list it now, and this job did not find it in another way.
    Why: Search engines continue to request it, and do not find new pages.
    Fix:
        - missing: Restore the file. If its URL has changed, redirect the old one. If it is not needed any
          longer, accept the job: ``sitemap jobs accept ID``.
        - not listed: Add the line to robots.txt again. If the sitemap is not needed any longer, accept
          the job: ``sitemap jobs accept ID``.

    Message: no longer listed in robots.txt
    Bad: robots.txt no longer has the second line that it had yesterday::

        Sitemap: https://example.com/pages.xml

    Good::

        Sitemap: https://example.com/pages.xml
        Sitemap: https://example.com/news.xml

    Source: own (search engines remember the sitemaps that they have found)
    See also: SM405 SM603 SM801
    """
    previous = site.previous_job
    assert previous is not None  # noqa: S101 - the engine runs the rule only with a previous job
    if site.is_accepted:
        return
    for sitemap in site.sitemaps:
        was_read = canonical_url(sitemap.url) in previous.urls
        if was_read and sitemap.status_code in GONE and not sitemap.is_readable:
            message = f"responds with {sitemap.status_code}, but {previous.name} read it"
            yield Hit(message, sitemap=sitemap.url, fix="missing")
    now = {canonical_url(loc) for each in site.robots for loc, _ in each.sitemaps}
    for url in sorted(previous.listed_in_robots - now):
        if url in previous.urls and site.find_sitemap(url) is None:
            yield Hit("no longer listed in robots.txt", loc=url, value=url, fix="not listed")
