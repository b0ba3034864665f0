"""Documents of which a strict parser reads only a part."""

from collections.abc import Iterator

from msgspec.structs import replace

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

LIMITS = ("too-many-urls", "too-large")
"""Reasons that SM106, SM107 and SM401 report."""


@rule(
    "SM216",
    Severity.WARNING,
    Scope.DOCUMENT,
    covered_by=(
        *("SM201", "SM202", "SM203", "SM204", "SM206", "SM207", "SM209", "SM210", "SM212", "SM213"),
        *("SM302", "SM304"),
    ),
)
def strict_parser(sitemap: SitemapFact) -> Iterator[Hit]:
    """A strict parser reads only a part of a sitemap.

    Checks: How many of the URLs or sitemaps in a document a parser would read that repairs nothing. It stops
        at the first violation of the XML syntax. It knows namespaces, and takes only elements with the exact
        names and places of the protocol; of feeds, the link of each item. It takes only absolute URLs, and
        reads a text sitemap as UTF-8, one URL per line. The numbers are in the message of the rule that
        reports the reason, so that one fault is one finding. This rule reports them only where no other rule
        reports the reason, or where that rule is ignored, not selected or less severe. The limits of 50,000
        URLs and 50 MiB apply, too, but SM106, SM107 and SM401 report them. ``sitemap parse``,
        ``sitemap tree`` and ``analyze --format json`` have the numbers of each sitemap.
    Why: This program repairs as much as it can, and lists more URLs than search engines may see. Google
        names invalid XML and incorrect namespaces among the errors of a sitemap, Yandex unknown and missing
        tags. Neither documents what it still reads of such a file, so the number is a lower limit.
    Fix: Correct the place in the message, and check again: a strict parser sees nothing of what follows.
    Message: a strict parser reads 0 of 1 URL: the item is not where a feed has its entries
    Bad::

        <rss version="2.0"><channel><items>
          <item><link>https://example.com/a</link></item>
        </items></channel></rss>

    Good::

        <rss version="2.0"><channel>
          <item><link>https://example.com/a</link></item>
        </channel></rss>

    Source: own (a lower limit: no search engine documents how it reads a broken sitemap; for the errors see
        https://support.google.com/webmasters/answer/7451001 and
        https://yandex.com/support/webmaster/en/error-dictionary/sitemap ; for the parser
        https://www.w3.org/TR/xml/#sec-conformance and https://www.w3.org/TR/xml-names/#Conformance )
    See also: SM106 SM107
    """
    strict = sitemap.strict
    if strict is not None and strict.code not in LIMITS:
        message = strict.describe(sitemap.noun, names_line=False)
        place = next(sitemap.report_problems(strict.code), None)
        hit = place or Hit("", line=strict.line, column=strict.column, position=0)
        yield replace(hit, message=message, count=1, severity=None, fix=None, limits_strict=True)
