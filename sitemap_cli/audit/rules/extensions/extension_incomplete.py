"""Elements of extensions that say nothing."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM551", Severity.ERROR, Scope.DOCUMENT)
def extension_incomplete(sitemap: SitemapFact) -> Hits:
    """An image, language version, video or article is incomplete and was left out.

    Checks: An image has no ``image:loc``, a link to another version has no ``href`` or none of ``hreflang``,
        ``media`` and ``type``, a link with ``hreflang`` has no ``rel``, or a video or an article is empty.
    Why: Search engines ignore the element, and may ignore all language versions of the page.
    Fix:
        - language version: Write ``rel="alternate"``, ``hreflang`` and ``href`` into each ``xhtml:link``,
          or remove the element.
        - image: Write the URL of the image into ``image:loc``, or remove ``image:image``.
        - empty: Remove the empty element, or write its required fields.

    Message: xhtml:link has no rel; its href is 'https://example.com/de'; it was left out
    Bad::

        <xhtml:link rel="alternate" hreflang="de"/>

    Good::

        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM502 SM510 SM532 SM544
    """
    yield from sitemap.report_problems("alternate-incomplete", fix="language version")
    yield from sitemap.report_problems("image-without-loc", fix="image")
    yield from sitemap.report_problems("extension-empty", fix="empty")
