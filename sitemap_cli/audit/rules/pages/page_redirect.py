"""Pages that redirect."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.redirect_targets import find_kind
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

MOST_HOPS = 5
KINDS = {
    "consent": "which asks for consent; check with URL Inspection that Googlebot gets the page itself",
    "login": "which is a login; people without an account cannot see the page",
}


@rule("SM703", Severity.ERROR, Scope.PAGE, by_section=True, covered_by=("SM716",))
def page_redirect(page: PageFact) -> Hits:
    """A sitemap lists a URL that redirects.

    Checks: The URL responds with status 3xx. It is an error if the final URL does not respond with 200 or
        is on another site (``www.`` is ignored), if the redirects form a loop, or if there are more than
        5. Otherwise, it is a warning, also if the final URL is that of a login or of a page that asks for
        consent, or if the page itself makes browsers load another one by ``Refresh`` within 10 seconds.
        The rule checks pages that ``sitemap probe`` has requested. In a local build, redirects are rules
        of ``_redirects``, ``vercel.json``, ``netlify.toml``, ``firebase.json``,
        ``staticwebapp.config.json`` or ``.htaccess`` that are about the URL, and ``<meta>`` refreshes.
    Why: A sitemap should list the URLs to show in search results, and each redirect costs a request.
    Fix: List the final URL of the redirects.

        - wrong end: Correct the redirect, or remove the URL from the sitemap: it leads to no page of this
          site.
        - login: Remove pages that need an account from the sitemap, or show them to everybody.
        - consent: Show crawlers the page itself; ask for consent in the page, not by a redirect.

    Message: responds with 301 without a redirect target
    Bad: ``http://example.com/lamp`` is listed::

        GET /lamp HTTP/1.1
        Host: example.com

        HTTP/1.1 301 Moved Permanently
        Location: https://example.com/lamp

    Good::

        <url><loc>https://example.com/lamp</loc></url>

    Systems:
        Next.js: with ``trailingSlash``, ``app/sitemap.ts`` must write URLs with the slash.
        Astro: the option ``trailingSlash`` and the URLs that the host serves must be the same.
        WordPress: list the address in Settings > General, with or without ``www``.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    See also: SM103 SM309 SM701 SM705
    """
    if page.is_refreshed:
        message = f"redirects by a refresh in the page to {format_value(page.refresh or '')}"
        yield Hit(message, severity=Severity.WARNING, value=page.refresh)
    if not page.is_redirect:
        return
    bad = _describe_bad_end(page)
    if page.final_url == page.loc or not page.hops:
        end = f": {bad}" if page.error else " without a redirect target"
        message = f"responds with {page.status_code}{end}"
        value = page.error or str(page.status_code)
        yield Hit(message, severity=Severity.ERROR, value=value, fix="wrong end")
        return
    where = format_value(page.final_url)
    message = (
        f"redirects to {where}" if len(page.hops) < 2 else f"redirects {len(page.hops)} times, to {where}"
    )
    severity = Severity.ERROR if bad else Severity.WARNING
    fix = "wrong end" if bad else None
    if kind := find_kind(page):
        severity, bad, fix = Severity.WARNING, KINDS[kind], kind
    message = f"{message}, {bad}" if bad else message
    yield Hit(f"{message}{_describe_rule(page)}", severity=severity, value=page.final_url, fix=fix)


def _describe_rule(page: PageFact) -> str:
    """Return what redirects the page of a local build, to follow a message."""
    if page.build is None or page.build.redirect is None:
        return ""
    shadowed = (
        "; Netlify serves the file, because the rule does not end with !" if page.build.is_shadowed else ""
    )
    return f" (by {page.build.redirect}{shadowed})"


def _describe_bad_end(page: PageFact) -> str | None:
    """Return why a redirect is an error, or None if it is only a redirect."""
    code = page.status_code or 0
    if page.error == "redirect-loop":
        return "in a loop"
    if page.error is not None:
        return format_value(page.error_message or describe_reason(page.error))
    if code != 200:
        return "which has no file in the build" if page.build else f"which responds with {code}"
    if len(page.hops) > MOST_HOPS:
        return f"which is more than {MOST_HOPS} times"
    return "which is on another site" if textual_host(page.final_url) != textual_host(page.loc) else None
