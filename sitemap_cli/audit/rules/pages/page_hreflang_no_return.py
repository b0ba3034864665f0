"""Links between language versions in the pages of a local build that are not returned."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM754", Severity.ERROR, Scope.PAGE, by_section=True, needs=("build",))
def page_hreflang_no_return(page: PageFact) -> Hits:
    """A page of a local build names a language version that does not link back.

    Checks: A local build is checked with ``--probe``. A page names a version by ``rel="alternate"
        hreflang`` in its head, and the file of the version does not name the page, or does not exist.
        Versions on other hosts or outside of the base path, ``x-default``, and pages with another
        canonical URL are not judged. Links in sitemaps are left to SM541.
    Why: Search engines ignore hreflang links that are not returned.
    Fix: Generate the links of all versions from one list, and build all versions of it.
    Message: hreflang de: https://example.com/de/ names no versions
    Bad: ``en/index.html`` names the German version, but ``de/index.html`` names none::

        <link rel="alternate" hreflang="en" href="https://example.com/en/">
        <link rel="alternate" hreflang="de" href="https://example.com/de/">

    Good: both files have the same links::

        <link rel="alternate" hreflang="en" href="https://example.com/en/">
        <link rel="alternate" hreflang="de" href="https://example.com/de/">

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM541 SM547
    """
    is_judged = page.build is not None and page.is_good and not page.is_canonicalised
    for lost in page.build.lost_returns if page.build is not None and is_judged else ():
        place = lost.place
        message = f"hreflang {format_value(lost.language)}: {format_value(lost.href)} {lost.message}"
        yield Hit(message, file=place.file, line=place.line, column=place.column, value=lost.language)
