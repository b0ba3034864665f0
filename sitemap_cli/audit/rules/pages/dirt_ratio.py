"""The share of listed pages with problems."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

TOLERATED = 0.01
FEWEST = 2


@rule("SM710", Severity.ERROR, Scope.SITE, needs=("probe_totals",))
def dirt_ratio(site: SiteFact) -> Hits:
    """Too many listed pages are missing, broken, redirected or not indexable.

    Checks: More than 1 % of the requested pages, and at least two, break SM701, SM702, SM703 or SM704. If
        only a sample was requested, the share of all pages must exceed 1% with 95% confidence.
    Why: A search engine that finds too many bad URLs in a sitemap stops relying on it.
    Fix: List only pages that respond with 200 and may be indexed. SM701 to SM704 report the others.
    Message: 2 of 100 pages are missing, broken, redirected or not indexable: 2.0%
    Bad: 30 of 1,000 pages respond with 404
    Good: 3 of 1,000 pages respond with 404
    Source: own (Duane Forrester of Bing named 1 % in an interview of 2011; no page of Bing documents it)
    See also: SM701 SM702 SM703 SM704
    """
    probes = site.probe_totals
    if probes is None or probes.dirt.rate <= TOLERATED or probes.dirt.count < FEWEST:
        return
    dirt = probes.dirt
    if probes.is_complete or dirt.low > TOLERATED:
        low, high = f"{dirt.low:.1%}", f"{dirt.high:.1%}"
        # Where nearly all pages were requested, nothing is left to estimate.
        is_exact = probes.is_complete or low == high
        confidence = "" if is_exact else f" (between {low} and {high} with 95% confidence)"
        pages = f"{dirt.count:,} of {probes.requested:,} pages"
        faults = "are missing, broken, redirected or not indexable"
        yield Hit(f"{pages} {faults}: {dirt.rate:.1%}{confidence}")
