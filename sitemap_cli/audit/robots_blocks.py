"""Which URLs a robots.txt disallows, by the rule that decides; a column is searched once for each rule."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch, Column, build_url_column
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience, Decision, Permission, RobotsRule
from sitemap_cli.audit.hit import Hit, format_value
from sitemap_cli.audit.probed_pages import PageBlock
from sitemap_cli.urls import textual_origin

# The escape of a character that rules match in either spelling. Those of # / % and of blanks are not.
ESCAPE = re.compile(r"%(2[1246-9A-E]|3[0-9A-F]|[46][0-9A-F]|5[0-9A-F]|7[0-9A-E])", re.IGNORECASE)
EXPLAINED = 1_000
"""URLs per batch for which the rule is looked up one by one, if there are too many rules to search."""
ROBOTS_PATH = "/robots.txt"
UNKNOWN = "one of very many rules"
TITLES = {"bingbot": "Bingbot"}
"""What people call crawlers, where that is not the product token."""


class Block(NamedTuple):
    """The positions of URLs that one rule disallows; None if it is not known which rule does."""

    rule: Decision | None
    indexes: Sequence[int]


class CrawledUrls:
    """Some URLs as robots.txt rules see them: with canonical origins, and without needless escapes.

    Args:
        urls: a column of URLs with canonical origins.
        written: the URLs as they are written, in the same order.
    """

    def __init__(self, urls: Column, written: Column) -> None:
        self.column = Column(ESCAPE.sub(_unescape, urls.text)) if "%" in urls.text else urls
        self._written = written
        self._found: dict[tuple[str, re.Pattern[str]], Sequence[int]] = {}

    @property
    def written(self) -> Sequence[str]:
        """The URLs as they are written."""
        return self._written.values

    def search(self, rule: RobotsRule) -> Sequence[int]:
        """Return the positions of the URLs that a rule matches."""
        key = rule.text, rule.screen.pattern
        if key not in self._found:
            self._found[key] = self._search(rule) if rule.screen.text in self.column.text else ()
        return self._found[key]

    def _search(self, rule: RobotsRule) -> list[int]:
        found = list(self.column.search(rule.screen.pattern))
        if not rule.is_exact:
            found = [at for at in found if rule.matches(self.written[at])]
        return self._drop_robots(found)

    def _drop_robots(self, found: list[int]) -> list[int]:
        """Drop the URLs of robots.txt files, which crawlers may always fetch."""
        if ROBOTS_PATH not in self.column.text:
            return found
        return [at for at in found if urlsplit(self.written[at]).path != ROBOTS_PATH]


def find_blocks(urls: CrawledUrls, permission: Permission) -> Iterator[Block]:
    """Yield what each rule of a permission disallows, without rules that are reported for search engines."""
    if not permission.is_searchable:
        yield from _decide_each(urls, permission)
        return
    found = {rule: urls.search(rule) for rule in permission.rules if rule.is_disallow}
    left = sum(map(bool, found.values()))
    taken = set[int]()
    for rule in permission.rules:
        if not left:
            return
        if not rule.is_disallow:
            taken.update(urls.search(rule))
        elif found[rule]:
            left -= 1
            blocked = [at for at in found[rule] if at not in taken] if taken else found[rule]
            if blocked and rule.is_reported:
                yield Block(Decision(rule.text, rule.line), blocked)
            if left:
                taken.update(blocked)


def find_block(site: SiteFact, url: str) -> PageBlock | None:
    """Return the rule that disallows one URL to search engines, and to which of them."""
    origin = textual_origin(url)
    found = [
        each
        for each in select_permissions(site, Audience.ENGINE)
        if each.origin == origin and not each.is_allowed(url)
    ]
    if not found:
        return None
    agents = join_names(TITLES.get(agent, agent) for each in found for agent in each.agents)
    return PageBlock(agents, name_rule(found[0].decide(url)))


def report_blocks(
    batch: Batch,
    audience: Audience,
    describe: Callable[[Permission, Decision | None], str],
    reported: frozenset[int] = frozenset(),
) -> Iterator[Hit]:
    """Yield hits for the URLs of a batch that are disallowed to some crawlers, grouped by rule.

    ``describe`` returns what one rule does to the crawlers; ``reported`` are positions of entries in the
    document that another rule reports.
    """
    for permission in select_permissions(batch.site, audience):
        for block in find_blocks(view_locs(batch), permission):
            left = _drop_reported(batch, block, reported) if reported else block
            if left.indexes:
                message = describe(permission, block.rule)
                yield from _report_block(batch, permission, left, message)


def _drop_reported(batch: Batch, block: Block, reported: frozenset[int]) -> Block:
    return Block(block.rule, [at for at in block.indexes if batch.first_position + at not in reported])


def select_permissions(site: SiteFact, audience: Audience) -> Iterator[Permission]:
    """Yield what robots.txt disallows to some crawlers."""
    return (each for each in site.permissions if each.audience is audience)


def view_locs(batch: Batch) -> CrawledUrls:
    """Return the URLs of a batch as rules see them; all rules share the searches."""
    view = _VIEWS.get(batch)
    if view is None:
        view = _VIEWS[batch] = CrawledUrls(batch.canonical_locs, batch.locs)
    return view


_VIEWS: WeakKeyDictionary[Batch, CrawledUrls] = WeakKeyDictionary()


def view_urls(urls: Sequence[str]) -> CrawledUrls:
    """Return any URLs as rules see them."""
    return CrawledUrls(build_url_column(urls), Column(f"{SEPARATOR}{SEPARATOR.join(urls)}{SEPARATOR}"))


def name_rule(rule: Decision | None) -> str:
    """Return a rule with its line, for messages."""
    return f"`{format_value(rule.text)}` (line {rule.line})" if rule else UNKNOWN


def name_place(rule: Decision | None) -> str:
    """Return a rule as the subject of a sentence, with its place first."""
    return f"robots.txt:{rule.line} `{format_value(rule.text)}`" if rule else f"robots.txt ({UNKNOWN})"


def describe_block(agents: Iterable[str], rule: Decision | None) -> str:
    """Return that a rule blocks something for some crawlers."""
    names = join_names(TITLES.get(each, each) for each in agents)
    return f"Blocked by robots.txt for {names}: {name_rule(rule)}"


def name_share(count: int, site: SiteFact) -> str:
    """Return how many of the URLs of a site these are: ``21 of 267`` or ``all 267``."""
    total = sum(each.urls for each in site.sitemaps_by_document.values())
    return f"all {count:,}" if count == total else f"{count:,} of {total:,}"


def join_names(names: Iterable[str]) -> str:
    """Return names as part of a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _report_block(batch: Batch, permission: Permission, block: Block, message: str) -> Iterator[Hit]:
    cause = name_rule(block.rule)
    line = block.rule.line if block.rule else None
    value = block.rule.text if block.rule else None
    yield Hit(
        message,
        batch.locs.values[block.indexes[0]],
        line,
        count=len(block.indexes),
        sitemap=permission.robots_url,
        index=block.indexes[0],
        value=value,
        cause=cause,
        places=lambda: block.indexes,
    )


def _decide_each(urls: CrawledUrls, permission: Permission) -> Iterator[Block]:
    blocked = defaultdict[Decision | None, list[int]](list)
    explained = 0
    for at in urls.column.search(re.compile(f"{SEPARATOR}{re.escape(permission.origin)}")):
        url = urls.written[at]
        if not permission.is_allowed(url):
            explained += 1
            blocked[permission.decide(url) if explained <= EXPLAINED else None].append(at)
    for rule, indexes in blocked.items():
        if rule is None or rule.text not in permission.shared:
            yield Block(rule, indexes)


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
