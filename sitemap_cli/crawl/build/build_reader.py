"""Reads a local build as the pages that it will be: what a probe of the published site would find."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from msgspec import structs

from sitemap_cli import urls
from sitemap_cli.audit.build_facts import BuildFact, FilePlace
from sitemap_cli.crawl.build.build_redirects import BuildRedirects, BuiltPage, path_of
from sitemap_cli.crawl.build.host_configuration import load_host_rules
from sitemap_cli.crawl.build.host_rules import HostRules, RulePlace
from sitemap_cli.crawl.build.page_files import FileMatch, PageFiles, UrlPath
from sitemap_cli.crawl.build.page_heads import BuiltHead, PageHeads
from sitemap_cli.crawl.build.path_patterns import canonical_path
from sitemap_cli.crawl.build.return_links import ReturnLinks
from sitemap_cli.crawl.build.serving import describe_outcomes
from sitemap_cli.crawl.build.site_folder import SiteFolder
from sitemap_cli.crawl.pages import robots_directives, soft_404
from sitemap_cli.crawl.pages.probed_page import ListedPage, ProbedPage

NO_FILE, UNREADABLE, UNKNOWN = "no-file", "file-unreadable", "not-judged"
"""Errors of pages: without a file, with a file that cannot be read, served by something that is no file."""

READ, MISSING, FAILED, OUTSIDE, REDIRECTED, OTHER = (
    *("read", "missing", "failed", "outside", "redirected", "other"),
)
"""What became of a listed URL, for the note of a check."""


class BuildReader:
    """Finds the files of listed URLs and reads their heads. It opens no sockets, and writes nothing.

    Args:
        root: the folder.
        base_url: where it will be published.
    """

    def __init__(self, root: Path, base_url: str) -> None:
        self.folder = SiteFolder(root)
        self.files = PageFiles(self.folder, base_url if base_url.endswith("/") else f"{base_url}/")
        self.rules: HostRules = load_host_rules(self.folder, self.files)
        self.heads = PageHeads(self.folder)
        self.counts = Counter[str]()
        self._redirects = BuildRedirects(self.files, self.rules)
        self._returns = ReturnLinks(self.files, self.heads)
        self._now = dt.datetime.now(dt.UTC)

    def read_page(self, listed: ListedPage) -> BuiltPage | None:
        """Return the page of a listed URL, or None if it is not below the base."""
        path = self.files.parse_url(listed.loc)
        if path is None:
            self.counts[OUTSIDE] += 1
            return None
        started = listed.start_result(self._now)
        match = self.files.find(path)
        if (redirected := self._redirects.follow_rules(started, match, path)) is not None:
            self.counts[REDIRECTED] += 1
            return redirected
        if match is None:
            found = self._redirects.find_rewrite(listed.loc)
            if not isinstance(found, FileMatch):
                return self._build_missing(started, path, found)
            match = found
        return self._read_match(started, match)

    def count_pages(self) -> int:
        """Return the number of listed URLs below the base that were looked at."""
        return sum(self.counts[each] for each in (READ, MISSING, FAILED, REDIRECTED, OTHER))

    def find_file(self, url: str) -> FileMatch | None:
        """Return the file that is the page of a URL, without reading it and without rewrites."""
        path = self.files.parse_url(url)
        return None if path is None else self.files.find(path)

    def links_back(self, href: str, url: str) -> bool | None:
        """Return whether the HTML of one page names another as a version; None if that is not known."""
        return self._returns.links_back(href, url)

    def is_redirected(self, url: str) -> bool:
        """Return whether a rule redirects a URL or says that there is nothing, on some host."""
        return self._redirects.is_redirected(url)

    def find_noindex_header(self, url: str) -> tuple[robots_directives.NoindexDirective, RulePlace] | None:
        """Return the header that forbids indexing of a URL, if a rule sends one."""
        for each in self.rules.find_headers(canonical_path(path_of(url))):
            found = robots_directives.find_noindex((), [each.value], self._now)
            if found is not None:
                return found, each.place
        return None

    def _build_missing(self, page: ProbedPage, path: UrlPath, rewritten: str | None) -> BuiltPage:
        """Return a page without a file; a rewrite may lead to a function or to another server."""
        if rewritten is not None:
            self.counts[OTHER] += 1
            return BuiltPage(structs.replace(page, error=UNKNOWN), BuildFact())
        self.counts[MISSING] += 1
        why = self.files.explain_missing(path)
        if not why and self.rules.worker is not None:
            why = f"unless {self.rules.worker} responds"
        return BuiltPage(structs.replace(page, error=NO_FILE), BuildFact(missing=why))

    def _read_match(self, page: ProbedPage, match: FileMatch) -> BuiltPage:
        shown = self.folder.show(match.file)
        try:
            built = self.heads.read(match.file, page.loc)
        except OSError as error:
            self.counts[FAILED] += 1
            message = f"{shown} cannot be read: {error.strerror}"
            fact = BuildFact({"": FilePlace(shown)}, missing=message)
            return BuiltPage(structs.replace(page, error=UNREADABLE), fact)
        self.counts[READ] += 1
        if built.head.refresh and not urls.are_equivalent(built.head.refresh, page.loc):
            place = built.find_place("refresh")
            return self._redirects.end_redirect(page, built.head.refresh, 301, place, "meta refresh")
        return self._build_page(page, match, built)

    def _build_page(self, page: ProbedPage, match: FileMatch, built: BuiltHead) -> BuiltPage:
        """Return a page that is served with status 200."""
        head, places = built.head, {"": FilePlace(built.file)}
        noindex = robots_directives.find_noindex(head.robots, (), self._now)
        if noindex is not None:
            places["page-noindex"] = built.find_place(self._find_noindex_meta(head.robots))
        elif header := self.find_noindex_header(page.loc):
            noindex, there = header
            places["page-noindex"] = FilePlace(*there)
        if head.canonicals:
            named = next((each.href for each in head.canonicals if each.href != page.loc), page.loc)
            places["page-canonicalised"] = built.find_place(f"canonical {named}")
        signals = [places[each] for each in ("page-noindex", "page-canonicalised") if each in places]
        if signals:
            places["page-conflict"] = signals[0]
        if head.alternates:
            places["page-hreflang-mismatch"] = built.find_place(f"alternate {next(iter(head.alternates))}")
        if head.title:
            places["page-soft-404"] = built.find_place("title")
        is_missing = soft_404.is_missing_title(head.title) and not soft_404.is_about_errors(page.loc)
        found = structs.replace(
            page,
            status_code=200,
            content_type=built.content_type,
            title=head.title,
            noindex=noindex.by if noindex else None,
            noindex_for=list(noindex.crawlers) or None if noindex else None,
            canonicals=[asdict(each) for each in head.canonicals] or None,
            alternates=dict(head.alternates) or None,
            soft_404=soft_404.TITLE if is_missing else None,
        )
        fact = BuildFact(
            places,
            served=describe_outcomes(match.shape, self.rules),
            twin=None if match.twin is None else self.folder.show(match.twin),
            lost_returns=tuple(self._returns.find_lost(page.loc, built)),
        )
        return BuiltPage(found, fact)

    def _find_noindex_meta(self, robots: tuple[tuple[str, str], ...]) -> str:
        """Return the name of the position of the first directive that forbids indexing."""
        forbids = (robots_directives.find_noindex([each], (), self._now) for each in robots)
        return f"robots {next((number for number, each in enumerate(forbids) if each), 0)}"


def iterate_pages(reader: BuildReader, listed: list[ListedPage]) -> Iterator[BuiltPage]:
    """Yield the pages of some listed URLs, without those outside of the build."""
    for each in listed:
        if (found := reader.read_page(each)) is not None:
            yield found
