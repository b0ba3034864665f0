"""URLs that a build drops from production, or adds to it."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM806", Severity.WARNING, Scope.SITE, needs=("comparison",), needs_complete=True)
def build_drops_url(site: SiteFact) -> Hits:
    """Production lists an address that the build no longer has.

    Checks: With ``--against TARGET``, an address stands in a sitemap of the target and in none of what
        is checked. Never said when what is checked was not read whole.
    Why: Whoever follows an old link or a search result will meet an error.
    Fix: Redirect the old address to where its content went, or restore the page.
    Bad: production lists ``/about-us``, the build only ``/about``, and there is no redirect
    Good: production and build list ``/about``
    Source: https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes
    """
    if (against := site.site_comparison) is not None:
        name = format_value(against.name)
        yield from against.missing.report(lambda loc: f"{name} lists {loc}, this does not: does it redirect?")


@rule("SM807", Severity.INFO, Scope.SITE, needs=("comparison",), needs_complete=True)
def build_adds_url(site: SiteFact) -> Hits:
    """The build lists an address that production does not.

    Checks: With ``--against TARGET``, an address stands in a sitemap of what is checked and in none of
        the target. Never said when one of the two was not read whole.
    Why: A release that adds a thousand pages by accident shows here.
    Fix: Nothing if they are meant to be new.
    Bad: the build lists ``/draft/42``
    Good: the build lists what production does, and the page that was written yesterday
    Source: own (the reverse of SM806)
    """
    against = site.site_comparison
    if against is not None and against.is_complete:
        name = format_value(against.name)
        yield from against.extra.report(lambda loc: f"{loc} is not in {name}")
