"""Pages whose language versions do not include the page itself."""

from collections.abc import Sequence

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.hreflang_versions import list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent, textual_origin


@rule("SM540", Severity.ERROR, Scope.URL)
def hreflang_no_self(batch: Batch) -> Hits:
    """A page lists its language versions but not itself.

    Checks: An entry has ``xhtml:link`` elements with ``hreflang``, but no ``href`` is its ``loc``
        in any spelling. If one differs by the slash at its end, by its scheme or by ``www.``, the message
        names it, and links of other pages to it are the same finding.
    Why: Google requires that every version lists itself and all others.
    Fix: Add a link with the page's own language and URL.
    Message: the hreflang versions do not include the page itself
    Bad::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Good::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Systems:
        Next.js: ``alternates.languages`` in ``app/sitemap.ts`` must name the URL of the entry
            itself, too.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM541 SM543 SM547
    """
    for index, versions in list_versions(batch):
        loc = batch.locs.values[index]
        if not any(href == loc for _, href in versions) and not any(
            are_equivalent(_complete(href, loc), loc) for _, href in versions
        ):
            yield _describe(loc, [href for _, href in versions], index)


def _describe(loc: str, hrefs: Sequence[str], index: int) -> Hit:
    """Return the hit for a page; the message names the URL that is meant for it, if there is one."""
    href = next((each for each in hrefs if _strip(each) == _strip(loc)), None)
    if href is None:
        return Hit("the hreflang versions do not include the page itself", index=index)
    found = textual_origin(href), textual_origin(loc)
    way = "another slash at the end" if found[0] == found[1] else "another scheme or www"
    message = f"the hreflang versions name the page with {way}: {format_value(href)}"
    return Hit(message, index=index, value=href, cause=f"the hreflang versions name the page with {way}")


def _complete(href: str, loc: str) -> str:
    """Return the URL that a relative one stands for, which SM544 reports."""
    if href.startswith("//"):
        return f"{loc.partition(':')[0]}:{href}"
    return f"{textual_origin(loc)}{href.lstrip('/')}" if href.startswith("/") else href


def _strip(url: str) -> str:
    """Return a URL without scheme, ``www.`` and slashes at its end."""
    return url.rpartition("://")[2].removeprefix("www.").rstrip("/")
