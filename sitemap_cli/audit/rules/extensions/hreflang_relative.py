"""Language versions with a relative URL."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import is_absolute_url
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.hreflang_versions import list_versions
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM544", Severity.ERROR, Scope.URL)
def hreflang_relative(batch: Batch) -> Hits:
    """The URL of a language version is not absolute.

    Checks: The ``href`` of a link with ``hreflang`` is not an absolute http or https URL.
    Why: Google requires absolute URLs.
    Fix: Write the URL with scheme and host.
    Message: hreflang URL is not absolute: /de
    Bad::

        <xhtml:link rel="alternate" hreflang="de" href="/de"/>

    Good::

        <xhtml:link rel="alternate" hreflang="de"
                    href="https://example.com/de"/>

    Systems:
        Next.js: ``alternates.languages`` in ``app/sitemap.ts`` is written as it is: put the origin before
            the paths.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM302 SM502 SM551
    """
    for index, versions in list_versions(batch):
        yield from (
            Hit(f"hreflang URL is not absolute: {format_value(href)}", index=index, value=href)
            for _, href in versions
            if not is_absolute_url(href)
        )
