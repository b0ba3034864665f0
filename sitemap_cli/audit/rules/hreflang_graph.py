"""Versions of pages in several languages that do not agree with one another."""

from collections.abc import Callable, Iterator

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import Links, SiteFact
from sitemap_cli.audit.hit import Hit, Hits, standing
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


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
    if not site.whole:
        return ()
    listed = site.one_way.listed

    def told(href: str) -> str:
        return (
            f"links to {shown(href)}, which {'does not link back' if href in listed else 'is in no sitemap'}"
        )

    return _hits(site.one_way, told)


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
    return _hits(site.split, lambda href: f"does not name the same versions as {shown(href)}")


def _hits(links: Links, told: Callable[[str], str]) -> Iterator[Hit]:
    """The links that are wrong, with what is to be told of where each leads."""
    for (loc, href, sitemap, line), count in standing(links.count, links.examples):
        yield Hit(told(href), loc, line, count=count, sitemap=sitemap)
