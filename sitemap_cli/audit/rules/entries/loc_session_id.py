"""URLs with session ids or campaign parameters."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# Every name of the patterns below has one of the texts above it: fewer texts to look for.
SESSIONS = ("sid=", "nid=")
SESSION = re.compile(rf"[;?&](?:j?sessionid|phpsessid|sid)=(?=[^{SEPARATOR}])", re.IGNORECASE)
TRACKERS = ("utm_", "clid=", "lkid=")
TRACKER = re.compile(r"[?&](?:utm_[a-z]+|gclid|fbclid|msclkid|yclid)=")


@rule("SM307", Severity.WARNING, Scope.URL)
def loc_session_id(batch: Batch) -> Hits:
    """An address carries the session of a visitor, or the mark of a campaign.

    Checks: a parameter ``jsessionid``, ``PHPSESSID``, ``sid`` or ``sessionid``, in upper or lower case,
        with a value. For information only: ``utm_...``, ``gclid``, ``fbclid``, ``msclkid``, ``yclid``.
    Why: The same page gets a new address with each visit, and is crawled anew each time.
    Fix: List the address without the parameter.
    Bad: ``<loc>https://example.com/a;jsessionid=1F2E3D</loc>``
    Good: ``<loc>https://example.com/a</loc>``
    Source: https://www.sitemaps.org/faq.html
    """
    if "=" not in batch.locs.text:
        return
    text = batch.locs.text.lower()
    if any(each in text for each in SESSIONS):
        yield from batch.report_entries(batch.locs.search(SESSION), "the address carries a session: {loc}")
    if any(each in text for each in TRACKERS):
        for index in batch.locs.search(TRACKER):
            loc = batch.locs.values[index]
            yield Hit(
                f"the address is marked for a campaign: {loc}", loc, severity=Severity.INFO, index=index
            )
