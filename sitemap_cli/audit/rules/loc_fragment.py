"""Addresses with a fragment."""

from sitemap_cli.audit.batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model import Severity


@rule("SM306", "loc-fragment", Severity.WARNING, Scope.URL)
def loc_fragment(batch: Batch) -> Hits:
    """An address has a fragment, which no crawler sends.

    Criterion: ``loc`` contains ``#``.
    Why: A crawler leaves the fragment away, so several entries become one page.
    Mend: List the page once, without what begins at the ``#``.
    Bad: ``<loc>https://example.com/guide#prices</loc>``
    Good: ``<loc>https://example.com/guide</loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/url-structure
    """
    return batch.hits(batch.locs.containing("#"), "the address has a fragment: {loc}")
