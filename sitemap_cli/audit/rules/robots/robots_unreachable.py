"""robots.txt files that cannot be fetched."""

from sitemap_cli.audit.facts import RobotsFact, SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_origin

TOO_MANY_REQUESTS = 429
"""The one 4xx status that counts as a server error."""

UNREACHED = ("dns-nxdomain", "blocked-address")
"""Errors that occur before a request is sent, unless a redirect led there."""


@rule("SM604", Severity.ERROR, Scope.SITE)
def robots_unreachable(site: SiteFact) -> Hits:
    """The site's robots.txt cannot be fetched, or does not exist.

    Checks: robots.txt responds with status 5xx or 429, incompletely or not at all. This is an error, because
        crawlers must then treat the whole site as disallowed. A missing file (404, 410), and a refusal such
        as 401 or 403, allow everything; both are reported with severity info. A host without an IP address
        has no robots.txt to repair. If only the user agent of ``--compare-user-agent`` gets the file, that is
        a warning, and the rules and sitemaps in it are those of the site.
    Why: For 12 hours, Google crawls nothing of a site whose robots.txt fails. Then it uses the last copy that
        it could fetch, for up to 30 days, and after that it crawls as if there were no robots.txt, or nothing
        if the whole site fails.
    Fix: Make ``/robots.txt`` respond with 200, or with 404 if there are no rules.

        - missing: Nothing has to be done. A robots.txt with a ``Sitemap:`` line helps all search engines
          to find the sitemap.
        - refused: Make ``/robots.txt`` respond with 200, if it has rules that crawlers should obey. They
          ignore a file that they may not read.

    Message: robots.txt cannot be fetched: it responds with 503
    Bad::

        GET /robots.txt HTTP/1.1
        Host: example.com

        HTTP/1.1 503 Service Unavailable

    Good::

        GET /robots.txt HTTP/1.1
        Host: example.com

        HTTP/1.1 200 OK
        Content-Type: text/plain

    Systems:
        Cloudflare: exempt ``/robots.txt`` from rate limiting: Google treats 429 as a server
            error.
        WordPress: maintenance plugins send 503 for every URL; exempt ``/robots.txt``.
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#http-status-codes
        https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4
    See also: SM101 SM102 SM605 SM706
    """
    # Discovery tries several host names; those without a readable sitemap do not belong to the site.
    own = {site.url, *(each.origin for each in site.sitemaps if each.is_readable)}
    for robots in site.robots:
        is_own = textual_origin(robots.url) in own
        if robots.refused is not None:
            code = robots.refused
            message = f"robots.txt responds with {code} to this program, 200 to the other user agent"
            yield Hit(message, severity=Severity.WARNING, sitemap=robots.url)
        if robots.is_missing:
            if is_own and robots.is_at_root and not site.is_local:
                message = f"There is no robots.txt ({robots.status_code}): crawlers may fetch everything"
                yield Hit(message, severity=Severity.INFO, sitemap=robots.url, fix="missing")
        elif _is_refused(robots):
            message = f"robots.txt responds with {robots.status_code}: crawlers may fetch everything"
            yield Hit(message, severity=Severity.INFO, sitemap=robots.url, fix="refused")
        elif is_own and not robots.is_known and not _has_no_server(robots):
            is_answer = _is_failure(robots)
            why = f"it responds with {robots.status_code}" if is_answer else describe_reason(robots.error)
            yield Hit(f"robots.txt cannot be fetched: {why}", sitemap=robots.url)


def _is_refused(robots: RobotsFact) -> bool:
    code = robots.status_code
    return code is not None and 400 <= code < 500 and code != TOO_MANY_REQUESTS


def _is_failure(robots: RobotsFact) -> bool:
    code = robots.status_code
    return code is not None and (code >= 500 or code == TOO_MANY_REQUESTS)


def _has_no_server(robots: RobotsFact) -> bool:
    return robots.error in UNREACHED and robots.final_url == robots.url
