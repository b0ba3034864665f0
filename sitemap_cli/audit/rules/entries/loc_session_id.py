"""URLs with session ids or campaign parameters."""

import re

from msgspec.structs import replace

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# A quick test before the patterns: each name in a pattern contains one of the texts above the pattern.
SESSIONS = ("sid=", "nid=")
SESSION = re.compile(rf"[;?&](?:j?sessionid|phpsessid|sid)=(?=[^{SEPARATOR}])", re.IGNORECASE)
TRACKERS = ("utm_", "clid=", "lkid=")
TRACKER = re.compile(r"[?&](?:utm_[a-z]+|gclid|fbclid|msclkid|yclid)=")


@rule("SM307", Severity.WARNING, Scope.URL)
def loc_session_id(batch: Batch) -> Hits:
    """A URL contains a session id or a campaign parameter.

    Checks: The URL has a parameter ``jsessionid``, ``PHPSESSID``, ``sid`` or ``sessionid`` with a value, in
        upper or lower case. The campaign parameters ``utm_...``, ``gclid``, ``fbclid``, ``msclkid`` and
        ``yclid`` are reported with severity info.
    Why: Each visit creates a new URL for the same page, and crawlers fetch the page again for each URL.
    Fix:
        - session id: List the URL without the parameter, and keep sessions in cookies: crawlers that find
          the URL elsewhere see a duplicate for each visit.
        - campaign: List the URL without the parameter. Campaign parameters belong in ads and newsletters
          only.

    Message: the URL has a session id
    Bad::

        <url>
          <loc>https://example.com/lamp?PHPSESSID=1f2e3d</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
        </url>

    Systems:
        PHP: set ``session.use_only_cookies`` to 1 and ``session.use_trans_sid`` to 0.
    Source: https://www.sitemaps.org/faq.html
    See also: SM312 SM316
    """
    if "=" not in batch.locs.text:
        return
    text = batch.locs.text.lower()
    if any(each in text for each in SESSIONS):
        yield from batch.report_entries(
            batch.locs.search(SESSION), "the URL has a session id", fix="session id"
        )
    if any(each in text for each in TRACKERS):
        hits = batch.report_entries(
            batch.locs.search(TRACKER), "the URL has a campaign parameter", fix="campaign"
        )
        yield from (replace(hit, severity=Severity.INFO) for hit in hits)
