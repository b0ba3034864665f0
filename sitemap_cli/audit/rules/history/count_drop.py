"""Sites that list far fewer URLs than before."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM801", Severity.ERROR, Scope.HISTORY, needs=("previous_job",), needs_complete=True)
def count_drop(site: SiteFact) -> Hits:
    """The site lists far fewer addresses than at the last complete job.

    Checks: The number of different addresses has fallen by 10 % or more since the last complete job over
        the same target (``--max-drop`` says how much else), or a sitemap that listed some lists none.
        Never said of a job that did not read the whole site.
    Why: A deployment or an export that went wrong shows here before it shows in search.
    Fix: Compare the URLs of both jobs (``sitemap urls --job ID``), and restore what is missing.
    Bad: 100,000 addresses yesterday, 60,000 today
    Good: 100,000 addresses yesterday, 99,500 today
    Source: own (crawlers take what is no longer listed for less important, and pages fall out of the index)
    """
    before = site.previous_job
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
