"""Elements that the protocol does not define."""

import re

import msgspec

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# The parser names the element that is meant; the database keeps only the message.
CASE = re.compile(r"element names are case-sensitive: .* must be '(?:loc|url|sitemap|urlset|sitemapindex)'")


@rule("SM206", Severity.WARNING, Scope.DOCUMENT)
def unknown_tag(sitemap: SitemapFact) -> Hits:
    """A sitemap has an element that the protocol does not define.

    Checks: An element in the namespace of the protocol is unknown, is written in the wrong case, or is in a
        place where it is not allowed. Each name is reported once. A ``loc``, ``url`` or ``sitemap`` in the
        wrong case is an error.
    Why: A crawler that looks for the defined name does not find it: without ``loc``, the whole entry is lost.
    Fix: Correct the name. XML names are case-sensitive.
    Message: element names are case-sensitive: 'lastMod' must be 'lastmod'
    Bad::

        <url>
          <loc>https://example.com/lamps</loc>
          <lastMod>2026-11-01</lastMod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamps</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Source: https://www.sitemaps.org/protocol.html#xmlTagDefinitions
    See also: SM204 SM207 SM213 SM301
    """
    for hit in sitemap.report_problems("unknown-tag", "tag-case", "stray-tag", "foreign-entry"):
        loses_urls = CASE.search(hit.message) is not None
        yield msgspec.structs.replace(hit, severity=Severity.ERROR) if loses_urls else hit
