"""Sitemap lines of robots.txt that lead to no sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM603", Severity.ERROR, Scope.SITE)
def robots_sitemap_dead(site: SiteFact) -> Hits:
    """A robots.txt names a sitemap that cannot be read.

    Checks: The address of a ``Sitemap:`` line does not answer 200 with a sitemap, a feed or a list of
        addresses.
    Why: Search engines come back to it for years, and report it to you as your error.
    Fix: Correct the line, or take it out.
    Bad: ``Sitemap: https://example.com/old.xml`` that answers 404
    Good: ``Sitemap: https://example.com/sitemap.xml`` that answers 200
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
    """
    lines = {loc: (each.url, line) for each in site.robots for loc, line in each.sitemaps}
    for sitemap in site.sitemaps:
        if sitemap.discovered_by == "robots" and not sitemap.is_readable and sitemap.error:
            robots, line = lines.get(sitemap.url, (None, None))
            why = sitemap.error_message or sitemap.error
            yield Hit(
                f"{format_value(sitemap.url)}: {why}",
                loc=sitemap.url,
                line=line,
                sitemap=robots or sitemap.url,
            )
