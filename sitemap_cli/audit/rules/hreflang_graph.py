"""Versions of pages in several languages that do not agree with one another."""

from collections.abc import Iterator

from sitemap_cli.audit.batch import shown
from sitemap_cli.audit.facts import Links, SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model import Severity


@rule("SM541", "hreflang-no-return", Severity.ERROR, Scope.SITE, needs=("one_way",))
def hreflang_no_return(site: SiteFact) -> Hits:
    """A page names a version in another language that does not name it back.

    Criterion: the entry of A has an ``xhtml:link`` with ``hreflang`` to B, and no entry of B in any sitemap
        of the job has one to A; also where no sitemap lists B at all. Not said of a job that did not read
        the whole site.
    Why: Search engines ignore a pair in which one side does not confirm the other.
    Mend: Give every version of the page an entry of its own with the same set of links, itself included.
    Bad: ``/en`` links to ``/de``, and ``/de`` links to itself only
    Good: ``/en`` and ``/de`` both link to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if site.whole:
        for hit, href in _hits(site.one_way):
            told = "does not link back" if href in site.one_way.listed else "is in no sitemap"
            yield Hit(
                f"links to {shown(href)}, which {told}",
                hit.loc,
                hit.line,
                count=hit.count,
                sitemap=hit.sitemap,
            )


@rule("SM547", "hreflang-cluster-split", Severity.WARNING, Scope.SITE, needs=("split",))
def hreflang_cluster_split(site: SiteFact) -> Hits:
    """Two versions of a page name different sets of versions.

    Criterion: the entry of A links to B by ``hreflang``, both are listed, and the sets of language and
        address that they name are not the same; each pair counts once.
    Why: Search engines have to guess which pages belong together.
    Mend: Write the same set of links into every entry of the cluster.
    Bad: ``/en`` names en, de and fr; ``/de`` names en and de
    Good: ``/en``, ``/de`` and ``/fr`` all name en, de and fr
    Source: own (Google demands that each version lists itself and all others)
    """
    for hit, href in _hits(site.split):
        yield Hit(
            f"does not name the same versions as {shown(href)}",
            hit.loc,
            hit.line,
            count=hit.count,
            sitemap=hit.sitemap,
        )


def _hits(links: Links) -> Iterator[tuple[Hit, str]]:
    """Places without messages, and where each links to; the first stands for those that are not told."""
    missing = links.count - len(links.examples)
    for number, (loc, href, sitemap, line) in enumerate(links.examples):
        yield Hit("", loc, line, count=1 if number else 1 + missing, sitemap=sitemap), href
