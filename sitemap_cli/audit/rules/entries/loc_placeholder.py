"""URLs with placeholders of a template, or with values that a program failed to fill in."""

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ENDING = re.compile(r"\.(?:html?|php|aspx)\Z")
INVALID_DATE = "Invalid Date"
WORDS = frozenset({"undefined", "null", "NaN", "None", "(null)"})
# Single characters are quick to find in a text; each has a pattern for the URLs that may be faulty. A pattern
# that begins with fixed characters takes a tenth of the time.
_AFTER_WORD = rf"(?:\.[a-z]{{3,5}})?(?=[/?#&{SEPARATOR}])"
_WORD = {word: re.compile(rf"{re.escape(word)}(?<=[/=]{re.escape(word)}){_AFTER_WORD}") for word in WORDS}
SCREENS = {
    "N": re.compile(rf"N(?<=[/=]N)(?:aN|one){_AFTER_WORD}"),
    "(": _WORD["(null)"],
    "{": re.compile("{"),
    "<": re.compile("<"),
    "[": re.compile(r"\[(?:object|(?<=[/=]\[)[A-Za-z_.\[])"),
    "%": re.compile(
        "%(?:7[Bb]|3[Cc]|5[Bb](?:object|(?<=[/=]%5[Bb])[A-Za-z_.%])|20Date(?<=[/=]Invalid%20Date))"
    ),
}
COLON = re.compile("/:[A-Za-z_]")
PLACEHOLDER = re.compile(
    # {id}, {{ slug }}, ${id}, but not {0A1B2C3D-...}, an identifier in the URLs of SharePoint
    r"\$?\{\{?\{?\s*(?![0-9A-Fa-f]{8}-)[A-Za-z_$@.][^{}]*\}\}?\}?"
    r"|\{%[^{}]*%\}|<%[^<>]*%>"  # {% url %}, <%= id %>
    r"|\[object[ +][A-Z][A-Za-z]*\]"
)
WHOLE_PLACEHOLDER = re.compile(
    r"\[\[?(?:\.\.\.)?[A-Za-z_]\w*\]?\]"  # [slug], [...path], [[...path]]
    r"|:[A-Za-z_]\w*|<[A-Za-z_]\w*(?::\w+)?>"  # :id, <id>, <int:id>
)
# A page about such a value, as in the manual of a programming language.
MANUAL = re.compile(
    r"/(?:docs?|documentation|reference|manual|api|javascript|typescript|js|sql|wiki|glossary|dictionary)[/.-]",
    re.IGNORECASE,
)


@rule("SM315", Severity.ERROR, Scope.URL)
def loc_placeholder(batch: Batch) -> Hits:
    """A URL contains a placeholder that was not replaced, or a value that is missing.

    Checks: A path segment or the value of a parameter contains a placeholder of a template (``{id}``,
        ``{{ slug }}``, ``${id}``) or ``[object Object]``, or is one that has other marks (``[slug]``,
        ``[...path]``, ``:id``, ``<int:id>``), percent-encoded or not. The values ``undefined``, ``null``,
        ``None`` and ``NaN``, in exactly this case, are a warning, and in the manual of a programming language
        (``/docs/``, ``/javascript/``) an info. Words that contain them, such as ``null-hypothesis``, are not
        reported.
    Why: The program that writes the sitemap had no value. The URL is the same for all such pages, and usually
        responds with 404 or with an empty page.
    Fix:
        - placeholder: Replace the placeholder by the value of each page. If the route has no pages,
          exclude it from the sitemap.
        - missing value: Find the records without a slug or an id. Give them one, or leave them out of the
          sitemap.

    Message: `{id}` was not replaced by a value
    Bad::

        <url>
          <loc>https://example.com/blog/[slug]</loc>
        </url>
        <url>
          <loc>https://example.com/lamps/undefined</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/blog/how-to-hang-a-lamp</loc>
        </url>
        <url>
          <loc>https://example.com/lamps/desk</loc>
        </url>

    Systems:
        Next.js: a list of ``app/**/page.tsx`` files contains ``[slug]``: list the pages of dynamic routes
            from the data that ``generateStaticParams`` uses.
        Astro: ``@astrojs/sitemap`` lists the pages of ``getStaticPaths()``; in SSR mode, add those of
            dynamic routes by ``customPages``.
    Source: own (such a URL is that of no page)
    See also: SM301 SM304 SM316
    """
    text = batch.locs.text
    patterns = [_WORD["undefined"]] * ("undefined" in text) + [_WORD["null"]]
    patterns += [pattern for sign, pattern in SCREENS.items() if sign in text]
    patterns += [COLON] if batch.colons_in_paths else []
    for index in sorted(set(chain.from_iterable(map(batch.locs.search, patterns)))):
        yield from _report_first(batch.locs.values[index], index)


def _report_first(loc: str, index: int) -> Iterator[Hit]:
    """Yield a hit for the first part of a URL that is a placeholder, or else a missing value."""
    path, _, query = loc.partition("://")[2].partition("#")[0].partition("?")
    values = [each.partition("=")[2] for each in query.split("&")]
    parts = [unquote(each) for each in (*path.split("/")[1:], *values)]
    found = next((name for each in parts if (name := _find_placeholder(each))), None)
    if found is not None:
        message = f"`{format_value(found)}` was not replaced by a value"
        cause = format_value(found)
        yield Hit(message, loc, index=index, value=loc, cause=cause, fix="placeholder")
    elif (word := next(filter(None, map(_find_word, parts)), None)) is not None:
        severity = Severity.INFO if MANUAL.search(loc) else Severity.WARNING
        message = f"`{word}` instead of a value"
        fix = "missing value"
        yield Hit(message, loc, severity=severity, index=index, value=loc, cause=word, fix=fix)


def _find_word(part: str) -> str | None:
    """Return the word that a part consists of, but for an ending such as ``.html``."""
    word = ENDING.sub("", part)
    return word if word in WORDS or word == INVALID_DATE else None


def _find_placeholder(part: str) -> str | None:
    found = PLACEHOLDER.search(part) or WHOLE_PLACEHOLDER.fullmatch(part)
    return found[0] if found else None
