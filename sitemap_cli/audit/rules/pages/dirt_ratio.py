"""The share of listed pages with a fault."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

TOLERATED = 0.01


@rule("SM710", Severity.ERROR, Scope.SITE, needs=("probe_totals",), needs_complete=True)
def dirt_ratio(site: SiteFact) -> Hits:
    """Too many of the listed pages are missing, broken, redirected or not to be indexed.

    Checks: More than 1 % of the pages that were asked have one of the faults SM701, SM702, SM703, SM704;
        if only a sample was asked, it takes so many that with 95 % confidence it is more than 1 % of all.
    Why: A search engine that finds too much dirt in a sitemap no longer relies on it.
    Fix: List only pages that answer 200 and may be indexed; SM701 to SM704 tell which ones do not.
    Bad: 30 of 1,000 pages answer 404
    Good: 3 of 1,000 pages answer 404
    Source: own (1 % is what Duane Forrester of Bing named in an interview of 2011; no page of Bing says so)
    """
    probes = site.probe_totals
    if probes is None or probes.dirt.rate <= TOLERATED:
        return
    dirt = probes.dirt
    if probes.is_complete or dirt.low > TOLERATED:
        sure = (
            ""
            if probes.is_complete
            else f" (between {dirt.low:.1%} and {dirt.high:.1%} with 95 % confidence)"
        )
        pages = f"{dirt.count:,} of {probes.requested:,} pages"
        faults = "are missing, broken, redirected or not to be indexed"
        yield Hit(f"{pages} {faults}: {dirt.rate:.1%}{sure}")
