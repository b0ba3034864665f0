"""The pages of a build that could be in a sitemap: indexable documents that are their own canonical."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sitemap_cli.audit.build_facts import UnlistedFile
from sitemap_cli.crawl.build.build_reader import BuildReader
from sitemap_cli.crawl.build.host_shapes import Shape
from sitemap_cli.crawl.build.page_files import HTML_ENDINGS, FileMatch
from sitemap_cli.crawl.build.page_heads import BuiltHead
from sitemap_cli.crawl.pages import robots_directives, soft_404
from sitemap_cli.urls import are_equivalent

# Names that generators, hosts and services use for files that are not for search results.
_NO_PAGES = re.compile(
    r"(?:.*/)?(?:"
    r"(?:[45]\d\d|50x|offline|error|not-?found|maintenance|_[^/]*|[^/]*-?fallback|[^/]*app-shell[^/]*"
    r"|dev-404-page|200|genindex(?:-[^/]*)?|py-modindex)(?:\.html?|/index\.html?)"
    r"|google[0-9a-f]{8,}\.html|(?:yandex|baidu|naver|sogou|pinterest|mywot|wot|norton|alexa)[_-]?\w*\.html"
    r"|(?:iframe|sw|storybook|embed)\.html?|[^/]*\.(?:csr|server|amp|partial)\.html?"
    r")",
    re.IGNORECASE,
)
_LATER_PAGE = re.compile(r"(?:.*/)?(?:page|pagina|seite)[/-]?\d{1,5}(?:\.html?|/index\.html?)", re.IGNORECASE)
_UTILITY = re.compile(
    r"(?:.*/)?(?:cart|basket|checkout|account|my-account|log-?in|sign-?in|sign-?up|register|logout|search"
    r"|thank-?you|thanks|success|unsubscribe|auth|callback|dashboard)(?:\.html?|/index\.html?)",
    re.IGNORECASE,
)
_FOLDERS = frozenset(
    [
        "admin",
        "cms",
        "keystatic",
        "draft",
        "drafts",
        "preview",
        "previews",
        "partial",
        "partials",
        "fragment",
        "fragments",
        "include",
        "includes",
        "template",
        "templates",
        "node_modules",
        "pagefind",
        "coverage",
        "storybook",
        "storybook-static",
        "cgi-bin",
        "cdn-cgi",
        "__tests__",
    ]
)


@dataclass(slots=True)
class ListedFiles:
    """The files of listed URLs: their hashes, and how many URLs have each shape."""

    hashes: set[int] = field(default_factory=set)
    shapes: Counter[Shape] = field(default_factory=Counter)

    def add(self, match: FileMatch) -> None:
        """Add the file of a listed URL, and the other one that some hosts would serve."""
        self.shapes[match.shape] += 1
        self.hashes.add(hash(match.file))
        if match.twin is not None:
            self.hashes.add(hash(match.twin))


def iterate_unlisted(reader: BuildReader, listed: ListedFiles) -> Iterator[UnlistedFile | None]:
    """Yield the pages of a build that are not among the listed files, and None for each other file.

    So a caller can stop between any two files.
    """
    without_html = listed.shapes[Shape.FILE] > listed.shapes[Shape.HTML]
    for file in reader.folder.iterate_files(HTML_ENDINGS):
        if hash(file) in listed.hashes or is_no_page(file):
            yield None
            continue
        loc = _find_loc(reader, file, reader.files.build_url(file, without_html=without_html))
        yield None if loc is None else UnlistedFile(loc, reader.folder.show(file))


def is_no_page(file: str) -> bool:
    """Return whether the path of a file shows that it is not for search results."""
    folders = file.lower().split("/")[:-1]
    if any(each in _FOLDERS or each.startswith("_") for each in folders):
        return True
    return any(each.fullmatch(file) for each in (_NO_PAGES, _LATER_PAGE, _UTILITY))


def _find_loc(reader: BuildReader, file: str, url: str) -> str | None:
    """Return the URL of a page that should be in a sitemap; None for other files."""
    try:
        built = reader.heads.read(file, url)
    except OSError:
        return None
    if not built.is_document or built.head.refresh or soft_404.is_missing_title(built.head.title):
        return None
    if robots_directives.find_noindex(built.head.robots, ()) or reader.find_noindex_header(url):
        return None
    loc = _find_canonical(reader, file, built, url)
    return None if loc is None or reader.is_redirected(loc) else loc


def _find_canonical(reader: BuildReader, file: str, built: BuiltHead, url: str) -> str | None:
    """Return the canonical URL of a page if it is the page itself; its URL if it names none."""
    hrefs = [each.href for each in built.head.canonicals]
    if not hrefs:
        return url
    own = [each for each in hrefs if (match := reader.find_file(each)) and file in (match.file, match.twin)]
    is_own = len(own) == len(hrefs)
    return next((each for each in own if not are_equivalent(each, url)), url) if is_own else None
