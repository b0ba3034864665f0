"""Language versions that do not agree with each other."""

from collections.abc import Callable, Iterator

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import HreflangFaults
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM541", Severity.ERROR, Scope.SITE, needs=("one_way_links",))
def hreflang_no_return(site: SiteFact) -> Hits:
    """A page names a version in another language that does not name it back.

    Checks: the entry of A has an ``xhtml:link`` with ``hreflang`` to B, and no entry of B in any sitemap
        of the job has one to A; also where no sitemap lists B at all. Not said of a job that did not read
        the whole site.
    Why: Search engines ignore a pair in which one side does not confirm the other.
    Fix: Give every version of the page an entry of its own with the same set of links, itself included.
    Bad: ``/en`` links to ``/de``, and ``/de`` links to itself only
    Good: ``/en`` and ``/de`` both link to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if not site.is_complete:
        return ()
    listed = site.one_way_links.listed

    def describe(href: str) -> str:
        what = "does not link back" if href in listed else "is in no sitemap"
        return f"links to {format_value(href)}, which {what}"

    return _report_links(site.one_way_links, describe)


@rule("SM547", Severity.WARNING, Scope.SITE, needs=("split_clusters",))
def hreflang_cluster_split(site: SiteFact) -> Hits:
    """Two versions of a page name different sets of versions.

    Checks: the entry of A links to B by ``hreflang``, both are listed, and the sets of language and
        address that they name are not the same; each pair counts once.
    Why: Search engines have to guess which pages belong together.
    Fix: Write the same set of links into every entry of the cluster.
    Bad: ``/en`` names en, de and fr; ``/de`` names en and de
    Good: ``/en``, ``/de`` and ``/fr`` all name en, de and fr
    Source: own (Google demands that each version lists itself and all others)
    """
    return _report_links(
        site.split_clusters, lambda href: f"does not name the same versions as {format_value(href)}"
    )


def _report_links(links: HreflangFaults, describe: Callable[[str], str]) -> Iterator[Hit]:
    """Yield a hit for each faulty link; ``describe`` makes the message of the URL that it leads to."""
    for link, count in distribute_count(links.count, links.examples):
        yield Hit(describe(link.href), link.loc, link.line, count=count, sitemap=link.sitemap)
