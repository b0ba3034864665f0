"""What is wrong with a file before anybody has read a word of it: its size, compression and kind."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_BYTES = 52_428_800
NEARLY = 0.9
MAX_URLS = 50_000
MANY_URLS = 45_000
BROKEN = (
    "truncated-gzip",
    "bad-crc",
    "bad-gzip",
    "trailing-garbage",
    "too-many-members",
    "nested-compression",
)
ODD = ("gz-name-but-plain", "gzip-declared-but-plain", "double-gzip")
HTML = ("text/html", "application/xhtml+xml")
GOOD = (
    *("application/xml", "text/xml", "text/plain", "application/gzip", "application/x-gzip"),
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
)


@rule("SM106", "too-large", Severity.ERROR, Scope.DOCUMENT)
def too_large(sitemap: SitemapFact) -> Hits:
    """A sitemap is larger than crawlers read.

    Criterion: more than 52,428,800 bytes (50 MiB) uncompressed; a warning from 47,185,920 bytes (90 %) on.
    Why: Search engines refuse the file, or read its beginning only.
    Mend: Split it into several sitemaps, and list these in an index.
    Bad: ``sitemap.xml`` of 60 MB
    Good: an index and two sitemaps of 30 MB
    Source: https://www.sitemaps.org/protocol.html#index
    """
    told = f"{sitemap.bytes:,} bytes uncompressed; the limit is {MAX_BYTES:,}"
    if sitemap.bytes > MAX_BYTES:
        yield Hit(told)
    elif sitemap.bytes >= NEARLY * MAX_BYTES:
        yield Hit(told, severity=Severity.WARNING)
    else:
        yield from sitemap.failed("too-large")


@rule("SM107", "too-many-urls", Severity.ERROR, Scope.DOCUMENT)
def too_many_urls(sitemap: SitemapFact) -> Hits:
    """A sitemap lists more addresses than crawlers read.

    Criterion: more than 50,000 entries in one file, be it XML, text or a feed; a warning from 45,000 on.
    Why: Search engines refuse the file, or read the first 50,000 only.
    Mend: Split it into several sitemaps, and list these in an index.
    Bad: one file with 60,000 entries
    Good: an index and two files with 30,000 entries
    Source: https://www.sitemaps.org/protocol.html#index
    """
    told = f"{sitemap.urls:,} URLs; the limit is {MAX_URLS:,}"
    if sitemap.urls > MAX_URLS:
        yield Hit(told)
    elif sitemap.urls >= MANY_URLS:
        yield Hit(told, severity=Severity.WARNING)


@rule("SM108", "gzip-broken", Severity.ERROR, Scope.DOCUMENT)
def gzip_broken(sitemap: SitemapFact) -> Hits:
    """The compression of a sitemap is damaged, or not what it says.

    Criterion: gzip that is truncated, has a wrong checksum, something after its end or too many parts. A
        warning for a file named ``.gz`` or sent as gzip that is none, and for gzip within gzip.
    Why: Some crawlers lose the whole file where others read up to the fault.
    Mend: Write the file anew and move it into place whole; do not compress what is compressed already.
    Bad: ``sitemap.xml.gz`` whose last bytes are missing
    Good: ``sitemap.xml.gz`` that ``gzip --test`` accepts
    Source: https://support.google.com/webmasters/answer/7451001
    """
    told = list(sitemap.told(*BROKEN))
    yield from told or sitemap.failed(*BROKEN)
    yield from sitemap.told(*ODD, severity=Severity.WARNING)


@rule("SM110", "content-type", Severity.WARNING, Scope.DOCUMENT)
def content_type(sitemap: SitemapFact) -> Hits:
    """A sitemap is sent as something else.

    Criterion: a readable sitemap with a ``Content-Type`` that is none of ``application/xml``, ``text/xml``,
        ``text/plain``, gzip or a feed's; an error when it says HTML. Without the header nothing is wrong.
    Why: A crawler that believes it does not even look for a sitemap.
    Mend: Let the server send ``Content-Type: application/xml``, ``text/plain`` for a list of addresses.
    Bad: ``Content-Type: text/html`` for ``sitemap.xml``
    Good: ``Content-Type: application/xml; charset=utf-8``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    kind = (sitemap.content_type or "").partition(";")[0].strip().lower()
    # What serves files may well send those that are compressed as mere bytes.
    compressed = kind in ("application/octet-stream", "binary/octet-stream") and sitemap.url.endswith(".gz")
    good = kind in GOOD or compressed or (kind.endswith("+xml") and kind not in HTML)
    if sitemap.readable and kind and not good:
        yield Hit(f"sent as {shown(kind)}", severity=Severity.ERROR if kind in HTML else None)


@rule("SM111", "html-instead", Severity.ERROR, Scope.DOCUMENT)
def html_instead(sitemap: SitemapFact) -> Hits:
    """An HTML page stands where a sitemap should be.

    Criterion: the body, answered 200, is HTML: a login, the shell of an application, an error page.
    Why: A search engine finds nothing in it, and says so only in its console.
    Mend: Let the address answer with the sitemap itself; let what is missing answer 404.
    Bad: ``/sitemap.xml`` answers ``<!doctype html>``
    Good: ``/sitemap.xml`` answers ``<urlset ...>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.failed("html-instead")


@rule("SM208", "empty", Severity.WARNING, Scope.DOCUMENT)
def empty(sitemap: SitemapFact) -> Hits:
    """A sitemap lists nothing.

    Criterion: a body that holds nothing, or begins with more than 256 KiB of white space; or a document
        that was read whole and has no entry and no child. For information only where the file is one for
        news, which may be empty on a quiet day.
    Why: An export that failed looks the same; search engines report an empty sitemap as an error.
    Mend: Find out why nothing is written, or take the file out of the index.
    Bad: ``<urlset ...></urlset>``
    Good: ``<urlset ...><url><loc>https://example.com/</loc></url></urlset>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    whole = sitemap.error is None and sitemap.readable
    if sitemap.error == "empty" or (whole and sitemap.urls + sitemap.children == 0):
        told = sitemap.error_message or "it lists nothing"
        yield Hit(told, severity=Severity.INFO if "news" in sitemap.url.lower() else None)
