"""Pages that contradict the language versions in the sitemap."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM709", Severity.WARNING, Scope.PAGE, needs_complete=True)
def page_hreflang_mismatch(page: PageFact) -> Hits:
    """A page and the sitemap name different versions in other languages.

    Checks: A page with status 200 names versions by ``rel="alternate" hreflang``, in its head or in a
        ``Link`` header, the sitemap names some by ``xhtml:link``, and they are not the same. One of the two
        is enough, so it is no fault if the other names none. Known of pages that ``sitemap probe`` has asked.
    Why: Where the two contradict each other, nobody can tell which versions are meant.
    Fix: Keep to one of the two ways, or make both from the same source.
    Bad: the sitemap names ``de`` and ``fr``, the page ``de`` only
    Good: both name ``de`` and ``fr`` with the same addresses
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if fault := page.hreflang_difference:
        yield Hit(format_value(fault))
