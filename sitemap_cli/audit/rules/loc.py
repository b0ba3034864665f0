"""Addresses that cannot be used as they stand, or better were written in another way."""

import re

from sitemap_cli.audit.entry_batch import SEP, Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity

# Every name of the patterns below has one of the texts above it: fewer texts to look for.
SESSIONS = ("sid=", "nid=")
SESSION = re.compile(rf"[;?&](?:j?sessionid|phpsessid|sid)=(?=[^{SEP}])", re.IGNORECASE)
TRACKERS = ("utm_", "clid=", "lkid=")
TRACKER = re.compile(r"[?&](?:utm_[a-z]+|gclid|fbclid|msclkid|yclid)=")
FILES = (
    *("js", "mjs", "css", "map", "json", "xml", "rss", "atom", "ico", "woff", "woff2", "ttf", "eot"),
    *("jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "mp3", "mp4", "webm", "zip", "gz", "tar"),
    *("rar", "7z", "exe", "dmg"),
)
ENDINGS = frozenset(FILES)
ENDING = re.compile(rf"\.([A-Za-z0-9]{{2,5}}+)(?=[{SEP}?#])")
PAGES = (f".html{SEP}", ".php?", f".php{SEP}", f".htm{SEP}", ".html?", f".aspx{SEP}", ".aspx?")


@rule("SM301", "loc-missing", Severity.ERROR, Scope.DOCUMENT)
def loc_missing(sitemap: SitemapFact) -> Hits:
    """An entry has no address.

    Criterion: a ``url`` or ``sitemap`` without a ``loc``, or with an empty one; an item of a feed without a
        link.
    Why: The entry says nothing.
    Mend: Write the address, or leave the entry out.
    Bad: ``<url><lastmod>2026-11-01</lastmod></url>``
    Good: ``<url><loc>https://example.com/</loc></url>``
    Source: https://www.sitemaps.org/protocol.html#locdef
    """
    return sitemap.told("loc-missing")


@rule("SM302", "loc-not-absolute", Severity.ERROR, Scope.DOCUMENT)
def loc_not_absolute(sitemap: SitemapFact) -> Hits:
    """An address is not absolute.

    Criterion: ``loc`` has no scheme and host, or another scheme than http and https.
    Why: The protocol demands the whole address, and most crawlers drop the entry.
    Mend: Write the whole address, beginning with ``https://``.
    Bad: ``<loc>/shop/lamp</loc>``
    Good: ``<loc>https://example.com/shop/lamp</loc>``
    Source: https://www.sitemaps.org/protocol.html#locdef
    """
    return sitemap.told("loc-relative", "loc-scheme")


@rule("SM303", "loc-too-long", Severity.ERROR, Scope.DOCUMENT)
def loc_too_long(sitemap: SitemapFact) -> Hits:
    """An address is longer than the protocol allows.

    Criterion: 2,048 characters or more.
    Why: The protocol wants fewer than that, and crawlers drop or cut what is longer.
    Mend: Shorten the address; what a page needs to know seldom has to stand in it.
    Bad: an address that carries the state of a whole form
    Good: ``<loc>https://example.com/search/lamps</loc>``
    Source: https://www.sitemaps.org/protocol.html#locdef
    """
    return sitemap.told("url-long", "url-too-long")


@rule("SM304", "loc-invalid", Severity.ERROR, Scope.DOCUMENT)
def loc_invalid(sitemap: SitemapFact) -> Hits:
    """An address is none.

    Criterion: ``loc`` does not fit RFC 3986 (or 3987, with letters of any script): blanks or control
        characters in it, a host or port that cannot be, two addresses in one; also one with a name or
        password.
    Why: Crawlers drop the entry.
    Mend: Percent-encode what may not stand there (a blank is ``%20``), and look for templates that were not
        filled in.
    Bad: ``<loc>https://example.com/a b</loc>``
    Good: ``<loc>https://example.com/a%20b</loc>``
    Source: https://www.rfc-editor.org/rfc/rfc3986 https://www.sitemaps.org/faq.html
    """
    return sitemap.told("loc-invalid", "loc-credentials")


@rule("SM305", "loc-not-encoded", Severity.WARNING, Scope.URL, engines={Engine.YANDEX: Severity.INFO})
def loc_not_encoded(batch: Batch) -> Hits:
    """An address has characters beyond ASCII that are not encoded.

    Criterion: ``loc`` holds a character beyond ASCII: in the path not percent-encoded, in the host not in
        Punycode.
    Why: The protocol wants addresses encoded as a web server expects them; crawlers guess differently.
    Mend: Percent-encode the UTF-8 bytes of path and query, and write the host in Punycode.
    Bad: ``<loc>https://example.com/größe</loc>``
    Good: ``<loc>https://example.com/gr%C3%B6%C3%9Fe</loc>``
    Source: https://www.sitemaps.org/protocol.html#escaping https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    """
    if batch.locs.text.isascii():
        return ()
    odd = (at for at, loc in enumerate(batch.locs.values) if not loc.isascii())
    return batch.hits(odd, "not percent-encoded: {loc}")


@rule("SM306", "loc-fragment", Severity.WARNING, Scope.URL)
def loc_fragment(batch: Batch) -> Hits:
    """An address has a fragment, which no crawler sends.

    Criterion: ``loc`` contains ``#``.
    Why: A crawler leaves the fragment away, so several entries become one page.
    Mend: List the page once, without what begins at the ``#``.
    Bad: ``<loc>https://example.com/guide#prices</loc>``
    Good: ``<loc>https://example.com/guide</loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/url-structure
    """
    return batch.hits(batch.locs.containing("#"), "the address has a fragment: {loc}")


@rule("SM307", "loc-session-id", Severity.WARNING, Scope.URL)
def loc_session_id(batch: Batch) -> Hits:
    """An address carries the session of a visitor, or the mark of a campaign.

    Criterion: a parameter ``jsessionid``, ``PHPSESSID``, ``sid`` or ``sessionid``, in upper or lower case,
        with a value. For information only: ``utm_...``, ``gclid``, ``fbclid``, ``msclkid``, ``yclid``.
    Why: The same page gets a new address with each visit, and is crawled anew each time.
    Mend: List the address without the parameter.
    Bad: ``<loc>https://example.com/a;jsessionid=1F2E3D</loc>``
    Good: ``<loc>https://example.com/a</loc>``
    Source: https://www.sitemaps.org/faq.html
    """
    if "=" not in batch.locs.text:
        return
    text = batch.locs.text.lower()
    if any(each in text for each in SESSIONS):
        yield from batch.hits(batch.locs.matching(SESSION), "the address carries a session: {loc}")
    if any(each in text for each in TRACKERS):
        for index in batch.locs.matching(TRACKER):
            loc = batch.locs.values[index]
            yield Hit(
                f"the address is marked for a campaign: {loc}", loc, severity=Severity.INFO, index=index
            )


@rule("SM313", "non-page-url", Severity.INFO, Scope.URL)
def non_page_url(batch: Batch) -> Hits:
    """A sitemap lists something that is no page.

    Criterion: the path ends like a script, a style sheet, an image, a font, an archive, a sitemap or a feed
        (``.js``, ``.css``, ``.jpg``, ``.zip``, ``.xml``, ``/feed`` ...); parameters do not count.
    Why: Such files are not indexed as pages, and cost crawlers time.
    Mend: List pages; images belong into ``image:image`` of the page that shows them.
    Bad: ``<loc>https://example.com/logo.png</loc>``
    Good: ``<loc>https://example.com/about</loc>``
    Source: own (a sitemap tells which pages shall be found)
    """
    endings = _endings(batch)
    if not endings:
        return ()
    suspects = batch.locs.matching(re.compile("|".join(endings)))
    places = (at for at in suspects if _is_file(batch.locs.values[at]))
    return batch.hits(places, "this is no page: {loc}")


def _endings(batch: Batch) -> list[str]:
    """Patterns of what addresses of this batch end with if they are files; none on most sites."""
    text = batch.locs.text
    feeds = [rf"/feed/?(?={SEP})"] if "/feed" in text else []
    dots = text.count(".") - batch.sitemap.own.count(".") * batch.size
    pages = iter(PAGES)
    while batch.all_own and dots and (page := next(pages, None)):
        dots -= text.count(page)
    if batch.all_own and not dots:
        return feeds
    found = ENDINGS.intersection(map(str.lower, set(ENDING.findall(text))))
    return [*([rf"\.(?i:{'|'.join(sorted(found))})(?=[{SEP}?#])"] if found else []), *feeds]


def _is_file(loc: str) -> bool:
    """Whether it is the path that ends like a file, and neither the host nor a parameter."""
    path = re.split(r"[?#]", loc, maxsplit=1)[0].partition("://")[2].partition("/")[2]
    name = f"/{path}".rstrip("/").rpartition("/")[2]
    return name == "feed" or ("." in name and name.rpartition(".")[2].lower() in ENDINGS)
