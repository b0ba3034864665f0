"""Links between language versions in the heads of a build, and whether they are returned."""

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sitemap_cli.audit.build_facts import LostReturn
from sitemap_cli.crawl.build.page_files import PageFiles
from sitemap_cli.crawl.build.page_heads import BuiltHead, PageHeads
from sitemap_cli.urls import canonical_url

X_DEFAULT = "x-default"
MAX_LINKS = 4_000_000
"""Links of pages that are kept in memory, eight bytes each."""


class Versions(NamedTuple):
    """The versions that a page names: a hash of them all with their languages, and a hash of each URL."""

    cluster: int
    hrefs: "array[int]"

    def has_url(self, url: str) -> bool:
        """Return whether the page names a URL in its canonical spelling."""
        return hash(url) in self.hrefs


class ReturnLinks:
    """Finds links to versions that do not link back.

    The pages of a cluster usually name the same versions, so each cluster is looked through once. What each
    page names is kept as hashes, because pages of other clusters are read again for every page of them.
    """

    def __init__(self, files: PageFiles, heads: PageHeads) -> None:
        self._files = files
        self._heads = heads
        self._whole = set[int]()
        self._known: OrderedDict[int, Versions] = OrderedDict()
        self._kept = 0

    def find_lost(self, url: str, built: BuiltHead) -> Iterator[LostReturn]:
        """Yield the versions in the head of a page that have no file or do not link back to it.

        Only versions below the base are judged, and no ``x-default``, which may be a page without versions.
        """
        own, alternates = canonical_url(url), _canonize(built.head.alternates)
        if not alternates:
            return
        mine = self._remember(own, alternates)
        is_whole = mine.has_url(own)
        if is_whole and mine.cluster in self._whole:
            return
        for language, href in alternates.items():
            if href == own or language == X_DEFAULT:
                continue
            theirs = self._read_versions(href)
            is_whole = is_whole and (theirs is None or theirs.cluster == mine.cluster)
            lost = self._describe(href, theirs, own)
            if lost is not None:
                is_whole = False
                named = built.head.alternates
                key = next(each for each in named if each.lower() == language)
                yield LostReturn(language, named[key], lost, built.find_place(f"alternate {key}"))
        if is_whole:
            self._whole.add(mine.cluster)

    def links_back(self, href: str, url: str) -> bool | None:
        """Return whether a page of the build names a URL as a version; None if it has no file."""
        theirs = self._read_versions(canonical_url(href))
        return None if theirs is None else theirs.has_url(canonical_url(url))

    def _read_versions(self, href: str) -> Versions | None:
        """Return the versions that a page of the build names; None for pages elsewhere or without a file."""
        known = self._known.get(hash(href))
        if known is not None:
            self._known.move_to_end(hash(href))
            return known
        path = self._files.parse_url(href)
        match = None if path is None else self._files.find(path)
        if match is None:
            return None
        try:
            return self._remember(href, _canonize(self._heads.read(match.file, href).head.alternates))
        except OSError:
            return None

    def _remember(self, url: str, alternates: Mapping[str, str]) -> Versions:
        """Return the versions of a page, and keep them."""
        found = Versions(hash(tuple(sorted(alternates.items()))), array("q", map(hash, alternates.values())))
        if hash(url) not in self._known:
            self._kept += len(found.hrefs) + 1
            self._known[hash(url)] = found
        while self._kept > MAX_LINKS:
            _, dropped = self._known.popitem(last=False)
            self._kept -= len(dropped.hrefs) + 1
        return found

    def _describe(self, href: str, theirs: Versions | None, own: str) -> str | None:
        """Return what is wrong with a version; None if it links back, or if nothing is known about it."""
        if theirs is None:
            path = self._files.parse_url(href)
            is_missing = path is not None and self._files.find(path) is None
            return "has no file in the build" if is_missing else None
        if theirs.has_url(own):
            return None
        return "names other versions, but not this page" if theirs.hrefs else "names no versions"


def _canonize(alternates: Mapping[str, str]) -> Mapping[str, str]:
    return {language.lower(): canonical_url(href) for language, href in alternates.items()}
