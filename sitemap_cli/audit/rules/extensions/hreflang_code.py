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
    """A value of ``hreflang`` is not a valid language code.

    Checks: ``hreflang`` is neither ``x-default`` nor an ISO 639-1 language, optionally followed by an ISO
        15924 script or an ISO 3166-1 country. ``UK``, ``EU`` and a country alone are not valid.
    Why: Search engines ignore the link.
    Fix: Use valid codes: ``en-GB`` instead of ``en-UK``, ``sv`` instead of ``se``.
    Bad: ``hreflang="en-UK"``
    Good: ``hreflang="en-GB"``
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    for index, versions in list_versions(batch):
        yield from (
            Hit(f"invalid language or country code: {format_value(code)}", index=index, value=code)
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
