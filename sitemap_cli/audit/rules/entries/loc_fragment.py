"""URLs with a fragment."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM306", Severity.WARNING, Scope.URL, by_section=True)
def loc_fragment(batch: Batch) -> Hits:
    """A URL has a fragment.

    Checks: ``loc`` contains ``#``.
    Why: Crawlers remove the fragment, so several entries become one page.
    Fix: List the page once, without the ``#`` and the text after it.
    Message: the URL has a fragment
    Bad::

        <url>
          <loc>https://example.com/guide#prices</loc>
        </url>
        <url>
          <loc>https://example.com/guide#contact</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/guide</loc>
        </url>

    Source: https://developers.google.com/search/docs/crawling-indexing/url-structure
    See also: SM311 SM312
    """
    return batch.report_entries(batch.locs.search_text("#"), "the URL has a fragment")
