"""Entries that exceed the limits of the parser."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM214", Severity.WARNING, Scope.DOCUMENT)
def entry_too_large(sitemap: SitemapFact) -> Hits:
    """An entry is too large.

    Checks: A field or the extensions of one entry exceed the limits of the parser, which left out the rest.
    Why: An entry of this size is an error of the program that wrote it.
    Fix: Check the program that writes the file: no page has thousands of videos.
    Message: too many elements in one entry: 1 video:video were left out
    Bad: an entry with 20,000 ``image:image``
    Good: an entry with the 10 most important images
    Source: own (limits of this program, which are above those of all search engines)
    See also: SM501 SM517
    """
    return sitemap.report_problems("field-too-long", "too-many-extensions")
