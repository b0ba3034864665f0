"""Language versions without one for all other users."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import islice

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

Versions = Sequence[tuple[str, str]]

MAX_REPORTED = 100
MAX_NAMED = 5
"""Sets of regions to report for a batch, and regions to name in a message."""


@rule("SM546", Severity.INFO, Scope.URL)
def hreflang_no_xdefault(batch: Batch) -> Hits:
    """A page has no ``x-default`` version.

    Checks: An entry lists at least two language versions, but no ``x-default``. SM548 reports entries that
        have several regions of a language and no version for the others.
    Why: Search engines show users of other languages an arbitrary version.
    Fix: Add ``hreflang="x-default"`` with the language selection page or the most common version.
    Message: no x-default among the hreflang versions
    Bad::

        <xhtml:link rel="alternate" hreflang="en"
                    href="https://example.com/en"/>
        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>

    Good::

        <xhtml:link rel="alternate" hreflang="en"
                    href="https://example.com/en"/>
        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>
        <xhtml:link rel="alternate" hreflang="x-default"
                    href="https://example.com/"/>

    Systems:
        Next.js: ``alternates.languages`` may have the key ``x-default``.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM541 SM548
    """
    lacking = [
        index
        for index, versions in list_versions(batch)
        if len(versions) > 1 and not _has_default(versions) and _find_regions(versions) is None
    ]
    if lacking:
        message = "no x-default among the hreflang versions"
        yield Hit(message, index=lacking[0], count=len(lacking), places=lambda: lacking)


@rule("SM548", Severity.INFO, Scope.URL)
def hreflang_no_catch_all(batch: Batch) -> Hits:
    """A page has versions for regions of a language, and none for its other users.

    Checks: An entry lists versions for two or more regions of one language, but neither a version for the
        language alone nor an ``x-default``.
    Why: Google recommends a version for users of the language in all other countries.
    Fix: Add ``hreflang="en"`` beside ``en-IE`` and ``en-AU``, with the URL of the most common version, or
        ``hreflang="x-default"``.
    Message: no version for the other users of `en`: there are only en-AU, en-IE
    Bad::

        <xhtml:link rel="alternate" hreflang="en-IE"
                    href="https://example.com/ie"/>
        <xhtml:link rel="alternate" hreflang="en-AU"
                    href="https://example.com/au"/>

    Good::

        <xhtml:link rel="alternate" hreflang="en-IE"
                    href="https://example.com/ie"/>
        <xhtml:link rel="alternate" hreflang="en-AU"
                    href="https://example.com/au"/>
        <xhtml:link rel="alternate" hreflang="en"
                    href="https://example.com/ie"/>

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM542 SM546
    """
    lacking = defaultdict[str, list[int]](list)
    for index, versions in list_versions(batch):
        if not _has_default(versions) and (regions := _find_regions(versions)) is not None:
            lacking[regions].append(index)
    for regions, places in islice(lacking.items(), MAX_REPORTED):
        language = regions.partition("-")[0]
        message = f"no version for the other users of `{language}`: there are only {regions}"
        every = partial(iter, places)
        yield Hit(message, index=places[0], count=len(places), cause=regions, places=every)


def _has_default(versions: Versions) -> bool:
    return any(code.lower() == X_DEFAULT for code, _ in versions)


def _find_regions(versions: Versions) -> str | None:
    """Return the regions of a language that has no version of its own; None if there is no such language."""
    regions = defaultdict[str, list[str]](list)
    for code, _ in versions:
        language, *rest = code.lower().split("-")
        regions[language].append(code if any(len(part) == 2 for part in rest) else "")
    lacking = (codes for codes in regions.values() if len(codes) > 1 and "" not in codes)
    found = next(lacking, None)
    return None if found is None else ", ".join(sorted(found)[:MAX_NAMED])
