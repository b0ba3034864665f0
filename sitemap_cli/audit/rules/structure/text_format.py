"""Lines of text sitemaps that are not exactly one URL."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM212", Severity.ERROR, Scope.DOCUMENT)
def text_format(sitemap: SitemapFact) -> Hits:
    """A line of a text sitemap is not exactly one URL.

    Checks: A line is not an absolute http or https URL, or contains other text, such as a comment.
    Why: The format allows only URLs, one per line.
    Fix: Write one URL on each line, with blanks in it as ``%20``, and nothing else.
    Message: the line contains a blank: 'https://example.com/b 2026-01-01'
    Bad::

        # all lamps
        https://example.com/lamps 2026-11-01
        example.com/lamps/desk

    Good::

        https://example.com/lamps
        https://example.com/lamps/desk

    Source: https://www.sitemaps.org/protocol.html#otherformats
    See also: SM205 SM302 SM304
    """
    return sitemap.report_problems("text-line", "text-comment")
