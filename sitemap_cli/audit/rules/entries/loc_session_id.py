"""URLs with session ids or campaign parameters."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits
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
    Fix: List the URL without the parameter.
    Message: the URL has a session id
    Bad: ``<loc>https://example.com/a;jsessionid=1F2E3D</loc>``
    Good: ``<loc>https://example.com/a</loc>``
    Systems:
        Magento before 2.4: switch off Stores > Configuration > General > Web > Session Validation
            Settings > Use SID on Storefront.
    Source: https://www.sitemaps.org/faq.html
    See also: SM312 SM316
    """
    if "=" not in batch.locs.text:
        return
    text = batch.locs.text.lower()
    if any(each in text for each in SESSIONS):
        yield from batch.report_entries(batch.locs.search(SESSION), "the URL has a session id")
    if any(each in text for each in TRACKERS):
        for index in batch.locs.search(TRACKER):
            loc = batch.locs.values[index]
            yield Hit("the URL has a campaign parameter", loc, severity=Severity.INFO, index=index, value=loc)
