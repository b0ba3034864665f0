"""Files robots.txt that cannot be fetched."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_origin


@rule("SM604", Severity.ERROR, Scope.SITE)
def robots_unreachable(site: SiteFact) -> Hits:
    """The site's robots.txt cannot be had.

    Checks: It answers 5xx, not at all, or not to its end: an error, because crawlers must then take the
        whole site for disallowed. For information only where it answers 4xx, which allows everything.
    Why: As long as it lasts, search engines fetch nothing at all.
    Fix: Let ``/robots.txt`` answer 200, or 404 if there are no rules.
    Bad: ``/robots.txt`` answers 503
    Good: ``/robots.txt`` answers 200
    Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4
    """
    # Of the names under which the site was looked for, those behind which nobody listens are none of its own.
    own = {site.url, *(each.origin for each in site.sitemaps if each.is_readable)}
    for robots in site.robots:
        code = robots.status_code
        if code is not None and 400 <= code < 500:
            yield Hit(f"answers {code}: there are no rules", severity=Severity.INFO, sitemap=robots.url)
        elif (robots.error or code is None or code >= 500) and textual_origin(robots.url) in own:
            yield Hit(f"cannot be had: {robots.error or f'it answers {code}'}", sitemap=robots.url)
