"""Characters that XML requires to be escaped, and those that were escaped twice."""

import re
from collections.abc import Iterator
from typing import Any

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_text
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ESCAPED_TWICE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
# The fields of extensions that are URLs; texts may well be escaped twice, as HTML in XML is.
URL_FIELDS = {
    "images": {"loc": "image:loc"},
    "videos": {name: f"video:{name}" for name in ("content_loc", "player_loc", "thumbnail_loc")},
    "alternates": {"href": "the href of an xhtml:link"},
}


def _check_entries(batch: Batch) -> Iterator[Hit]:
    """Yield a hit for each URL that was escaped twice: that of an entry, or one in its extensions."""
    text = batch.locs.text
    if "&" in text and ";" in text:
        for index in batch.locs.search(ESCAPED_TWICE):
            yield _build_hit(index, "", batch.locs.values[index])
    if ESCAPED_TWICE.search(batch.extensions.text) is None:
        return
    for key, names in URL_FIELDS.items():
        for index, value in batch.iter_extension_objects(key):
            for name, shown in names.items():
                if name in value and ESCAPED_TWICE.search(url := read_text(value[name])):
                    yield _build_hit(index, f" in {shown}", url)


def _build_hit(index: int, where: str, url: str) -> Hit:
    found: Any = ESCAPED_TWICE.search(url)
    message = f"{found[0]}{where} is escaped twice: {format_value(url)}"
    return Hit(
        message,
        severity=Severity.WARNING,
        index=index,
        value=url,
        cause=f"{found[0]}{where}",
        fix="escaped twice",
    )


@rule("SM210", Severity.ERROR, Scope.DOCUMENT, check_entries=_check_entries)
def unescaped_data(sitemap: SitemapFact) -> Hits:
    """A special character is not escaped, or is escaped twice.

    Checks: A ``&`` does not begin a reference, a ``<`` does not begin a tag, or a reference is to an entity
        that XML does not define, such as ``&nbsp;``, or to half a character, as in ``&#55357;&#56832;``. A
        URL of a page, image, video or language version that was escaped twice (``&amp;amp;``) is a warning.
    Why: Strict parsers stop at a character that is not escaped. A URL that was escaped twice is another URL:
        its parameters are named ``amp;b`` instead of ``b``.
    Fix: Write ``&amp;`` for ``&`` and ``&lt;`` for ``<``, or use an XML library that escapes them.

        - HTML entity: Write the character itself, or its number: XML knows only ``&amp;``, ``&lt;``,
          ``&gt;``, ``&quot;`` and ``&apos;``.
        - escaped twice: Escape URLs once. Give the template or the library the plain URL, not one that
          the CMS has escaped already.

    Message: unescaped `&`, write `&amp;`; a strict parser reads 0 of 1 URL
    Bad::

        <url>
          <loc>https://example.com/?colour=red&size=m</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/?colour=red&amp;size=m</loc>
        </url>

    Systems:
        Next.js: ``app/sitemap.ts`` writes URLs as they are
            (https://github.com/vercel/next.js/issues/77340): escape ``&`` yourself.
        PHP: ``htmlspecialchars($url, ENT_XML1)``, once; data that a CMS has escaped must not be
            escaped again.
    Source: https://www.sitemaps.org/protocol.html#escaping
    See also: SM201 SM304
    """
    yield from sitemap.report_problems("unescaped-data")
    yield from sitemap.report_problems("undefined-entity", "surrogate-pair", fix="HTML entity")
