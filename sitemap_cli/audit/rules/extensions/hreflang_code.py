"""Values of hreflang that are not valid language codes."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.language_suggestions import CodeFault, explain_hreflang
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM542", Severity.ERROR, Scope.URL)
def hreflang_code(batch: Batch) -> Hits:
    """A value of ``hreflang`` is not a valid language code.

    Checks: ``hreflang`` is neither ``x-default`` nor an ISO 639-1 language, optionally followed by an ISO
        15924 script or an ISO 3166-1 country. ``UK``, ``EU``, a UN M.49 region (``es-419``) and a country
        alone are not valid. A warning: a valid code of a rare language or country that usually stands for
        another one (``se`` is Northern Sami, ``kr`` is Kanuri, ``LA`` is Laos), unless the other versions of
        the page make it plausible, and a language that has only a three-letter code.
    Why: Search engines ignore the link. Google documents ISO 639-1 only; which code is meant is our own
        judgement.
    Fix: Use the code that the message suggests. A code is a language, or a language and a country, with a
        hyphen between them.

        - no two letters: Keep the code if other search engines matter, and see that ``x-default`` is a page
          for these people as well.

    Message: `en-UK`: `UK` is not a country code of ISO 3166-1; use `en-GB`
    Bad::

        <xhtml:link rel="alternate" hreflang="en-UK"
                    href="https://example.com/uk"/>
        <xhtml:link rel="alternate" hreflang="de_AT"
                    href="https://example.com/at"/>

    Good::

        <xhtml:link rel="alternate" hreflang="en-GB"
                    href="https://example.com/uk"/>
        <xhtml:link rel="alternate" hreflang="de-AT"
                    href="https://example.com/at"/>

    Systems:
        WordPress: locales (``de_AT``) must be written with a hyphen; WPML and Polylang have a
            setting for the code of each language.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM518 SM533 SM543
    """
    for index, versions in list_versions(batch):
        codes = [code.lower() for code, _ in versions]
        for code, _ in versions:
            fault = explain_hreflang(code, codes) if code.lower() != X_DEFAULT else None
            if fault is not None:
                yield _build_hit(index, code, fault)


def _build_hit(index: int, code: str, fault: CodeFault) -> Hit:
    return Hit(
        format_value(fault.reason)
        if code in fault.reason
        else f"`{format_value(code)}`: {format_value(fault.reason)}",
        severity=Severity.WARNING if fault.is_valid else None,
        index=index,
        value=code,
        cause=code,
        fix=fault.fix,
    )
