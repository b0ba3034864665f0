"""One sentence about a server that sends HTML pages where sitemaps and robots.txt are looked for."""

from collections.abc import Sequence

from sitemap_cli.crawl.page_hints import PageHint, PageKind, choose_kind
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.values import DiscoveredBy
from sitemap_cli.urls import path_and_query, textual_origin

HTML = "html-instead"
BEGINNING = "No sitemap found: "

# The cause of each kind of page, and what to do.
REMEDIES = {
    PageKind.LOGIN: "The site requires a login; let crawlers fetch {files} without one.",
    PageKind.CONSENT: "Visitors without a cookie get a consent page; exclude {files} from it.",
    PageKind.PARKED: "The domain is parked or for sale; point its DNS records to your server.",
    PageKind.MAINTENANCE: "The site is under maintenance; respond with status 503 meanwhile.",
    PageKind.MISSING: (
        "Your server sends its error page with status 200 (a soft 404); respond with status 404, and publish"
        " a sitemap."
    ),
    PageKind.SHELL: (
        "Your server probably answers every path with the app's index.html; exclude {files} from that"
        " fallback."
    ),
    PageKind.PAGE: (
        "Your server probably answers unknown paths with a page instead of status 404 (a soft 404);"
        " respond with status 404, and publish a sitemap."
    ),
}
VAGUE = (PageKind.SHELL, PageKind.PAGE, PageKind.MISSING)
# Where a redirect leads to such a page.
MOVED = (
    "Your server redirects paths that it does not know (a soft 404); respond with status 404, and exclude"
    " {files} from the redirect."
)
# Where other URLs respond as they should.
ALONE = "Serve the sitemap there, and respond with status 404 where a file does not exist."
NO_LINE = "Publish a sitemap, and robots.txt as plain text that lists it."


def explain_html(sitemaps: Sequence[UrlOutcome], others: Sequence[UrlOutcome]) -> str | None:
    """Return why nothing was found at a server that sends pages instead of sitemaps; None if it does not.

    Args:
        sitemaps: the outcomes of the sitemaps that something promised.
        others: those of robots.txt files, wrong guesses and pages.
    """
    others = _select_first_site(others)
    listed = [each for each in sitemaps if each.reason == HTML and each.page is not None]
    guesses = [each for each in others if each.source is DiscoveredBy.KNOWN_PATH]
    pages = [each for each in guesses if each.reason == HTML]
    robots = [each for each in others if each.source is DiscoveredBy.ROBOTS and each.page is not None]
    hints = [each.page for each in (*listed, *pages, *robots) if each.page is not None]
    if not hints or len(listed) < len(sitemaps):
        return None
    kind, has_sitemaps = choose_kind(hints), bool(listed or pages)
    subjects = ["/robots.txt"] if robots else []
    subjects += [_name_listed(listed)] if listed else []
    subjects += [_count(len(pages), len(guesses))] if pages else []
    verb = _choose_verb(hints, is_one=len(subjects) == 1 and len(listed) + len(pages) <= 1)
    files = " and ".join(["/robots.txt"] * bool(robots) + ["/sitemap*.xml"] * has_sitemaps)
    is_moved = all(each.is_redirected for each in hints)
    rest, remedy = "", (MOVED if is_moved and kind in VAGUE else REMEDIES[kind]).format(files=files)
    if not has_sitemaps and guesses:
        rest = f", and none of the {len(guesses):,} usual sitemap URLs has a sitemap"
    if not pages and kind in VAGUE:
        remedy = ALONE if has_sitemaps else NO_LINE
    return f"{BEGINNING}{' and '.join(subjects)} {verb.format(kind.what)}{rest}. {remedy}"


def _select_first_site(outcomes: Sequence[UrlOutcome]) -> Sequence[UrlOutcome]:
    """Return the outcomes of the site that was searched first: a redirect can lead to others."""
    guesses = (each for each in outcomes if each.source is DiscoveredBy.KNOWN_PATH)
    first = next((textual_origin(each.url) for each in guesses), None)
    return [each for each in outcomes if first is None or textual_origin(each.url) == first]


def _name_listed(listed: Sequence[UrlOutcome]) -> str:
    first = min(each.url for each in listed)
    return path_and_query(first) if len(listed) == 1 else f"all {len(listed):,} listed sitemaps"


def _count(pages: int, guesses: int) -> str:
    if pages == guesses == 1:
        return "the usual sitemap URL"
    return f"{f'all {pages:,}' if pages == guesses else f'{pages:,} of {guesses:,}'} usual sitemap URLs"


def _choose_verb(hints: Sequence[PageHint], *, is_one: bool) -> str:
    if all(each.is_redirected for each in hints):
        return "redirects to {}" if is_one else "redirect to {}"
    return "returns {} with status 200" if is_one else "return {} with status 200"
