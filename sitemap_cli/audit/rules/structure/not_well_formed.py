"""XML that is not well-formed."""

from collections.abc import Iterator

from msgspec.structs import replace

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

BROKEN = (
    *("not-well-formed", "truncated", "xml-too-deep", "token-too-long", "too-many-names"),
    *("too-many-repairs", "too-many-roots", "bad-attribute", "control-character", "half-entry"),
    *("merge-conflict", "mismatched-tag", "misplaced-markup", "second-root", "stray-end-tag"),
    *("unbound-prefix", "unclosed-tag", "junk-after-end", "comment-with-markup", "root-missing"),
    *("head-missing", "xml-declaration"),
)

CASES = {"truncated": "cut off", "merge-conflict": "merge conflict"}
"""How problems are fixed, where an XML library is not the answer."""

FIRST_FAULT = "not-well-formed"
"""What the XML parser reports where it stops; what is wrong there may be a problem of its own."""


@rule("SM201", Severity.ERROR, Scope.DOCUMENT, covered_by=("SM108", "SM210"))
def not_well_formed(sitemap: SitemapFact) -> Hits:
    """A sitemap is not well-formed XML.

    Checks: The document violates the XML syntax: tags that do not match or do not end, attributes without
        quotes, control characters, a second root, a truncated document. The finding has line and column, and
        everything that could be parsed is recorded.
    Why: An XML parser has to stop at such an error, so a crawler with a strict parser loses everything after
        it.
    Fix: Write sitemaps with an XML library instead of string concatenation. ``xmllint --noout`` shows the
        same position.

        - cut off: Write the file under another name, and rename it when it is complete. Raise the time
          limit of the program that writes it.
        - merge conflict: Remove the lines of the conflict (``<<<<<<<``), and publish the file again.

    Message: mismatched tag; an end tag does not match the element opened last; a strict parser reads 0 of 2
        URLs
    Bad::

        <url>
          <loc>https://example.com/
        </url>

    Good::

        <url>
          <loc>https://example.com/</loc>
        </url>

    Source: https://www.w3.org/TR/xml/ https://support.google.com/webmasters/answer/7451001
    See also: SM203 SM205 SM213
    """
    found = [hit for code in BROKEN for hit in _report_kind(sitemap, code)]
    first = next((each for each in found if each.cause == FIRST_FAULT), None)
    found = [each for each in found if not _is_same_fault(each, first)]
    return found or sitemap.report_failure(*BROKEN, fix=CASES.get(sitemap.error or ""))


def _is_same_fault(hit: Hit, first: Hit | None) -> bool:
    """Return whether a problem is what stops a strict parser, which is reported with its numbers."""
    if first is None or hit is first or hit.count > 1 or hit.column is None:
        return False
    return (hit.line, hit.column) == (first.line, first.column)


def _report_kind(sitemap: SitemapFact, code: str) -> Iterator[Hit]:
    """Yield the problems with one code, which is their cause; the first fault of a document has no other.

    The fault that stops a strict parser is a cause of its own, so that it is named with its numbers.
    """
    for hit in sitemap.report_problems(code, fix=CASES.get(code)):
        has_cause = code != FIRST_FAULT or hit.limits_strict
        yield replace(hit, cause=code if has_cause else None)
