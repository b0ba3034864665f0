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
    Fix: Find the code that prints too early, for example a template that begins with a line break, or a
        PHP warning.

        - byte order mark: Save the template, and write the file, as UTF-8 without a byte order mark.

    Message: content before the document was skipped; a strict parser reads 0 of 1 URL
    Bad::

        Warning: Undefined variable $x in functions.php on line 7
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Good::

        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Systems:
        WordPress: look for blank lines before ``<?php`` and after ``?>`` in ``wp-config.php``,
            the theme's ``functions.php`` and plugins; set ``WP_DEBUG_DISPLAY`` to false.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM201 SM202 SM606
    """
    yield from sitemap.report_problems("bom", severity=Severity.INFO, fix="byte order mark")
    found = list(sitemap.report_problems("leading-whitespace", "junk-before"))
    yield from found or sitemap.report_failure("junk-before", severity=Severity.ERROR)
