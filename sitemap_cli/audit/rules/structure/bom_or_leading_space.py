"""Characters before the XML declaration."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM203", Severity.WARNING, Scope.DOCUMENT)
def bom_or_leading_space(sitemap: SitemapFact) -> Hits:
    """Text precedes the document.

    Checks: Spaces, line breaks or other text precede ``<?xml`` or the root element. A byte order mark is
        reported with severity info. Text without a sitemap after it is an error.
    Why: XML allows nothing before its declaration. Strict parsers reject the whole file.
    Fix: Find the code that prints too early, for example a template that begins with a line break, or a PHP
        warning.
    Message: the XML declaration must come first, but other content is before it
    Bad: an empty line before ``<?xml version="1.0"?>``
    Good: ``<?xml version="1.0"?>`` as the first characters of the file
    Source: https://support.google.com/webmasters/answer/7451001
    """
    yield from sitemap.report_problems("bom", severity=Severity.INFO)
    found = list(sitemap.report_problems("leading-whitespace", "junk-before"))
    yield from found or sitemap.report_failure("junk-before", severity=Severity.ERROR)
