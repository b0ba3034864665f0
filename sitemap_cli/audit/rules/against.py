"""What a site lists and another list of its pages does not, and the reverse; see ``check --against``."""

from collections.abc import Callable, Iterator

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import Against, Difference, SiteFact
from sitemap_cli.audit.hit import Hit, Hits, standing
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM711", "not-in-list", Severity.INFO, Scope.SITE, needs=("against",))
def not_in_list(site: SiteFact) -> Hits:
    """The sitemaps and a list of the site's pages do not name the same addresses.

    Criterion: with ``--against FILE``, a file of addresses such as a crawler or an access log gives: an
        address is in the file and in no sitemap, or in a sitemap and not in the file.
    Why: A page that is listed and linked nowhere is an orphan; one that is linked and not listed is found
        late.
    Mend: List the pages that are missing; link to the orphans, or drop them.
    Bad: the crawler found ``/new`` and no sitemap lists it
    Good: the crawler found what the sitemaps list
    Source: own (crawls and sitemaps are how search engines find pages; both should tell the same)
    """
    if (against := _against(site, a_list=True)) is None:
        return
    name = shown(against.name)
    yield from _hits(against.missing, lambda loc: f"{loc} is in {name} and in no sitemap")
    yield from _hits(against.more, lambda loc: f"{loc} is in a sitemap and not in {name}")


@rule("SM806", "build-drops-url", Severity.WARNING, Scope.SITE, needs=("against",))
def build_drops_url(site: SiteFact) -> Hits:
    """Production lists an address that the build no longer has.

    Criterion: with ``--against TARGET``, an address stands in a sitemap of the target and in none of what
        is checked. Never said when what is checked was not read whole.
    Why: Whoever follows an old link or a search result will meet an error.
    Mend: Redirect the old address to where its content went, or restore the page.
    Bad: production lists ``/about-us``, the build only ``/about``, and there is no redirect
    Good: production and build list ``/about``
    Source: https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes
    """
    if (against := _against(site, a_list=False)) is not None:
        name = shown(against.name)
        yield from _hits(against.missing, lambda loc: f"{name} lists {loc}, this does not: does it redirect?")


@rule("SM807", "build-adds-url", Severity.INFO, Scope.SITE, needs=("against",))
def build_adds_url(site: SiteFact) -> Hits:
    """The build lists an address that production does not.

    Criterion: with ``--against TARGET``, an address stands in a sitemap of what is checked and in none of
        the target. Never said when one of the two was not read whole.
    Why: A release that adds a thousand pages by accident shows here.
    Mend: Nothing if they are meant to be new.
    Bad: the build lists ``/draft/42``
    Good: the build lists what production does, and the page that was written yesterday
    Source: own (the reverse of SM806)
    """
    against = _against(site, a_list=False)
    if against is not None and against.whole:
        name = shown(against.name)
        yield from _hits(against.more, lambda loc: f"{loc} is not in {name}")


def _against(site: SiteFact, *, a_list: bool) -> Against | None:
    against = site.against
    return against if against is not None and site.whole and site.other_is_list is a_list else None


def _hits(difference: Difference, told: Callable[[str], str]) -> Iterator[Hit]:
    for loc, count in standing(difference.count, difference.examples):
        yield Hit(told(shown(loc)), loc=loc, count=count)
