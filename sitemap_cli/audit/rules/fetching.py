"""Sitemaps that could not be had, or only in a roundabout way."""

from collections.abc import Iterator

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

UNANSWERED = (
    *("blocked-address", "dns-nxdomain", "dns-failure", "tls-error", "tls-not-spoken"),
    *("connection-refused", "connection-failed", "connection-closed", "connection-reset"),
    *("timeout-connect", "timeout-read", "too-slow", "deadline", "proxy-denied", "protocol-error"),
    *("incomplete-body", "host-failing", "read-error", "file-unreadable", "outside-base", "outside-folder"),
    *("scheme-forbidden", "https-only", "url-invalid", "unsupported-encoding", "document-gone"),
    "robots-unreachable",
)
"""Why no answer came, or nothing to read with it."""

BLOCKED = (401, 403, 407, 429, 451)
MOST_HOPS = 5
LOOPS = ("redirect-loop", "redirect-limit", "redirect-scheme", "redirect-sites")


@rule("SM101", "fetch-failed", Severity.ERROR, Scope.DOCUMENT)
def fetch_failed(sitemap: SitemapFact) -> Hits:
    """A sitemap could not be fetched, or not to its end.

    Criterion: no connection (DNS, TLS, refused, reset), no answer in time, an answer that is not HTTP or
        breaks off, a content encoding that nobody asked for, an address that cannot or may not be asked.
        The class of the fault is recorded with the sitemap as ``error``.
    Why: What crawlers cannot fetch they do not read; after some days they stop trying.
    Mend: Ask the address from outside (``curl -v``), and mend what the message names.
    Bad: ``https://example.com/sitemap.xml`` answers after two minutes
    Good: ``https://example.com/sitemap.xml`` answers 200 within a second
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.failed(*UNANSWERED)


@rule("SM102", "http-status", Severity.ERROR, Scope.DOCUMENT)
def http_status(sitemap: SitemapFact) -> Hits:
    """A sitemap is answered with another status than 200.

    Criterion: the last answer, after redirects, is not 200; 401, 403, 407, 429, 451 and the page of a bot
        wall are told as blocked, because a browser may well be answered 200.
    Why: Search engines read a sitemap only from a 200 answer.
    Mend: Let the address answer 200 to everybody; where a firewall refuses crawlers, let it pass them.
    Bad: ``https://example.com/sitemap.xml`` answers 404
    Good: ``https://example.com/sitemap.xml`` answers 200
    Source: https://support.google.com/webmasters/answer/7451001
    """
    blocked = sitemap.status_code in BLOCKED or sitemap.error in ("challenge", "rate-limited")
    for hit in sitemap.failed("http-status", "rate-limited", "challenge"):
        yield Hit(f"blocked: {hit.message}" if blocked else hit.message)


@rule("SM103", "redirected", Severity.WARNING, Scope.DOCUMENT)
def redirected(sitemap: SitemapFact) -> Hits:
    """The address of a sitemap redirects.

    Criterion: a sitemap is answered 3xx. An error when there are more than 5 redirects, when they go in a
        circle or to something that is not asked; a warning otherwise, also when they lead from https to http.
    Why: Each redirect costs crawlers a request, and some follow only a few.
    Mend: Name the last address wherever the first one is named: in robots.txt, in the index, and where
        you submitted it.
    Bad: ``Sitemap: http://example.com/sitemap.xml`` that redirects to https
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    yield from sitemap.failed(*LOOPS, severity=Severity.ERROR)
    if sitemap.hops and sitemap.error not in LOOPS:
        count = len(sitemap.hops)
        severity = Severity.ERROR if count > MOST_HOPS else None
        down = ", from https to http" if any(sitemap.told("redirect-downgrade")) else ""
        yield Hit(
            f"{count} redirect{'s' if count > 1 else ''} to {sitemap.final_url}{down}", severity=severity
        )


@rule("SM104", "blocked-by-robots", Severity.ERROR, Scope.DOCUMENT)
def blocked_by_robots(sitemap: SitemapFact) -> Hits:
    """The site's robots.txt keeps crawlers from a sitemap.

    Criterion: by the rules of RFC 9309, the robots.txt of the sitemap's host disallows its address to the
        user agent that asked (``--user-agent``; without one, to everybody).
    Why: A search engine that obeys does not read the sitemap.
    Mend: Take the rule out of robots.txt, or add an ``Allow`` for the sitemaps.
    Bad: ``Disallow: /files/`` and ``Sitemap: https://example.com/files/sitemap.xml``
    Good: ``Disallow: /files/`` and ``Allow: /files/sitemap.xml``
    Source: https://support.google.com/webmasters/answer/7451001 https://www.rfc-editor.org/rfc/rfc9309
    """
    return sitemap.failed("robots-disallowed")


SLOW_MS = 30_000


@rule("SM112", "slow", Severity.WARNING, Scope.DOCUMENT)
def slow(sitemap: SitemapFact) -> Hits:
    """A sitemap takes very long.

    Criterion: more than 30 seconds from the first attempt to the last byte. The time to the first byte is
        not recorded.
    Why: Crawlers give up, or come less often.
    Mend: Write the file when something changes, rather than on each request; compress it; split it.
    Bad: a sitemap that is put together from the database at each request, in a minute
    Good: a file that is sent in a second
    Source: own (crawlers have time limits that they do not publish)
    """
    if sitemap.ms > SLOW_MS:
        yield Hit(f"it took {sitemap.ms / 1000:,.1f} seconds")


@rule("SM113", "no-validators", Severity.INFO, Scope.SITE)
def no_validators(site: SiteFact) -> Hits:
    """Nothing tells crawlers whether a sitemap has changed.

    Criterion: an answer 200 over HTTP with neither an ``ETag`` nor a ``Last-Modified`` header.
    Why: With one of them a crawler asks for what has changed, and is answered in a hundred bytes (304).
    Mend: Let the server send one of them; for files, web servers do so by themselves.
    Bad: an answer with ``Content-Type`` only
    Good: ``Last-Modified: Fri, 27 Nov 2026 05:00:00 GMT``
    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.8
    """
    for sitemap in _answered(site):
        if not (sitemap.etag or sitemap.last_modified):
            yield Hit("neither ETag nor Last-Modified", sitemap=sitemap.url)


@rule("SM114", "fetch-differs-by-ua", Severity.WARNING, Scope.DOCUMENT)
def fetch_differs_by_ua(sitemap: SitemapFact) -> Hits:
    """A server refuses a sitemap to us and gives it to somebody with another name.

    Criterion: the answer is 401, 403, 406, 429 or 503, or the page of a bot wall; asked once more with the
        ``User-Agent`` that ``--compare-user-agent`` gives, the same address answers 200. Nothing is asked
        twice without that option.
    Why: Who is let in by name alone may be any crawler, but the honest ones that are new stay outside.
    Mend: Let sitemaps pass the firewall for everybody; they are written for programs.
    Bad: 403 for ``sitemap/0.1.0``, 200 for ``Mozilla/5.0``
    Good: 200 for both
    Source: own (crawlers of small search engines and of site owners' own tools introduce themselves)
    """
    return sitemap.told("differs-by-agent")


LARGE = 1_000_000


@rule("SM109", "not-compressed", Severity.INFO, Scope.SITE)
def not_compressed(site: SiteFact) -> Hits:
    """A large sitemap is sent without compression.

    Criterion: more than 1,000,000 bytes over HTTP, of which none were saved by gzip: neither a
        ``Content-Encoding`` nor a compressed file.
    Why: Sitemaps shrink to a tenth; uncompressed they cost time and traffic with every crawler.
    Mend: Let the server compress ``application/xml``, or publish ``sitemap.xml.gz``.
    Bad: ``sitemap.xml`` of 10 MB, sent as it is
    Good: the same with ``Content-Encoding: gzip``: 1 MB
    Source: https://www.sitemaps.org/protocol.html#index
    """
    for sitemap in _answered(site):
        # Of one that has not changed nothing was sent; what it was when it was, its name and header tell.
        unsent = sitemap.status_code == 304 and not sitemap.url.endswith(".gz")
        whole = unsent or sitemap.wire_bytes >= sitemap.bytes
        if sitemap.bytes > LARGE and whole and sitemap.content_encoding in (None, "", "identity"):
            yield Hit(f"{sitemap.bytes:,} bytes are sent uncompressed", sitemap=sitemap.url)


def _answered(site: SiteFact) -> Iterator[SitemapFact]:
    """The sitemaps that a web server sends, or says that they are as they were."""
    if not site.local:
        yield from (each for each in site.sitemaps if each.status_code in (200, 304) and each.readable)
