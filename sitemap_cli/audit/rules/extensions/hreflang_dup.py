"""Pages with two versions in one language."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.hreflang_versions import X_DEFAULT, list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent, identify_url


@rule("SM543", Severity.ERROR, Scope.URL)
def hreflang_dup(batch: Batch) -> Hits:
    """A page has two versions in the same language.

    Checks: Two links of an entry have the same ``hreflang`` but different URLs. Two languages with the same
        URL are a warning, except for ``x-default`` and for regions of one language (``en`` and ``en-GB``).
    Why: Search engines cannot tell which of the URLs is meant. What Google does then is not documented.
    Fix:
        - two URLs: Write one URL for each language. For two pages in one language, add the country:
          ``de-DE`` and ``de-AT``.
        - one URL for two languages: Write each URL once, with the language of the page. A page for
          several languages is ``x-default``.

    Message: hreflang `DE` points to two URLs: https://example.com/de and https://example.com/at
    Bad::

        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>
        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/at"/>

    Good::

        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>
        <xhtml:link rel="alternate" hreflang="de-AT"
                    href="https://example.com/at"/>

    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM540 SM542
    """
    for index, versions in list_versions(batch):
        by_code = dict[str, str]()
        by_href = dict[str, str]()
        for code, href in versions:
            key = code.lower()
            if not are_equivalent(by_code.setdefault(key, href), href):
                urls = f"{format_value(by_code[key])} and {format_value(href)}"
                message = f"hreflang `{format_value(code)}` points to two URLs: {urls}"
                yield Hit(message, index=index, value=code, fix="two URLs")
            elif key != X_DEFAULT:
                other = by_href.setdefault(identify_url(href), code)
                if _get_language(other) != _get_language(code):
                    message = f"hreflang `{format_value(other)}` and `{format_value(code)}` have the same URL"
                    fix = "one URL for two languages"
                    yield Hit(message, severity=Severity.WARNING, index=index, fix=fix)


def _get_language(code: str) -> str:
    return code.lower().partition("-")[0]
