"""Indexes that list a sitemap on another host."""

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Child, Severity
from sitemap_cli.urls import canonical_url, textual_host, textual_origin


@rule("SM406", Severity.ERROR, Scope.SITE)
def index_foreign_child(site: SiteFact) -> Hits:
    """An index lists a sitemap on another host.

    Checks: Host and port of the child differ from those of the index, and the robots.txt of that host lists
        neither the child nor the index. It is an error if that file lists other sitemaps only, and a warning
        (not proven) if it lists none, could not be read or was not requested.
    Why: By the protocol, an index lists only sitemaps of its own site, unless the robots.txt of the other
        host proves that it may. Google also accepts it if both hosts are verified in Search Console.
    Fix: List the sitemap in the robots.txt of its own host, or move it.
    Message: the sitemap is on another host, cdn.example.net: its robots.txt lists no sitemap
    Bad: ``https://example.com/index.xml`` lists a sitemap of another host::

        <sitemap>
          <loc>https://cdn.example.net/pages.xml</loc>
        </sitemap>

    Good: ``https://cdn.example.net/robots.txt`` proves that this is permitted::

        Sitemap: https://cdn.example.net/pages.xml

    Systems:
        WordPress multisite: each site has its own sitemap; let the robots.txt of each host list
            that one.
    Source: https://www.sitemaps.org/protocol.html#index
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    See also: SM308 SM407 SM412
    """
    for index in site.indexes:
        for child in index.listed:
            root = textual_origin(child.loc)
            if textual_host(root) != textual_host(index.origin) and not _is_in_robots(
                site, index, child, root
            ):
                proof, host = site.explain_missing_proof(root), textual_host(root)
                message = f"the sitemap is on another host, {format_value(host)}: {proof.reason}"
                yield Hit(
                    message,
                    loc=child.loc,
                    line=child.line,
                    severity=proof.severity,
                    sitemap=index.url,
                    cause=host,
                )


def _is_in_robots(site: SiteFact, index: SitemapFact, child: Child, root: str) -> bool:
    return canonical_url(child.loc) in site.sitemaps_in_robots.get(root, ()) or site.can_list(index, root)
