"""Values of hreflang that are not valid language codes."""

import re
from functools import lru_cache

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.language_codes import COUNTRIES, LANGUAGES, SCRIPTS
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

CODE = re.compile(r"([a-z]{2})(?:-([a-z]{4}))?(?:-([a-z]{2}))?", re.IGNORECASE)


@rule("SM542", Severity.ERROR, Scope.URL)
def hreflang_code(batch: Batch) -> Hits:
    """A language is not told as it has to be.

    Checks: ``hreflang`` is neither ``x-default`` nor a language of ISO 639-1, with a script of ISO 15924
        or a country of ISO 3166-1 behind it if at all. ``UK``, ``EU`` and a country alone are none.
    Why: Search engines ignore the link.
    Fix: Write ``en-GB`` rather than ``en-UK``, ``sv`` rather than ``se``.
    Bad: ``hreflang="en-UK"``
    Good: ``hreflang="en-GB"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in list_versions(batch):
        yield from (
            Hit(f"not a language, or not a country: {format_value(code)}", index=index)
            for code, _ in versions
            if not _is_hreflang(code)
        )


@lru_cache(maxsize=10_000)
def _is_hreflang(code: str) -> bool:
    if code.lower() == X_DEFAULT:
        return True
    found = CODE.fullmatch(code)
    if found is None or found[1].lower() not in LANGUAGES:
        return False
    script, country = found[2], found[3]
    good = script is None or script.title() in SCRIPTS
    return good and (country is None or country.upper() in COUNTRIES)
