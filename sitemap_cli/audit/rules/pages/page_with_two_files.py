"""Listed URLs for which a local build has two files."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM752", Severity.WARNING, Scope.PAGE, by_section=True, needs=("build",))
def page_with_two_files(page: PageFact) -> Hits:
    """A local build has two different files for one listed URL.

    Checks: A local build is checked with ``--probe``, and has both ``x.html`` and ``x/index.html``, with
        different contents, for the URL ``/x`` or ``/x/``.
    Why: It depends on the host which of the two pages search engines get.
    Fix: Delete the file of the older build, or rename one of the pages.
    Message: some hosts serve …about/index.html instead
    Bad::

        dist/about.html
        dist/about/index.html

    Good::

        dist/about/index.html

    Source: own (hosts choose differently:
        https://github.com/slorber/trailing-slash-guide/blob/main/docs/Hosting-Providers.md)
    See also: SM750 SM751
    """
    if page.build is not None and page.build.twin is not None and not page.is_redirect:
        yield Hit(f"some hosts serve {format_value(page.build.twin)} instead", value=page.build.twin)
