"""Extensions that search engines no longer read."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM550", Severity.INFO, Scope.URL)
def obsolete_extension(batch: Batch) -> Hits:
    """Entries have an extension that search engines no longer read.

    Checks: ``mobile:mobile`` or ``pagemap:PageMap``.
    Why: Pages for phones are recognized by themselves, and PageMaps are for Programmable Search alone.
    Fix: Leave them away, unless it is for Baidu or for a Programmable Search of your own.
    Bad: ``<mobile:mobile/>``
    Good: an entry without it
    Source: https://support.google.com/webmasters/answer/34648 https://developers.google.com/custom-search/docs/structured_data
    """
    for key in ("mobile", "pagemap"):
        places = [index for index, _ in batch.iter_extensions(key)]
        if places:
            yield Hit(f"{key}: hardly anybody reads it", index=places[0], count=len(places))
