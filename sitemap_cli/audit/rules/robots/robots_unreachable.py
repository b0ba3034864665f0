"""robots.txt files that cannot be fetched."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_origin

NORMAL_CODES = (404, 410)
"""A site without rules has no robots.txt."""

UNREACHED = ("dns-nxdomain", "blocked-address")
"""Errors that occur before a request is sent, unless a redirect led there."""


@rule("SM604", Severity.ERROR, Scope.SITE)
def robots_unreachable(site: SiteFact) -> Hits:
    """The site's robots.txt cannot be fetched.

    Checks: robots.txt responds with status 5xx, incompletely or not at all. This is an error, because
        crawlers must then treat the whole site as disallowed. A refusal such as 403, which allows everything
        to most crawlers, is reported with severity info. A missing file (404, 410) is in order, and a host
        without an IP address has no robots.txt to repair.
    Why: Search engines fetch nothing from the site until robots.txt responds again.
    Fix: Make ``/robots.txt`` respond with 200, or with 404 if there are no rules.
    Bad: ``/robots.txt`` responds with 503
    Good: ``/robots.txt`` responds with 200
    Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4
    """
    # Discovery tries several host names; those without a readable sitemap do not belong to the site.
    own = {site.url, *(each.origin for each in site.sitemaps if each.is_readable)}
    for robots in site.robots:
        code = robots.status_code
        if code in NORMAL_CODES or (robots.error in UNREACHED and robots.final_url == robots.url):
            continue
        if code is not None and 400 <= code < 500:
            yield Hit(f"responds with {code}: no rules apply", severity=Severity.INFO, sitemap=robots.url)
        elif (robots.error or code is None or code >= 500) and textual_origin(robots.url) in own:
            is_outage = code is not None and code >= 500
            why = f"it responds with {code}" if is_outage else robots.error
            yield Hit(f"cannot be fetched: {why}", sitemap=robots.url)
