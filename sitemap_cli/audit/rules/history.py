"""What has become worse since the last complete job over the same target."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = (404, 410)
MASS = 0.8
"""So many lastmods never change at once by themselves."""
FEWEST = 10


@rule("SM801", "count-drop", Severity.ERROR, Scope.HISTORY, needs=("before",))
def count_drop(site: SiteFact) -> Hits:
    """The site lists far fewer addresses than at the last complete job.

    Criterion: the number of different addresses has fallen by 10 % or more since the last complete job over
        the same target (``--max-drop`` says how much else), or a sitemap that listed some lists none.
        Never said of a job that did not read the whole site.
    Why: A deployment or an export that went wrong shows here before it shows in search.
    Mend: Compare with ``sitemap diff DOMAIN``, and restore what is missing.
    Bad: 100,000 addresses yesterday, 60,000 today
    Good: 100,000 addresses yesterday, 99,500 today
    Source: own (crawlers take what is no longer listed for less important, and pages fall out of the index)
    """
    before = site.before
    assert before is not None  # noqa: S101 - the engine runs it only then
    lost = before.unique_urls - site.unique_urls
    if before.unique_urls and lost > 0 and lost >= site.max_drop * before.unique_urls:
        share = lost / before.unique_urls
        counts = f"from {before.unique_urls:,} to {site.unique_urls:,}"
        yield Hit(f"{share:.1%} fewer addresses than at the last complete job: {counts}", count=lost)
    for sitemap in site.sitemaps:
        had = before.urls.get(sitemap.url, 0)
        if had and sitemap.error is None and not sitemap.urls:
            yield Hit(f"lists nothing, and listed {had:,} before", sitemap=sitemap.url)


@rule("SM802", "mass-lastmod-change", Severity.WARNING, Scope.HISTORY, needs=("before",))
def mass_lastmod_change(site: SiteFact) -> Hits:
    """Nearly every lastmod has changed though the addresses have not.

    Criterion: of the entries that stand where they stood at the last complete job with the same address,
        more than 80 % have another ``lastmod``; at least ten entries, and no fewer than 80 % of all stand so.
    Why: A lastmod that changes with each build says nothing, and search engines stop believing it.
    Mend: Write the date on which the content of the page last changed, not that of the build.
    Bad: ``<lastmod>`` of every page is the time of the last deployment
    Good: ``<lastmod>`` of a page is that of its last edit
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    before = site.before
    assert before is not None  # noqa: S101 - the engine runs it only then
    comparable = before.same >= max(FEWEST, MASS * site.urls)
    if comparable and before.changed > MASS * before.same:
        share = before.changed / before.same
        yield Hit(f"{share:.0%} of the lastmods changed since the last complete job", count=before.changed)


@rule("SM804", "sitemap-vanished", Severity.ERROR, Scope.HISTORY, needs=("before",))
def sitemap_vanished(site: SiteFact) -> Hits:
    """A sitemap that was there at the last complete job is gone.

    Criterion: a sitemap that the last complete job over the same target could read answers 404 or 410 now;
        or robots.txt listed it then, does not list it now, and the job did not meet it in any other way.
    Why: A search engine goes on asking for it, and learns nothing of new pages.
    Mend: Restore the file or its line in robots.txt; where its address has changed, redirect the old one.
    Bad: ``/news.xml`` answers 404 and answered 200 yesterday
    Good: ``/news.xml`` is redirected to ``/sitemaps/news.xml``
    Source: own (search engines remember the sitemaps they once found)
    """
    before = site.before
    assert before is not None  # noqa: S101 - the engine runs it only then
    for sitemap in site.sitemaps:
        if sitemap.url in before.urls and sitemap.status_code in GONE:
            message = f"answers {sitemap.status_code}, and was read before"
            yield Hit(message, sitemap=sitemap.url)
    now = {loc for each in site.robots for loc, _ in each.sitemaps}
    for url in sorted(before.listed - now):
        if url in before.urls and url not in site.by_url:
            yield Hit(f"robots.txt no longer lists {shown(url)}", loc=url)
