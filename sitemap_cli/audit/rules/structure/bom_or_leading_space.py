"""Characters before the XML declaration."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM203", Severity.WARNING, Scope.DOCUMENT)
def bom_or_leading_space(sitemap: SitemapFact) -> Hits:
    """Something stands before the document.

    Checks: blanks, lines or other text before ``<?xml`` or the root element; for information only where
        it is a byte order mark, an error where no sitemap follows.
    Why: XML allows nothing before its declaration; strict parsers refuse the whole file.
    Fix: Look for what prints too early: a template that begins with a line break, a warning of PHP.
    Bad: an empty line before ``<?xml version="1.0"?>``
    Good: ``<?xml version="1.0"?>`` as the first characters of the file
    Source: https://support.google.com/webmasters/answer/7451001
    """
    yield from sitemap.report_problems("bom", severity=Severity.INFO)
    found = list(sitemap.report_problems("leading-whitespace", "junk-before"))
    yield from found or sitemap.report_failure("junk-before", severity=Severity.ERROR)
