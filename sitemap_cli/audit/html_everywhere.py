"""Recognizes servers that send a page for every URL, as single-page applications do."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.model.results import SourceResult

HTML = "html-instead"
NAME = "/sitemap.xml"


def list_html_responses(site: SiteFact) -> list[SourceResult]:
    """Return the usual URLs of sitemaps that responded with a page, where no sitemap was found."""
    if any(each.is_readable for each in site.sitemaps):
        return []
    return [each for each in site.sources if each.source == "known-path" and each.answer == HTML]


def find_html_sitemap(site: SiteFact) -> str | None:
    """Return the URL of the usual sitemap if it responded with a page, and nothing else reports that."""
    known = {each.url for each in site.sitemaps}
    responses = (each.url for each in list_html_responses(site) if each.url not in known)
    return next((url for url in responses if url.endswith(NAME)), None)


def list_html_robots(site: SiteFact) -> list[str]:
    """Return the URLs of the robots.txt files at the roots of hosts that are pages."""
    return [
        robots.url
        for robots in site.robots
        if robots.is_at_root and any(each.code == "robots-html" for each in robots.problems)
    ]
