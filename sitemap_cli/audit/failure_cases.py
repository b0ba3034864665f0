"""The cases in which a sitemap cannot be read, each of which is fixed in another way."""

from sitemap_cli.audit.facts import SitemapFact

BLOCKED = (401, 402, 403, 407, 429, 430, 451, 999)
MISSING = (404, 410)


def is_blocked(sitemap: SitemapFact) -> bool:
    """Return whether a server or a bot wall refused a sitemap, which browsers may get nevertheless."""
    return sitemap.status_code in BLOCKED or sitemap.error in ("challenge", "rate-limited")


def name_failure(sitemap: SitemapFact) -> str | None:
    """Return the case of a sitemap that did not come with status 200; None if it has no name."""
    if sitemap.status_code in MISSING:
        return "missing"
    if is_blocked(sitemap):
        return "refused"
    is_failing = sitemap.error == "unavailable" or (sitemap.status_code or 0) >= 500
    return "server error" if is_failing else None
