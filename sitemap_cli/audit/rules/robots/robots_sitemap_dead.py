"""Sitemap lines of robots.txt whose sitemaps cannot be read."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.failure_cases import name_failure
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url


@rule(
    "SM603",
    Severity.ERROR,
    Scope.SITE,
    covered_by=(
        "SM101",
        "SM103",
        "SM104",
        "SM108",
        "SM111",
        "SM201",
        "SM202",
        "SM205",
        "SM209",
        "SM405",
        "SM804",
    ),
)
def robots_sitemap_dead(site: SiteFact) -> Hits:
    """A robots.txt lists a sitemap that cannot be read.

    Checks: The URL of a ``Sitemap:`` line does not respond with status 200 and a sitemap, a feed or a list of
        URLs. URLs that robots.txt disallows for this program were not requested; SM104 reports those that
        it disallows for search engines.
    Why: Search Console reports a sitemap that it cannot read as an error.
    Fix: Make the URL respond with 200 and a sitemap, or correct the line.

        - missing: Write the URL of the sitemap that exists, or remove the line.
        - refused: Exempt sitemaps from the rules of the firewall, the CDN or the bot protection.
        - server error: Look for this URL in the error log of the server.

    Message: the server responded with status 404
    Bad: ``old.xml`` responds with 404::

        Sitemap: https://example.com/old.xml
        Sitemap: https://example.com/sitemap.xml

    Good::

        Sitemap: https://example.com/sitemap.xml

    Systems:
        WordPress: after a change of the SEO plugin, a ``robots.txt`` in the root folder still has
            the line of the old one.
        Magento: generate the sitemap again after a change of its path (Marketing > SEO & Search >
            Site Map).
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
        https://support.google.com/webmasters/answer/7451001
    See also: SM804
    """
    lines = {canonical_url(loc): (each.url, line) for each in site.robots for loc, line in each.sitemaps}
    for sitemap in site.sitemaps:
        if sitemap.discovered_by == "robots" and not sitemap.is_readable and sitemap.has_failed:
            robots, line = lines.get(canonical_url(sitemap.url), (None, None))
            why = sitemap.error_message or describe_reason(sitemap.error)
            yield Hit(
                why,
                loc=sitemap.url,
                line=line,
                sitemap=robots or sitemap.url,
                fix=name_failure(sitemap),
            )
