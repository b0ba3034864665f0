"""Sitemaps with damaged or mislabelled gzip compression."""

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
ODD = ("gz-name-but-plain", "gzip-declared-but-plain", "double-gzip")


@rule("SM108", Severity.ERROR, Scope.DOCUMENT)
def gzip_broken(sitemap: SitemapFact) -> Hits:
    """The compression of a sitemap is damaged, or not what it says.

    Checks: gzip that is truncated, has a wrong checksum, something after its end or too many parts. A
        warning for a file named ``.gz`` or sent as gzip that is none, and for gzip within gzip.
    Why: Some crawlers lose the whole file where others read up to the fault.
    Fix: Write the file anew and move it into place whole; do not compress what is compressed already.
    Bad: ``sitemap.xml.gz`` whose last bytes are missing
    Good: ``sitemap.xml.gz`` that ``gzip --test`` accepts
    Source: https://support.google.com/webmasters/answer/7451001
    """
    told = list(sitemap.report_problems(*BROKEN))
    yield from told or sitemap.report_failure(*BROKEN)
    yield from sitemap.report_problems(*ODD, severity=Severity.WARNING)
