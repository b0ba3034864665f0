"""The file behind a URL, as the usual hosts choose it."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from sitemap_cli.crawl.build.host_shapes import Shape
from sitemap_cli.crawl.build.site_folder import NameKind, SiteFolder
from sitemap_cli.urls import canonical_url, host_and_port, is_web_url

HTML_ENDINGS = (".html", ".htm")
INDEXES = ("index.html", "index.htm")
MAX_COMPARED = 1024 * 1024
"""Bytes of two files that are compared to see whether they are the same page."""


@dataclass(frozen=True, slots=True)
class UrlPath:
    """The path of a URL below the base: decoded segments, and whether a slash is at its end."""

    segments: tuple[str, ...]
    has_slash: bool

    @property
    def name(self) -> str:
        """The path as that of a file."""
        return "/".join(self.segments)


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The file that is the page of a URL, and another one that some hosts would serve instead."""

    file: str
    shape: Shape
    twin: str | None = None


class PageFiles:
    """Finds the files of URLs below a base.

    Args:
        folder: the build.
        base_url: where it will be published, with a slash at the end.
    """

    def __init__(self, folder: SiteFolder, base_url: str) -> None:
        self.folder = folder
        base = canonical_url(base_url)
        self.host = host_and_port(base)
        self.base_path = f"{urlsplit(base).path.rstrip('/')}/"
        self.base = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}{self.base_path}"

    def parse_url(self, url: str) -> UrlPath | None:
        """Return the path of a URL, or None if it is not below the base.

        The scheme does not matter: other rules say what they think of it.
        """
        canonical = canonical_url(url)
        if not is_web_url(canonical) or host_and_port(canonical) != self.host:
            return None
        try:
            path = urlsplit(canonical).path or "/"
        except ValueError:
            return None
        if not f"{path}/".startswith(self.base_path):
            return None
        parts = path[len(self.base_path) :].split("/")
        segments = tuple(unquote(each, errors="surrogateescape") for each in parts if each)
        return UrlPath(segments, not segments or not parts[-1])

    def find(self, path: UrlPath) -> FileMatch | None:
        """Return the file that is the page of a URL."""
        name, is_file = path.name, self.folder.is_file
        if any("/" in each or "\0" in each or each in (".", "..") for each in path.segments):
            return None
        index, file = self._find_index(name), f"{name}.html"
        if not path.segments:
            return FileMatch(index, Shape.SLASH) if index else None
        if not path.has_slash and is_file(name):
            return FileMatch(name, _classify(name))
        page = file if is_file(file) else None
        if page and index and not self._are_same(page, index):
            chosen, other = (index, page) if path.has_slash else (page, index)
            return FileMatch(chosen, Shape.SLASH if path.has_slash else Shape.FILE, other)
        if path.has_slash and index:
            return FileMatch(index, Shape.SLASH)
        if page:
            return FileMatch(page, Shape.FILE_SLASH if path.has_slash else Shape.FILE)
        return FileMatch(index, Shape.FOLDER) if index else None

    def explain_missing(self, path: UrlPath) -> str:
        """Return why a URL has no file, in words that follow "no file in the build"."""
        name = path.name
        kind = self.folder.find_kind(name)
        for each in (f"{name}/index.html", f"{name}.html", name):
            if similar := self.folder.find_similar(each.lstrip("/")):
                is_case = similar.lower() == each.lstrip("/").lower()
                what = "in upper and lower case" if is_case else "in how its accents are encoded"
                return f"{self.folder.show(similar)} differs {what}, which most hosts distinguish"
            if self.folder.find_kind(each.lstrip("/")) is NameKind.OUTSIDE:
                return f"{self.folder.show(each)} is a symbolic link that leads out of the folder"
        if kind is NameKind.FOLDER:
            return f"the folder {self.folder.show(name)} has no index.html"
        return ""

    def build_url(self, file: str, *, without_html: bool) -> str:
        """Return the URL of a file; ``without_html`` if the site names its pages without the ending."""
        path = file
        if file.rpartition("/")[2] in INDEXES:
            path = file[: len(file) - len(file.rpartition("/")[2])]
        elif without_html:
            path = file.removesuffix(".html")
        return self.base + quote(path.encode("utf-8", "surrogateescape"), safe="/~!$&'()*+,;=:@")

    def _find_index(self, name: str) -> str | None:
        paths = (f"{name}/{each}" if name else each for each in INDEXES)
        return next((each for each in paths if self.folder.is_file(each)), None)

    def _are_same(self, one: str, other: str) -> bool:
        folder = self.folder
        try:
            if folder.measure(one) != folder.measure(other) or folder.measure(one) > MAX_COMPARED:
                return False
            return folder.read_beginning(one, MAX_COMPARED) == folder.read_beginning(other, MAX_COMPARED)
        except OSError:
            return False


def _classify(name: str) -> Shape:
    """Return the shape of a URL that names a file."""
    if name.rpartition("/")[2] in INDEXES:
        return Shape.INDEX
    return Shape.HTML if name.endswith(HTML_ENDINGS) else Shape.EXACT
