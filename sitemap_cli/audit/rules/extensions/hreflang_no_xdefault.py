"""Language versions without an x-default."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM546", Severity.INFO, Scope.URL)
def hreflang_no_xdefault(batch: Batch) -> Hits:
    """No version is named for readers of other languages.

    Checks: an entry names two versions or more, and none of them is ``x-default``.
    Why: Whoever speaks none of the languages is shown any of them.
    Fix: Add ``hreflang="x-default"`` with the page to choose a language, or the most common one.
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
        yield Hit("no x-default among the versions", index=lacking[0], count=len(lacking))
