"""URLs with unencoded characters outside ASCII."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


@rule("SM305", Severity.WARNING, Scope.URL, engines={Engine.YANDEX: Severity.INFO}, by_section=True)
def loc_not_encoded(batch: Batch) -> Hits:
    """A URL has characters outside ASCII that are not encoded.

    Checks: ``loc`` contains a character outside ASCII: in the path it is not percent-encoded, or in the host
        it is not in Punycode.
    Why: The protocol requires URLs that are encoded as the web server expects them; its FAQ allows RFC 3987,
        too, which has letters of all scripts. Which encoding of the letters is meant is left to crawlers.
    Fix: Percent-encode path and query as UTF-8, and write the host in Punycode.
    Message: the URL is not percent-encoded
    Bad::

        <url>
          <loc>https://example.com/größe</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/gr%C3%B6%C3%9Fe</loc>
        </url>

    Source: https://www.sitemaps.org/protocol.html#escaping https://www.sitemaps.org/faq.html
        https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    See also: SM304 SM312
    """
    if batch.locs.text.isascii():
        return ()
    odd = (at for at, loc in enumerate(batch.locs.values) if not loc.isascii())
    return batch.report_entries(odd, "the URL is not percent-encoded")
