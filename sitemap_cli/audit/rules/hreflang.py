"""Links to versions of a page in other languages, each entry by itself."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sitemap_cli.audit.entry_batch import Batch, shown
from sitemap_cli.audit.extension_values import is_address
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.language_codes import COUNTRIES, LANGUAGES, SCRIPTS
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

CODE = re.compile(r"([a-z]{2})(?:-([a-z]{4}))?(?:-([a-z]{2}))?", re.IGNORECASE)
DEFAULT = "x-default"


@rule("SM540", "hreflang-no-self", Severity.ERROR, Scope.URL)
def hreflang_no_self(batch: Batch) -> Hits:
    """A page names versions in other languages, and not itself.

    Criterion: an entry has ``xhtml:link`` elements with ``hreflang``, and none whose ``href`` is its ``loc``.
    Why: Google wants every version to list itself and all others.
    Mend: Add a link for the page's own language, with its own address.
    Bad: ``/en`` has a link to ``/de`` only
    Good: ``/en`` has links to ``/en`` and ``/de``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in _versions(batch):
        loc = batch.locs.values[index]
        if all(href != loc for _, href in versions):
            yield Hit("the versions do not include the page itself", index=index)


@rule("SM542", "hreflang-code", Severity.ERROR, Scope.URL)
def hreflang_code(batch: Batch) -> Hits:
    """A language is not told as it has to be.

    Criterion: ``hreflang`` is neither ``x-default`` nor a language of ISO 639-1, with a script of ISO 15924
        or a country of ISO 3166-1 behind it if at all. ``UK``, ``EU`` and a country alone are none.
    Why: Search engines ignore the link.
    Mend: Write ``en-GB`` rather than ``en-UK``, ``sv`` rather than ``se``.
    Bad: ``hreflang="en-UK"``
    Good: ``hreflang="en-GB"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in _versions(batch):
        yield from (
            Hit(f"not a language, or not a country: {shown(code)}", index=index)
            for code, _ in versions
            if not _is_code(code)
        )


@rule("SM543", "hreflang-dup", Severity.ERROR, Scope.URL)
def hreflang_dup(batch: Batch) -> Hits:
    """A page names two versions in the same language.

    Criterion: two links of an entry have the same ``hreflang`` and different addresses; a warning where two
        languages have the same address, ``x-default`` apart.
    Why: Search engines ignore both.
    Mend: Name one address for each language.
    Bad: ``hreflang="de"`` for ``/de`` and for ``/de-at``
    Good: ``hreflang="de"`` for ``/de``, ``hreflang="de-AT"`` for ``/de-at``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in _versions(batch):
        by_code = dict[str, str]()
        by_href = dict[str, str]()
        for code, href in versions:
            key = code.lower()
            if by_code.setdefault(key, href) != href:
                yield Hit(f"two versions for {shown(code)}", index=index)
            elif key != DEFAULT and by_href.setdefault(href, key) != key:
                message = f"{shown(by_href[href])} and {shown(code)} are the same page"
                yield Hit(message, severity=Severity.WARNING, index=index)


@rule("SM544", "hreflang-relative", Severity.ERROR, Scope.URL)
def hreflang_relative(batch: Batch) -> Hits:
    """The address of a version is not absolute.

    Criterion: the ``href`` of a link with ``hreflang`` is no absolute http or https address.
    Why: Google wants the whole address.
    Mend: Write it with scheme and host.
    Bad: ``href="/de/"``
    Good: ``href="https://example.com/de/"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in _versions(batch):
        yield from (
            Hit(f"not absolute: {shown(href)}", index=index) for _, href in versions if not is_address(href)
        )


@rule("SM545", "extension-namespace", Severity.ERROR, Scope.DOCUMENT)
def extension_namespace(sitemap: SitemapFact) -> Hits:
    """The namespace of an extension is wrong.

    Criterion: ``xhtml`` is bound to something else than ``http://www.w3.org/1999/xhtml``, or ``image``,
        ``video`` or ``news`` to something else than Google's namespace of that name.
    Why: To an XML parser the elements are others; search engines do not see them.
    Mend: Copy the namespace from the documentation, with http and without a slash at the end.
    Bad: ``xmlns:xhtml="https://www.w3.org/1999/xhtml"``
    Good: ``xmlns:xhtml="http://www.w3.org/1999/xhtml"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    return sitemap.told("extension-namespace")


@rule("SM546", "hreflang-no-xdefault", Severity.INFO, Scope.URL)
def hreflang_no_xdefault(batch: Batch) -> Hits:
    """No version is named for readers of other languages.

    Criterion: an entry names two versions or more, and none of them is ``x-default``.
    Why: Whoever speaks none of the languages is shown any of them.
    Mend: Add ``hreflang="x-default"`` with the page to choose a language, or the most common one.
    Bad: ``en`` and ``de``
    Good: ``en``, ``de`` and ``x-default``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    lacking = [
        index
        for index, versions in _versions(batch)
        if len(versions) > 1 and all(code.lower() != DEFAULT for code, _ in versions)
    ]
    if lacking:
        yield Hit("no x-default among the versions", index=lacking[0], count=len(lacking))


def _versions(batch: Batch) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """The languages and addresses of every entry that has versions; those for devices are none."""
    links: list[Any]
    for index, links in batch.extended("alternates"):
        versions = [(each["hreflang"], each.get("href", "")) for each in links if "hreflang" in each]
        if versions:
            yield index, versions


@lru_cache(maxsize=10_000)
def _is_code(code: str) -> bool:
    if code.lower() == DEFAULT:
        return True
    found = CODE.fullmatch(code)
    if found is None or found[1].lower() not in LANGUAGES:
        return False
    script, country = found[2], found[3]
    good = script is None or script.title() in SCRIPTS
    return good and (country is None or country.upper() in COUNTRIES)
