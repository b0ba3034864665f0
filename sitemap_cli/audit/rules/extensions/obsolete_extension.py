"""Extensions that search engines no longer read."""

from functools import partial

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MESSAGES = {
    "mobile": "mobile:mobile is not needed: Google detects mobile pages without it",
    "pagemap": "PageMap data is only used by Google's Programmable Search",
}
CASES = {"mobile": "mobile", "pagemap": "PageMap"}


@rule("SM550", Severity.INFO, Scope.URL)
def obsolete_extension(batch: Batch) -> Hits:
    """Entries have an obsolete extension.

    Checks: Entries have ``mobile:mobile`` or ``pagemap:PageMap``.
    Why: Google detects mobile pages without it, and only Google's Programmable Search reads PageMaps.
    Fix:
        - mobile: Remove ``mobile:mobile``, unless you need it for Baidu.
        - PageMap: Remove the PageMap, unless you have a Programmable Search of your own. It does no harm.

    Message: mobile:mobile is not needed: Google detects mobile pages without it
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <mobile:mobile/>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
        </url>

    Systems:
        Magento: writes a PageMap for each product with an image; nothing has to be done.
    Source: https://support.google.com/webmasters/answer/34648 https://developers.google.com/custom-search/docs/structured_data
    See also: SM503 SM521
    """
    for key, message in MESSAGES.items():
        places = [index for index, _ in batch.iter_extensions(key)]
        if places:
            every = partial(iter, places)
            yield Hit(message, index=places[0], count=len(places), cause=key, places=every, fix=CASES[key])
