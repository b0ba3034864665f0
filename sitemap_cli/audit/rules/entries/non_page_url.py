"""URLs of files that are not pages."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import is_sitemap_name

FILES = (
    *("js", "mjs", "css", "map", "json", "xml", "rss", "atom", "ico", "woff", "woff2", "ttf", "eot"),
    *("jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "mp3", "mp4", "webm", "zip", "gz", "tar"),
    *("rar", "7z", "exe", "dmg"),
)
# A text may be a page, unless it has the name of a sitemap.
TEXT = "txt"
ENDINGS = frozenset((*FILES, TEXT))
ENDING = re.compile(rf"\.([A-Za-z0-9]{{2,5}}+)(?=[{SEPARATOR}?#])")
PAGES = (
    f".html{SEPARATOR}",
    ".php?",
    f".php{SEPARATOR}",
    f".htm{SEPARATOR}",
    ".html?",
    f".aspx{SEPARATOR}",
    ".aspx?",
)


@rule("SM313", Severity.INFO, Scope.URL)
def non_page_url(batch: Batch) -> Hits:
    """A sitemap lists a URL that is not a page.

    Checks: The path ends like a script, a style sheet, an image, a font, an archive, a sitemap or a feed
        (``.js``, ``.css``, ``.jpg``, ``.zip``, ``.xml``, ``/feed`` ...). Parameters are ignored. A sitemap,
        by its name, is a warning: crawlers do not read the pages that it lists.
    Why: Search engines do not index such files as pages, and fetching them uses crawl budget.
    Fix:
        - file: List the page that shows or links to the file. Put images into ``image:image`` of that
          page.
        - sitemap: List sitemaps in a ``sitemapindex``. ``--follow-listed-sitemaps`` reads them
          nevertheless.

    Message: not a page
    Bad::

        <url>
          <loc>https://example.com/lamp.jpg</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <image:image>
            <image:loc>https://example.com/lamp.jpg</image:loc>
          </image:image>
        </url>

    Source: own (a sitemap lists the pages to index)
    See also: SM213 SM502
    """
    endings = _list_ending_patterns(batch)
    if not endings:
        return ()
    suspects = batch.locs.search(re.compile("|".join(endings)))
    return (_build_hit(batch, at) for at in suspects if _is_file(batch.locs.values[at]))


def _build_hit(batch: Batch, index: int) -> Hit:
    loc = batch.locs.values[index]
    if not is_sitemap_name(loc):
        return Hit("not a page", loc=loc, index=index, value=loc, fix="file")
    message = "a sitemap, listed as a page"
    return Hit(message, loc=loc, index=index, severity=Severity.WARNING, fix="sitemap")


def _list_ending_patterns(batch: Batch) -> list[str]:
    """Return patterns for the file endings that occur in this batch; on most sites the list is empty."""
    text = batch.locs.text
    feeds = [rf"/feed/?(?={SEPARATOR})"] if "/feed" in text else []
    dots = batch.dots_in_paths
    pages = iter(PAGES)
    while batch.has_only_own_origin and dots and (page := next(pages, None)):
        dots -= text.count(page)
    if batch.has_only_own_origin and not dots:
        return feeds
    found = ENDINGS.intersection(map(str.lower, set(ENDING.findall(text))))
    return [*([rf"\.(?i:{'|'.join(sorted(found))})(?=[{SEPARATOR}?#])"] if found else []), *feeds]


def _is_file(loc: str) -> bool:
    """Return whether the path ends like a file; host and parameters are ignored."""
    path = re.split(r"[?#]", loc, maxsplit=1)[0].partition("://")[2].partition("/")[2]
    name = f"/{path}".rstrip("/").rpartition("/")[2]
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return name == "feed" or (ending in ENDINGS and (ending != TEXT or is_sitemap_name(loc)))
