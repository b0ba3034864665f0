"""Language versions with inconsistent links."""

from collections.abc import Callable, Iterator

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, HreflangLink
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM541", Severity.ERROR, Scope.SITE, needs=("one_way_links",))
def hreflang_no_return(site: SiteFact) -> Hits:
    """A page links to a language version that does not link back.

    Checks: The entry of A has an ``xhtml:link`` with ``hreflang`` to B, but no entry of B in any sitemap of
        the job links to A. This includes pages B that no sitemap lists. The rule does not run for jobs that
        did not read the whole site.
    Why: Search engines ignore a pair of versions if one side does not confirm the other.
    Fix: Give every version of the page its own entry with the same set of links, including a link to itself.
    Bad: ``/en`` links to ``/de``, and ``/de`` links only to itself
    Good: ``/en`` and ``/de`` both link to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if not site.is_complete:
        return ()

    def describe(link: HreflangLink) -> str:
        what = "does not link back" if link.is_listed else "is in no sitemap"
        return f"links to {format_value(link.href)}, which {what}"

    return _report_links(site.one_way_links, describe)


@rule("SM547", Severity.WARNING, Scope.SITE, needs=("split_clusters",))
def hreflang_cluster_split(site: SiteFact) -> Hits:
    """Two language versions of a page list different sets of versions.

    Checks: The entry of A links to B by ``hreflang``, both are listed, and their sets of languages and URLs
        differ. Each pair counts once.
    Why: Search engines must guess which pages belong together.
    Fix: Write the same set of links into every entry of the cluster.
    Bad: ``/en`` lists en, de and fr; ``/de`` lists en and de
    Good: ``/en``, ``/de`` and ``/fr`` all list en, de and fr
    Source: own (Google requires that each version lists itself and all others)
    """
    return _report_links(
        site.split_clusters, lambda link: f"does not list the same versions as {format_value(link.href)}"
    )


def _report_links(links: HreflangFaults, describe: Callable[[HreflangLink], str]) -> Iterator[Hit]:
    """Yield a hit for each faulty link; ``describe`` returns its message."""
    for link, count in distribute_count(links.count, links.examples):
        message = describe(link)
        yield Hit(message, link.loc, link.line, count=count, sitemap=link.sitemap, value=link.href)
