"""Pages that contradict the language versions in the sitemap."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ONLY_DEFAULT = ("only the sitemap lists x-default", "only the page lists x-default")


@rule("SM709", Severity.WARNING, Scope.PAGE)
def page_hreflang_mismatch(page: PageFact) -> Hits:
    """A page and the sitemap list different language versions.

    Checks: A page with status 200 lists versions by ``rel="alternate" hreflang``, in its head or in a
        ``Link`` header, the sitemap lists versions by ``xhtml:link``, and the two sets differ. It is not
        a defect if only one of the two lists versions, and an info if only one lists ``x-default``, which
        is optional. The rule checks pages that ``sitemap probe`` has requested.
    Why: Search engines cannot tell which of the contradicting versions is correct.
    Fix: Use only one of the two ways, or generate both from the same source.
    Message: only the sitemap lists de
    Bad: the sitemap lists ``de`` and ``fr``, the page only::

        <link rel="alternate" hreflang="de" href="https://example.com/de">

    Good::

        <link rel="alternate" hreflang="de" href="https://example.com/de">
        <link rel="alternate" hreflang="fr" href="https://example.com/fr">

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM540
    """
    if fault := page.hreflang_difference:
        only_default = fault in ONLY_DEFAULT
        yield Hit(format_value(fault), severity=Severity.INFO if only_default else None)
