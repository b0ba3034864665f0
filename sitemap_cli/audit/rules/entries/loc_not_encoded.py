"""URLs with unencoded characters beyond ASCII."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


@rule("SM305", Severity.WARNING, Scope.URL, engines={Engine.YANDEX: Severity.INFO})
def loc_not_encoded(batch: Batch) -> Hits:
    """An address has characters beyond ASCII that are not encoded.

    Checks: ``loc`` holds a character beyond ASCII: in the path not percent-encoded, in the host not in
        Punycode.
    Why: The protocol wants addresses encoded as a web server expects them; crawlers guess differently.
    Fix: Percent-encode the UTF-8 bytes of path and query, and write the host in Punycode.
    Bad: ``<loc>https://example.com/größe</loc>``
    Good: ``<loc>https://example.com/gr%C3%B6%C3%9Fe</loc>``
    Source: https://www.sitemaps.org/protocol.html#escaping https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    """
    if batch.locs.text.isascii():
        return ()
    odd = (at for at, loc in enumerate(batch.locs.values) if not loc.isascii())
    return batch.report_entries(odd, "not percent-encoded: {loc}")
