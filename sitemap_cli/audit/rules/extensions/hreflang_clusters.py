"""Language versions with inconsistent links."""

from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, LinkTarget
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host


class Wording(NamedTuple):
    """What is reported of links: the severity, the message for a URL, and the cause for a host."""

    severity: Severity | None
    message: str
    cause: str


TARGETS = {
    LinkTarget.LINKED: Wording(
        None, "links to {}, which does not link back", "links to pages of {} that do not link back"
    ),
    LinkTarget.PLAIN: Wording(
        Severity.WARNING,
        "links to {}, which no sitemap gives versions: its return link could not be confirmed",
        "links to pages of {} without versions in a sitemap: return links could not be confirmed",
    ),
    LinkTarget.UNLISTED: Wording(
        Severity.WARNING,
        "links to {}, which is in no sitemap: its return link could not be confirmed",
        "links to pages of {} that are in no sitemap: return links could not be confirmed",
    ),
    LinkTarget.FOREIGN: Wording(
        Severity.INFO,
        "links to {} on another host: its return link was not confirmed",
        "links to pages of {}, another host: return links were not confirmed",
    ),
}
SPLIT = Wording(
    None, "does not list the same versions as {}", "does not list the same versions as pages of {}"
)


@rule("SM541", Severity.ERROR, Scope.SITE, needs=("one_way_links",))
def hreflang_no_return(site: SiteFact) -> Hits:
    """A page links to a language version that does not link back.

    Checks: The entry of A has an ``xhtml:link`` with ``hreflang`` to B, but no entry of B in any sitemap of
        the job links to A. It is an error if B lists other versions; a warning if B has no versions in a
        sitemap, or is in none: its links may be in its HTML; an info if B is on another host, whose sitemaps
        were not read. A link whose slash at the end is wrong is one fault, and if it is to the page itself,
        SM540 reports it. The rule does not run for jobs that did not read the whole site.
    Why: Search engines ignore a pair of versions if one side does not confirm the other. Sitemaps, HTML and
        HTTP headers are equivalent for that, and versions can be on several domains.
    Fix: Give every version of the page its own entry with the same set of links, including a link to itself.
    Message: links to https://example.com/de, which does not link back
    Bad: ``/en`` links to ``/de``, and ``/de`` links only to itself
    Good: ``/en`` and ``/de`` both link to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if not site.is_complete:
        return
    for group, links in site.one_way_links.items():
        yield from _report_links(links, TARGETS[group.target])


@rule("SM547", Severity.WARNING, Scope.SITE, needs=("split_clusters",))
def hreflang_cluster_split(site: SiteFact) -> Hits:
    """Two language versions of a page list different sets of versions.

    Checks: The entry of A links to B by ``hreflang``, both are listed, and their sets of languages and URLs
        differ. Each pair counts once.
    Why: Search engines must guess which pages belong together.
    Fix: Write the same set of links into every entry of the cluster.
    Message: does not list the same versions as https://example.com/en
    Bad: ``/en`` lists en, de and fr; ``/de`` lists en and de
    Good: ``/en``, ``/de`` and ``/fr`` all list en, de and fr
    Source: own (Google requires that each version lists itself and all others)
    """
    return _report_links(site.split_clusters, SPLIT)


def _report_links(links: HreflangFaults, wording: Wording) -> Iterator[Hit]:
    """Yield a hit for each faulty link."""
    for link, count in distribute_count(links.count, links.examples):
        yield Hit(
            wording.message.format(format_value(link.href)),
            link.loc,
            link.line,
            count=count,
            severity=wording.severity,
            sitemap=link.sitemap,
            value=link.href,
            cause=wording.cause.format(format_value(textual_host(link.href))),
        )
