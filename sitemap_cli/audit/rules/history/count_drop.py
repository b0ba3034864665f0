"""Sites that list far fewer URLs than in the previous job."""

from collections.abc import Iterator

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import PreviousJob
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.audit.url_losses import Loss, LossLimits, LostUrls
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url

MAX_NAMED = 3
"""Sections that a message names."""


@rule(
    "SM801",
    Severity.ERROR,
    Scope.HISTORY,
    needs=("previous_job", "lost_urls"),
    needs_complete=True,
    refuses_job=True,
)
def count_drop(site: SiteFact) -> Hits:
    """The site, a section or a sitemap lists far fewer URLs than in the last accepted job.

    Checks: The number of different URLs is at least 10 % lower than in the last accepted job for the same
        target (``--max-drop`` changes the limit), or a sitemap that had entries is now empty. If the site
        keeps its number of URLs, the same limit holds for each section, such as ``/products/``, and if no
        section lost any, for each sitemap: at least 10 URLs must be gone from all sitemaps of the site, and
        1 % of its URLs or nine in ten of the section. That is a warning if less than half of the section is
        gone, and less than the site may lose. A sitemap with another name, and URLs in another sitemap, are
        no loss; SM808 reports a section that has moved. A job is accepted if a check passed it, or by
        ``sitemap jobs accept ID``; before the first check, the last complete job counts. The rule does not
        run for jobs that did not read the whole site.
    Why: The usual cause is a failed deployment or export. The finding appears before the pages disappear from
        search results.
    Fix: See what was removed (``sitemap diff example.com --section /products``), and restore it. If the drop
        is intended, accept the job: ``sitemap jobs accept ID``.
    Message: 10.0% fewer URLs than in the last complete job: from 20 to 18
    Bad: 100,000 URLs yesterday, 60,000 today; or ``/products/`` had 12,034 URLs and has 9,120
    Good: 100,000 URLs yesterday, 99,500 today
    Source: own (a large drop is rarely intended; no search engine documents what it does with pages that a
        sitemap no longer lists)
    See also: SM208 SM804 SM805 SM806 SM808
    """
    previous = site.previous_job
    assert previous is not None  # noqa: S101 - the engine runs the rule only with a previous job
    if site.is_accepted:
        return
    lost_urls: LostUrls = site.other_facts["lost_urls"]
    if (total := _find_total(site, previous, lost_urls)) is not None:
        yield total
    else:
        yield from _report_losses(site, previous, lost_urls)
    for sitemap in site.sitemaps:
        had = previous.urls.get(canonical_url(sitemap.url), 0)
        if had and sitemap.error is None and not sitemap.total_urls:
            yield Hit(f"has no entries, but had {had:,} in {previous.name}", sitemap=sitemap.url)


def _find_total(site: SiteFact, previous: PreviousJob, lost_urls: LostUrls) -> Hit | None:
    """Return a hit if the whole site lost URLs; its message names the sections."""
    if not LossLimits(previous.unique_urls, site.max_drop).exceeds_total(site.unique_urls):
        return None
    lost = previous.unique_urls - site.unique_urls
    share = lost / previous.unique_urls
    counts = f"from {previous.unique_urls:,} to {site.unique_urls:,}"
    gone = [each for each in lost_urls.sections if each.moved_to is None]
    named = gone[:MAX_NAMED] if any(each.name != "/" for each in gone) else ()
    sections = "".join(f"; {format_value(each.name)} {each.counts}" for each in named)
    return Hit(f"{share:.1%} fewer URLs than in {previous.name}: {counts}{sections}", count=lost)


def _report_losses(site: SiteFact, previous: PreviousJob, lost_urls: LostUrls) -> Iterator[Hit]:
    """Yield a hit for each section that lost URLs, or else for each sitemap."""
    limits = LossLimits(previous.unique_urls, site.max_drop)
    for each in lost_urls.sections:
        if each.moved_to is None:
            example = f", such as {format_value(each.example)}" if each.example else ""
            message = f"{format_value(each.name)} lost URLs since {previous.name}: {each.counts}{example}"
            yield Hit(message, count=each.lost, severity=_choose_severity(each, limits))
    for each in () if lost_urls.sections else lost_urls.sitemaps:
        message = f"lost URLs since {previous.name}: {each.counts}"
        yield Hit(message, count=each.lost, severity=_choose_severity(each, limits), sitemap=each.name)


def _choose_severity(loss: Loss, limits: LossLimits) -> Severity | None:
    return None if limits.is_severe(loss) else Severity.WARNING
