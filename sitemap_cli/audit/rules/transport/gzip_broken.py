"""Sitemaps with broken or mislabelled gzip compression."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

BROKEN = (
    "truncated-gzip",
    "bad-crc",
    "bad-gzip",
    "trailing-garbage",
    "too-many-members",
    "nested-compression",
)
ODD = (
    "gz-name-but-plain",
    "gzip-declared-but-plain",
    "deflate-declared-but-plain",
    "content-encoding-unknown",
    "content-encoding-wrong",
    "double-gzip",
    "length-wrong",
    "leading-garbage",
)


@rule("SM108", Severity.ERROR, Scope.DOCUMENT)
def gzip_broken(sitemap: SitemapFact) -> Hits:
    """The gzip compression of a sitemap is broken.

    Checks: The gzip data is truncated, has a wrong checksum, is followed by other data or has too many
        members. A file that is named ``.gz`` or sent as gzip but is not gzip, gzip within gzip, blanks or a
        byte order mark before the gzip data, and a ``Content-Encoding`` that names no encoding (``UTF-8``,
        ``none``) or one that the content does not have are warnings, and so is a ``Content-Length`` that is
        larger than the compressed content.
    Why: Search Console reports a compression error. How much search engines read of the file is not
        documented.
    Fix: Generate the file again, and move it into place in one step.

        - name or header: Make the name, the ``Content-Encoding`` and the content agree: a file that is
          compressed once, is named ``.gz`` and is sent without a ``Content-Encoding``, or a plain file
          that the server compresses.

    Message: the compressed stream ends too early
    Bad::

        $ gzip --test sitemap.xml.gz
        gzip: sitemap.xml.gz: unexpected end of file

    Good::

        $ gzip --test --verbose sitemap.xml.gz
        sitemap.xml.gz:  OK

    Systems:
        Apache: exclude ``.gz`` files from ``mod_deflate``, or they are compressed twice.
        nginx: leave ``application/gzip`` out of ``gzip_types``, or ``.gz`` files are compressed
            twice.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM109 SM110 SM201
    """
    found = list(sitemap.report_problems(*BROKEN))
    yield from found or sitemap.report_failure(*BROKEN)
    yield from sitemap.report_problems(*ODD, severity=Severity.WARNING, fix="name or header")
