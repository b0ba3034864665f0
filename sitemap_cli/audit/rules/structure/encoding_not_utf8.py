"""Documents that are not encoded in UTF-8."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ENCODINGS = ("bad-encoding", "encoding-not-utf8", "encoding-mismatch")


@rule("SM202", Severity.ERROR, Scope.DOCUMENT)
def encoding_not_utf8(sitemap: SitemapFact) -> Hits:
    """A sitemap is not encoded in UTF-8.

    Checks: The document has or declares another encoding, or contains bytes that are not valid UTF-8. ASCII
        is valid UTF-8. UTF-16 and the encodings of https://encoding.spec.whatwg.org/ such as GBK, Shift_JIS,
        Big5, EUC-KR, KOI8-R, ISO-8859-1 and Windows-1251 are read nevertheless; others are read as UTF-8.
    Why: The protocol requires UTF-8. A crawler that reads the file as UTF-8 gets other URLs.
    Fix: Write the file in UTF-8, and declare UTF-8 or no encoding.
    Message: the document declares the encoding 'iso-8859-1' but is in UTF-8
    Bad::

        <?xml version="1.0" encoding="ISO-8859-1"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Good::

        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Source: https://www.sitemaps.org/protocol.html#escaping
    See also: SM201 SM203 SM305
    """
    found = list(sitemap.report_problems(*ENCODINGS))
    return found or sitemap.report_failure("bad-encoding")
