"""Pages whose language versions do not include the page itself."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.hreflang_versions import list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM540", Severity.ERROR, Scope.URL)
def hreflang_no_self(batch: Batch) -> Hits:
    """A page names versions in other languages, and not itself.

    Checks: an entry has ``xhtml:link`` elements with ``hreflang``, and none whose ``href`` is its ``loc``.
    Why: Google wants every version to list itself and all others.
    Fix: Add a link for the page's own language, with its own address.
    Bad: ``/en`` has a link to ``/de`` only
    Good: ``/en`` has links to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in list_versions(batch):
        loc = batch.locs.values[index]
        if all(href != loc for _, href in versions):
            yield Hit("the versions do not include the page itself", index=index)
