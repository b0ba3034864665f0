"""Language versions without an x-default."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM546", Severity.INFO, Scope.URL)
def hreflang_no_xdefault(batch: Batch) -> Hits:
    """A page has no ``x-default`` version.

    Checks: An entry lists at least two language versions, but no ``x-default``.
    Why: Search engines show users of other languages an arbitrary version.
    Fix: Add ``hreflang="x-default"`` with the language selection page or the most common version.
    Bad: ``en`` and ``de``
    Good: ``en``, ``de`` and ``x-default``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    lacking = [
        index
        for index, versions in list_versions(batch)
        if len(versions) > 1 and all(code.lower() != X_DEFAULT for code, _ in versions)
    ]
    if lacking:
        message = "the language versions have no x-default"
        yield Hit(message, index=lacking[0], count=len(lacking), places=lambda: lacking)
