"""Redirects and rewrites of a build: by rules, by settings of hosts, and by pages that refresh."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from msgspec import structs

from sitemap_cli import urls
from sitemap_cli.audit.build_facts import BuildFact, FilePlace
from sitemap_cli.crawl.build.host_rules import GONE, REDIRECTS, REWRITE, HostRule, HostRules, RulePlace
from sitemap_cli.crawl.build.host_shapes import Shape
from sitemap_cli.crawl.build.page_files import FileMatch, PageFiles, UrlPath
from sitemap_cli.crawl.build.path_patterns import canonical_path
from sitemap_cli.crawl.pages.html_head import sanitize_text
from sitemap_cli.crawl.pages.probed_page import ProbedPage

MAX_HOPS = 10


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A listed page as a probe would have found it, and what the files of the build say of it."""

    page: ProbedPage
    fact: BuildFact


class BuildRedirects:
    """Follows the redirects of a build.

    Args:
        files: the files of the build.
        rules: the rules of its host.
    """

    def __init__(self, files: PageFiles, rules: HostRules) -> None:
        self.files = files
        self.rules = rules

    def is_redirected(self, url: str) -> bool:
        """Return whether a rule redirects a URL or says that there is nothing, on some host."""
        return self.rules.find(url, canonical_path(path_of(url)), _redirects_or_ends) is not None

    def follow_rules(self, page: ProbedPage, match: FileMatch | None, path: UrlPath) -> BuiltPage | None:
        """Return the page if a rule or a setting redirects its URL."""
        has_file = match is not None

        def may_apply(rule: HostRule) -> bool:
            if rule.status in GONE:
                # Without a file there is nothing in any case.
                return has_file and rule.wins is True
            return rule.status in REDIRECTS and (rule.wins is not False or not has_file)

        found = self.rules.find(page.loc, canonical_path(path_of(page.loc)), may_apply)
        if found is None:
            by_setting = self._find_setting(page.loc, match, path)
            return None if by_setting is None else self.end_redirect(page, *by_setting)
        rule, target = found
        if rule.status in GONE:
            place = FilePlace(*rule.place)
            fact = BuildFact({"page-4xx": place, "": place}, redirect=rule.by)
            return BuiltPage(structs.replace(page, status_code=rule.status), fact)
        is_shadowed = has_file and rule.wins is None
        return self.end_redirect(page, target, rule.status, rule.place, rule.by, is_shadowed=is_shadowed)

    def _find_setting(
        self, url: str, match: FileMatch | None, path: UrlPath
    ) -> tuple[str, int, RulePlace, str] | None:
        """Return the redirect by ``cleanUrls`` or ``trailingSlash``: target, status, place and name."""
        clean, slash = self.rules.clean_urls, self.rules.trailing_slash
        if match is None or not path.segments:
            return None
        if clean is not None and clean.value and match.shape in (Shape.HTML, Shape.INDEX):
            target = _replace_path(url, _clean_path(path_of(url), add_slash=bool(slash and slash.value)))
            return target, 308, clean.place, "cleanUrls"
        is_page = match.shape in (Shape.FOLDER, Shape.FILE, Shape.SLASH, Shape.FILE_SLASH)
        if slash is None or slash.value == path.has_slash or not is_page:
            return None
        plain = path_of(url).rstrip("/")
        return _replace_path(url, f"{plain}/" if slash.value else plain), 308, slash.place, "trailingSlash"

    def end_redirect(
        self,
        page: ProbedPage,
        target: str,
        status: int,
        place: RulePlace | FilePlace,
        by: str,
        *,
        is_shadowed: bool = False,
    ) -> BuiltPage:
        """Return the page with its redirects, as far as they can be followed in the build."""
        hops, seen = [(page.loc, status)], {urls.identify_url(page.loc)}
        code: int | None = 200
        error = None
        while (path := self.files.parse_url(target)) is not None:
            if urls.identify_url(target) in seen or len(hops) > MAX_HOPS:
                error, code = "redirect-loop", hops[-1][1]
                break
            seen.add(urls.identify_url(target))
            has_file = self.files.find(path) is not None
            found = self.rules.find(target, canonical_path(path_of(target)), _wins_over(has_file=has_file))
            if found is None or found[0].status not in REDIRECTS:
                is_missing = not has_file and self.find_rewrite(target) is None
                code = 404 if is_missing or (found and found[0].status in GONE) else 200
                break
            hops.append((target, found[0].status))
            target = found[1]
        final = structs.replace(
            page,
            final_url=sanitize_text(target),
            status_code=code,
            error=error,
            hops=[[sanitize_text(url), each] for url, each in hops],
        )
        there = FilePlace(*place)
        fact = BuildFact({"": there, "page-redirect": there}, redirect=by, is_shadowed=is_shadowed)
        return BuiltPage(final, fact)

    def find_rewrite(self, url: str) -> FileMatch | str | None:
        """Return the file that a rewrite serves for a URL, or the rule's name if it is not a file."""
        found = self.rules.find(url, canonical_path(path_of(url)), lambda rule: rule.status == REWRITE)
        if found is None:
            return None
        rule, target = found
        path = self.files.parse_url(target)
        match = None if path is None else self.files.find(path)
        return replace(match, shape=Shape.EXACT, twin=None) if match else rule.by


def path_of(url: str) -> str:
    """Return the path of a URL in the spelling in which paths are compared."""
    try:
        return urlsplit(urls.canonical_url(url)).path or "/"
    except ValueError:
        return "/"


def _replace_path(url: str, path: str) -> str:
    return urlsplit(url)._replace(path=path or "/").geturl()


def _clean_path(path: str, *, add_slash: bool) -> str:
    """Return a path without ``.html`` or ``index.html``."""
    folder, _, name = path.rpartition("/")
    plain = folder if name.startswith("index.htm") else f"{folder}/{name.rpartition('.')[0]}"
    return f"{plain}/" if add_slash or not plain else plain


def _redirects_or_ends(rule: HostRule) -> bool:
    return rule.status in (*REDIRECTS, *GONE) and rule.wins is not False


def _wins_over(*, has_file: bool) -> Callable[[HostRule], bool]:
    def accepts(rule: HostRule) -> bool:
        is_kind = rule.status in (*REDIRECTS, *GONE)
        return is_kind and (bool(rule.wins) or not has_file)

    return accepts
