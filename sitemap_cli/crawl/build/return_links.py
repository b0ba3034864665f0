"""Links between language versions in the heads of a build, and whether they are returned."""

from collections.abc import Iterator, Mapping

from sitemap_cli.audit.build_facts import LostReturn
from sitemap_cli.crawl.build.page_files import PageFiles
from sitemap_cli.crawl.build.page_heads import BuiltHead, PageHeads
from sitemap_cli.urls import canonical_url

X_DEFAULT = "x-default"


class ReturnLinks:
    """Finds links to versions that do not link back.

    The pages of a cluster usually name the same versions. So each cluster is read once more, and remembered
    by a hash of what its pages name.
    """

    def __init__(self, files: PageFiles, heads: PageHeads) -> None:
        self._files = files
        self._heads = heads
        self._whole = set[int]()

    def find_lost(self, url: str, built: BuiltHead) -> Iterator[LostReturn]:
        """Yield the versions in the head of a page that have no file or do not link back to it.

        Only versions below the base are judged, and no ``x-default``, which may be a page without versions.
        """
        own, alternates = canonical_url(url), _canonize(built.head.alternates)
        if not alternates:
            return
        cluster = hash(tuple(sorted(alternates.items())))
        is_member = own in alternates.values()
        if is_member and cluster in self._whole:
            return
        is_whole = is_member
        for language, href in alternates.items():
            if href == own or language == X_DEFAULT:
                continue
            theirs = self._read_versions(href)
            is_whole = is_whole and (theirs is None or hash(tuple(sorted(theirs.items()))) == cluster)
            lost = self._describe(href, theirs, own)
            if lost is not None:
                is_whole = False
                named = built.head.alternates
                key = next(each for each in named if each.lower() == language)
                yield LostReturn(language, named[key], lost, built.find_place(f"alternate {key}"))
        if is_whole:
            self._whole.add(cluster)

    def links_back(self, href: str, url: str) -> bool | None:
        """Return whether a page of the build names a URL as a version; None if it has no file."""
        theirs = self._read_versions(href)
        return None if theirs is None else canonical_url(url) in theirs.values()

    def _read_versions(self, href: str) -> Mapping[str, str] | None:
        """Return the versions that a page of the build names; None for pages elsewhere or without a file."""
        path = self._files.parse_url(href)
        match = None if path is None else self._files.find(path)
        if match is None:
            return None
        try:
            return _canonize(self._heads.read(match.file, href).head.alternates)
        except OSError:
            return None

    def _describe(self, href: str, theirs: Mapping[str, str] | None, own: str) -> str | None:
        """Return what is wrong with a version; None if it links back, or if nothing is known about it."""
        if theirs is None:
            path = self._files.parse_url(href)
            is_missing = path is not None and self._files.find(path) is None
            return "has no file in the build" if is_missing else None
        if own in theirs.values():
            return None
        return "names other versions, but not this page" if theirs else "names no versions"


def _canonize(alternates: Mapping[str, str]) -> Mapping[str, str]:
    return {language.lower(): canonical_url(href) for language, href in alternates.items()}
