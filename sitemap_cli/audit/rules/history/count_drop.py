"""Sites that list far fewer URLs than in the previous job."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url


@rule(
    "SM801",
    Severity.ERROR,
    Scope.HISTORY,
    needs=("previous_job",),
    needs_complete=True,
    refuses_job=True,
)
def count_drop(site: SiteFact) -> Hits:
    """The site lists far fewer URLs than in the last accepted job.

    Checks: The number of different URLs is at least 10 % lower than in the last accepted job for the same
        target (``--max-drop`` changes the limit), or a sitemap that had entries is now empty. A job is
        accepted if a check passed it, or by ``sitemap jobs accept ID``; before the first check, the last
        complete job counts. The rule does not run for jobs that did not read the whole site.
    Why: The usual cause is a failed deployment or export. The finding appears before the pages disappear from
        search results.
    Fix: Compare the URLs of both jobs (``sitemap urls --job ID``), and restore the missing ones. If the drop
        is intended, accept the job: ``sitemap jobs accept ID``.
    Message: 10.0% fewer URLs than in the last complete job: from 20 to 18
    Bad: 100,000 URLs yesterday, 60,000 today
    Good: 100,000 URLs yesterday, 99,500 today
    Source: own (a large drop is rarely intended; no search engine documents what it does with pages that a
        sitemap no longer lists)
    See also: SM208 SM804 SM805 SM806
    """
    previous = site.previous_job
    assert previous is not None  # noqa: S101 - the engine runs the rule only with a previous job
    if site.is_accepted:
        return
    lost = previous.unique_urls - site.unique_urls
    if previous.unique_urls and lost > 0 and lost >= site.max_drop * previous.unique_urls:
        share = lost / previous.unique_urls
        counts = f"from {previous.unique_urls:,} to {site.unique_urls:,}"
        yield Hit(f"{share:.1%} fewer URLs than in {previous.name}: {counts}", count=lost)
    for sitemap in site.sitemaps:
        had = previous.urls.get(canonical_url(sitemap.url), 0)
        if had and sitemap.error is None and not sitemap.total_urls:
            yield Hit(f"has no entries, but had {had:,} in {previous.name}", sitemap=sitemap.url)
