"""What is wrong with pages that were asked: they are not there, lead elsewhere, or want to be left alone."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

FORBIDDEN = (401, 403)
MOST_HOPS = 5
TOLERATED = 0.01


@rule("SM701", "page-4xx", Severity.ERROR, Scope.PAGE)
def page_4xx(page: PageFact) -> Hits:
    """A sitemap lists a page that is not there, or that may not be read.

    Criterion: the address itself answers with a status of 4xx. A firewall that answered in place of the
        site, and 429, which is about how often we asked, do not count. 401 and 403 do, but may be meant
        for programs that the site does not know. Known of pages that ``sitemap probe`` has asked.
    Why: A search engine asks for it in vain, again and again, and believes the rest of the sitemap less.
    Mend: Take the address out of the sitemap, redirect it to where the page has gone, or let it be read.
    Bad: ``<loc>https://example.com/sold-out</loc>``, which answers 404
    Good: Only addresses that answer 200
    Source: https://support.google.com/webmasters/answer/7440203
    """
    if page.is_gone:
        refused = page.status_code in FORBIDDEN
        more = ", be it to everybody or only to programs it does not know" if refused else ""
        yield Hit(f"answers {page.status_code}{more}")


@rule("SM702", "page-5xx", Severity.ERROR, Scope.PAGE)
def page_5xx(page: PageFact) -> Hits:
    """A sitemap lists a page that its server fails to deliver.

    Criterion: the address itself answers with a status of 5xx, too slowly, or not at all: no connection, no
        name, no valid certificate. Known of pages that ``sitemap probe`` has asked.
    Why: Search engines ask a site that fails less often, and drop pages that fail for long.
    Mend: Look into the log of the server for this address.
    Bad: ``<loc>https://example.com/search?q=</loc>``, which answers 500
    Good: Only addresses that answer 200
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    """
    if page.is_broken:
        code = page.status_code or 0
        why = page.error_message or page.error or "nothing"
        yield Hit(f"answers {code}" if code >= 500 else f"does not answer as it should: {shown(why)}")


@rule("SM703", "page-redirect", Severity.ERROR, Scope.PAGE)
def page_redirect(page: PageFact) -> Hits:
    """A sitemap lists an address that redirects.

    Criterion: the address answers with a status of 3xx. An error if the last address it leads to does not
        answer 200, or is on another site (with or without ``www`` is the same), if it leads in a circle, or
        if there are more than 5 redirects; else a warning. Known of pages that ``sitemap probe`` has asked.
    Why: A sitemap shall list the addresses that are to be shown in search, and each redirect costs a request.
    Mend: List the address at the end of the redirects.
    Bad: ``<loc>http://example.com/lamp</loc>``, which leads to ``https://example.com/lamp``
    Good: ``<loc>https://example.com/lamp</loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    """
    if not page.is_moved:
        return
    bad = _bad_end(page)
    if page.final_url == page.loc:
        end = f": {bad}" if page.error else " and leads nowhere"
        yield Hit(f"answers {page.status_code}{end}", severity=Severity.ERROR)
        return
    where = shown(page.final_url)
    told = f"redirects to {where}" if len(page.hops) < 2 else f"redirects {len(page.hops)} times, to {where}"
    yield Hit(f"{told}, {bad}" if bad else told, severity=Severity.ERROR if bad else Severity.WARNING)


@rule("SM704", "page-noindex", Severity.ERROR, Scope.PAGE)
def page_noindex(page: PageFact) -> Hits:
    """A sitemap lists a page that asks not to be indexed.

    Criterion: a page with status 200 says ``noindex`` or ``none``, or ``unavailable_after`` a date that has
        passed, in ``<meta name="robots">`` of its head or in ``X-Robots-Tag``, to all crawlers or to
        Googlebot, bingbot or Yandex, with ``--engine`` to that one's alone. Known of pages that ``sitemap
        probe`` has asked.
    Why: The sitemap asks for what the page forbids.
    Mend: Take the page out of the sitemap, or the directive out of the page.
    Bad: ``<meta name="robots" content="noindex">``
    Good: ``<meta name="robots" content="max-snippet:50">``
    Source: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    """
    if page.is_barred:
        by = "its head" if page.noindex == "meta" else "the header X-Robots-Tag"
        whom = ", ".join(page.noindex_for) or "search engines"
        yield Hit(f"{by} tells {whom} not to index it")


@rule("SM705", "page-canonicalised", Severity.WARNING, Scope.PAGE)
def page_canonicalised(page: PageFact) -> Hits:
    """A sitemap lists a page that names another address as its own.

    Criterion: a page with status 200 names an address by ``rel="canonical"``, in its head or in a ``Link``
        header, that is not its own, or several. A slash at the end is a difference; a fragment, a default
        port and the spelling of escapes are none. A page of HTML that names none is told as information.
        Known of pages that ``sitemap probe`` has asked.
    Why: A sitemap shall list canonical addresses; the one that is named is indexed instead.
    Mend: List the canonical address, or correct what the page says.
    Bad: ``/lamp?colour=red`` with ``<link rel="canonical" href="https://example.com/lamp">``
    Good: ``/lamp`` with ``<link rel="canonical" href="https://example.com/lamp">``
    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    """
    named = list(dict.fromkeys(href for href, _ in page.canonicals))
    if page.is_canonicalised and len(named) > 1:
        yield Hit(f"names several canonical addresses: {' and '.join(map(shown, named[:3]))}")
    elif page.is_canonicalised:
        href, by = page.canonicals[0]
        yield Hit(f"its {'head' if by == 'link' else 'Link header'} names {shown(href)} as canonical")
    elif page.is_good and page.is_html and not page.canonicals and page.soft_404 is None:
        yield Hit("names no canonical address", severity=Severity.INFO)


@rule("SM707", "page-soft-404", Severity.WARNING, Scope.PAGE)
def page_soft_404(page: PageFact) -> Hits:
    """A sitemap lists a page that says there is no such page, and calls that a success.

    Criterion: a page answers 200 and its title says that nothing was found, in one of many languages; or its
        text is the same, nine parts in ten, as what its host answers, with 200 as well, to an address that
        nobody can have made. Known of pages that ``sitemap probe`` has asked.
    Why: Search engines see through it, and count it as an error. The second kind may be a page whose text
        only a browser with JavaScript gets to see.
    Mend: Answer 404 or 410, and take the address out of the sitemap; send the text with the page.
    Bad: ``200 OK`` and ``<title>Page not found</title>``
    Good: ``404 Not Found`` and ``<title>Page not found</title>``, and no such address in the sitemap
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    """
    if page.is_good and page.soft_404 == "title":
        yield Hit(f"answers {page.status_code}, and its title is {shown(page.title or '')!r}")
    elif page.is_good and page.soft_404:
        yield Hit(f"answers {page.status_code}, and the same text as an address that does not exist")


@rule("SM710", "dirt-ratio", Severity.ERROR, Scope.SITE, needs=("probes",))
def dirt_ratio(site: SiteFact) -> Hits:
    """Too many of the listed pages are missing, broken, redirected or not to be indexed.

    Criterion: more than 1 % of the pages that were asked have one of the faults SM701, SM702, SM703, SM704;
        if only a sample was asked, it takes so many that with 95 % confidence it is more than 1 % of all.
    Why: A search engine that finds too much dirt in a sitemap no longer relies on it.
    Mend: List only pages that answer 200 and may be indexed; SM701 to SM704 tell which ones do not.
    Bad: 30 of 1,000 pages answer 404
    Good: 3 of 1,000 pages answer 404
    Source: own (1 % is what Duane Forrester of Bing named in an interview of 2011; no page of Bing says so)
    """
    probes = site.probes
    if probes is None or probes.dirt.rate <= TOLERATED:
        return
    dirt = probes.dirt
    if probes.whole or dirt.low > TOLERATED:
        sure = "" if probes.whole else f" (between {dirt.low:.1%} and {dirt.high:.1%} with 95 % confidence)"
        told = (
            f"{dirt.count:,} of {probes.asked:,} pages are missing, broken, redirected or not to be indexed"
        )
        yield Hit(f"{told}: {dirt.rate:.1%}{sure}")


def _bad_end(page: PageFact) -> str | None:
    """What is worse than a redirect."""
    code = page.status_code or 0
    if page.error == "redirect-loop":
        return "in a circle"
    if page.error is not None:
        return shown(page.error_message or page.error)
    if code != 200:
        return f"which answers {code}"
    if len(page.hops) > MOST_HOPS:
        return f"which is more than {MOST_HOPS} times"
    return "which is another site" if textual_host(page.final_url) != textual_host(page.loc) else None
