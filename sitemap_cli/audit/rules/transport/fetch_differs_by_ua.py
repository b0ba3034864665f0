"""Sitemaps that the server sends only to some user agents."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM114", Severity.WARNING, Scope.DOCUMENT)
def fetch_differs_by_ua(sitemap: SitemapFact) -> Hits:
    """A server refuses this client but sends the sitemap to another user agent.

    Checks: The response is a refusal such as 400, 401, 402, 403, 406, 429, 451 or 503, a bot challenge, an
        HTML page, or a connection that is closed or hangs; or 404, 410 or nothing for a sitemap that is
        listed. But a second request with the ``User-Agent`` of ``--compare-user-agent`` returns the sitemap.
        Where robots.txt is refused, the sitemaps that the other user agent finds there are requested; one
        that is the target is compared itself. Without that option, no second request is made.
    Why: A user agent is easy to fake: the filter does not stop bad bots, but it blocks new crawlers that
        identify themselves.
    Fix: Exempt sitemaps from the firewall rules: they are meant for programs.
    Message: 403 for sitemap/…, 200 for Mozilla/5.0
    Bad::

        GET /sitemap.xml HTTP/1.1
        User-Agent: sitemap/0.1.0

        HTTP/1.1 403 Forbidden

        GET /sitemap.xml HTTP/1.1
        User-Agent: Mozilla/5.0

        HTTP/1.1 200 OK

    Good::

        GET /sitemap.xml HTTP/1.1
        User-Agent: sitemap/0.1.0

        HTTP/1.1 200 OK

    Systems:
        Cloudflare: a custom rule with the action Skip exempts ``/robots.txt`` and
            ``/sitemap*.xml`` from bot rules.
    Source: own (crawlers of small search engines and of site owners' own tools identify themselves)
    See also: SM101 SM102
    """
    return sitemap.report_problems("differs-by-agent")
