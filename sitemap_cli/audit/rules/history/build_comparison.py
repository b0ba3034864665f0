"""URLs that a build removes from production or adds to it."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM806", Severity.WARNING, Scope.SITE, needs=("comparison",), needs_complete=True)
def build_drops_url(site: SiteFact) -> Hits:
    """Production lists a URL that the build no longer lists.

    Checks: With ``--against TARGET``, a URL is in a sitemap of the target but in no sitemap of the checked
        build. Spellings that are equivalent by RFC 3986 and RFC 3987 are one URL. The rule does not run if
        the build was not read completely.
    Why: Users who follow an old link or a search result get an error.
    Fix: Redirect the old URL to the new location of its content, or restore the page.
    Message: https://example.com/ lists https://example.com/about-us, the build does not: does it redirect?
    Bad: production lists ``/about-us``, the build only ``/about``, and no redirect exists
    Good: production and build list ``/about``
    Systems:
        Netlify and Cloudflare Pages: a line ``/about-us /about 301`` in ``_redirects``.
        Vercel: ``redirects`` in ``vercel.json``, with ``"permanent": true``.
        WordPress: a redirect plugin, or the redirects of Yoast SEO Premium.
    Source: https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes
    See also: SM805 SM807
    """
    if (against := site.site_comparison) is not None:
        name = format_value(against.name)
        yield from against.missing.report(
            lambda loc: f"{name} lists {loc}, the build does not: does it redirect?"
        )


@rule("SM807", Severity.INFO, Scope.SITE, needs=("comparison",), needs_complete=True)
def build_adds_url(site: SiteFact) -> Hits:
    """The build lists a URL that production does not list.

    Checks: With ``--against TARGET``, a URL is in a sitemap of the checked build but in no sitemap of the
        target. Spellings that are equivalent by RFC 3986 and RFC 3987 are one URL. The rule does not run if
        one of the two was not read completely.
    Why: A release can add many pages by accident.
    Fix: Do nothing if the pages are intentional.
    Message: https://example.com/draft is not in https://example.com/
    Bad: the build lists ``/draft/42``
    Good: the build lists the URLs of production and yesterday's new page
    Source: own (the reverse of SM806)
    See also: SM806
    """
    against = site.site_comparison
    if against is not None and against.is_complete:
        name = format_value(against.name)
        yield from against.extra.report(lambda loc: f"{loc} is not in {name}")
