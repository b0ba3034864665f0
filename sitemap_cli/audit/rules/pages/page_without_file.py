"""Listed URLs without a file in a local build."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM750", Severity.ERROR, Scope.PAGE, by_section=True, needs=("build",))
def page_without_file(page: PageFact) -> Hits:
    """A sitemap lists a URL that has no file in the local build.

    Checks: A local build is checked with ``--probe``, and none of the files that the usual hosts serve
        for the URL exists: for ``/x/`` these are ``x/index.html`` and ``x.html``, for ``/x`` also a file
        ``x``. Names are compared exactly, as hosts do, even if this computer ignores upper and lower
        case. Redirects and rewrites in ``_redirects``, ``vercel.json``, ``netlify.toml``,
        ``firebase.json``, ``staticwebapp.config.json`` and ``.htaccess`` count. It is a warning if the
        build has a ``_worker.js`` or a server beside it, such as ``server/entry.mjs`` of Astro, which may
        respond. A file that cannot be read is an error, too.
    Why: The URL will respond with 404, and Search Console reports it as an error of a submitted URL.
    Fix: Build the page, or remove the URL from the sitemap. If only upper and lower case differ, rename the
        file or correct the URL.
    Message: no file in the build
    Bad: the build has no ``blog/x/index.html`` and no ``blog/x.html``::

        <loc>https://example.com/blog/x/</loc>

    Good: the build has ``blog/y/index.html``::

        <loc>https://example.com/blog/y/</loc>

    Source: https://support.google.com/webmasters/answer/7440203
    See also: SM701 SM751 SM752
    """
    if page.build is None or page.build.missing is None:
        return
    why = format_value(page.build.missing)
    if page.error != "no-file":
        yield Hit(why)
        return
    severity = Severity.WARNING if why.startswith("unless ") else None
    separator = " " if severity else ": "
    yield Hit(f"no file in the build{separator}{why}" if why else "no file in the build", severity=severity)
