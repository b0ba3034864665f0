"""One sentence about a server that sends HTML pages where sitemaps and robots.txt are looked for."""

from collections.abc import Sequence

from sitemap_cli.crawl.page_hints import PageHint, PageKind, choose_kind
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.values import DiscoveredBy

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


def explain_html(outcomes: Sequence[UrlOutcome]) -> str | None:
    """Return why no sitemap was found at a server that sends pages instead; None if it does not.

    Args:
        outcomes: those of robots.txt files, wrong guesses and pages; no sitemap was promised.
    """
    guesses = [each for each in outcomes if each.source is DiscoveredBy.KNOWN_PATH]
    pages = [each for each in guesses if each.reason == HTML]
    robots = [each for each in outcomes if each.source is DiscoveredBy.ROBOTS and each.page is not None]
    if not pages and not robots:
        return None
    hints = [each.page for each in (*pages, *robots) if each.page is not None]
    kind = choose_kind(hints) if hints else PageKind.SHELL
    names = ["/robots.txt"] * bool(robots) + ["/sitemap*.xml"] * bool(pages)
    remedy = REMEDIES[kind].format(files=" and ".join(names))
    subjects = ["/robots.txt"] * bool(robots) + [_count(len(pages), len(guesses))] * bool(pages)
    is_one = len(subjects) == 1 and len(pages) <= 1
    verb = _choose_verb(hints, is_one=is_one)
    rest = (
        "" if pages or not guesses else f", and none of the {len(guesses):,} usual sitemap URLs has a sitemap"
    )
    if not pages and kind in (PageKind.SHELL, PageKind.PAGE, PageKind.MISSING):
        remedy = "Publish a sitemap, and robots.txt as plain text that lists it."
    return f"{BEGINNING}{' and '.join(subjects)} {verb.format(kind.what)}{rest}. {remedy}"


def _count(pages: int, guesses: int) -> str:
    if pages == guesses == 1:
        return "the usual sitemap URL"
    return (
        f"all {pages:,} usual sitemap URLs"
        if pages == guesses
        else f"{pages:,} of {guesses:,} usual sitemap URLs"
    )


def _choose_verb(hints: Sequence[PageHint], *, is_one: bool) -> str:
    if hints and all(each.is_redirected for each in hints):
        return "redirects to {}" if is_one else "redirect to {}"
    return "returns {} with status 200" if is_one else "return {} with status 200"
