"""Pages that take long until the first byte."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.response_times import ResponseTimes
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM715", Severity.WARNING, Scope.SITE, needs=("probe_totals",))
def page_slow(site: SiteFact) -> Hits:
    """Pages take long until the first byte.

    Checks: A page with a 2xx status takes longer than ``--slow`` (2 seconds by default) from the request to
        the first byte of the response, with a new connection if one is needed; the body does not count. It is
        a warning if more than 5 % of the requested pages are slow, and otherwise an info. There is one
        finding for the site, with the median and the 95th percentile. It names the section if 80 % of the
        slow pages are in it. The rule checks pages that ``sitemap probe`` has requested. Their times are
        those of one request from your computer, with up to ``--per-host`` requests at once.
    Why: Google crawls more while latency and time to first byte are stable or improve, and less when a site
        slows down. This matters for large sites.
    Fix: Cache the pages, or generate them ahead, and look for slow database queries of that section. Compare
        with the average response time in the Crawl stats report of Search Console.
    Message: 1 of 2 pages takes longer than 2 s until the first byte: median 100 ms, 95th percentile 3.2 s; …
    Bad: 40 of 200 pages take 3 s until the first byte, all of them search pages
    Good: 199 of 200 pages take less than 0.5 s
    Source: https://developers.google.com/crawling/docs/crawl-budget (the limit of 2 seconds and the share of
        5 % are our own)
    See also: SM112 SM702
    """
    times = site.probe_totals.times if site.probe_totals is not None else None
    if times is None or not times.slow:
        return
    severity = Severity.WARNING if times.p95 > times.limit else Severity.INFO
    first, *others = times.slowest
    rest = times.slow - len(others)
    yield Hit(_describe(times), first.loc, count=rest, severity=severity, value=_format(first.ms))
    for each in others:
        text = f"{_format(each.ms)} until the first byte"
        yield Hit(text, each.loc, severity=severity, value=_format(each.ms))


def _describe(times: ResponseTimes) -> str:
    take = "takes" if times.slow == 1 else "take"
    what = f"{times.slow:,} of {times.count:,} pages {take} longer than {_format(times.limit)}"
    spread = f"median {_format(times.median)}, 95th percentile {_format(times.p95)}"
    part, where = times.section, ""
    if part is not None:
        where = f"; {part.slow:,} of them in {part.name}, which has {part.pages:,} of the requested pages"
    return f"{what} until the first byte: {spread}{where}; slowest {_format(times.slowest[0].ms)}"


def _format(ms: int) -> str:
    """Return a time in milliseconds below a second, and in seconds above."""
    if ms < 1000:
        return f"{ms} ms"
    seconds = ms / 1000
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"
