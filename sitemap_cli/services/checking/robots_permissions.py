"""Find out what robots.txt disallows to crawlers, in a form that is fast for millions of URLs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import Audience, Decision, Permission, RobotsRule, Screen
from sitemap_cli.fetch.robots.agent_names import ANY_AGENT
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.fetch.robots.rule_matcher import (
    NumberedRule,
    RuleMatcher,
    list_meanings,
    measure_specificity,
)
from sitemap_cli.model.crawlers import Purpose, select_crawlers
from sitemap_cli.model.text_columns import SEPARATOR
from sitemap_cli.model.values import Engine
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.urls import textual_origin

SEARCH_CRAWLERS: Mapping[Engine, str] = {
    Engine.GOOGLE: "Googlebot",
    Engine.BING: "bingbot",
    Engine.YANDEX: "YandexBot",
}
DEFAULT_ENGINES = (Engine.GOOGLE, Engine.BING)
"""The search engines to check if the user names none."""

# https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers
GOOGLE_CRAWLERS: Mapping[Audience, str] = {
    Audience.IMAGE: "Googlebot-Image",
    Audience.VIDEO: "Googlebot-Video",
    Audience.NEWS: "Googlebot-News",
}
AI_PURPOSES: Mapping[Audience, Purpose] = {
    Audience.AI_SEARCH: Purpose.SEARCH,
    Audience.AI_TRAINING: Purpose.TRAINING,
    Audience.AI_USER: Purpose.USER,
}

MOST_SCREENS = 200
"""Maximum number of rules to search for one by one; with more rules every URL is examined."""

# What is not plain text in a rule, besides wildcards and the end anchor: escapes, and characters with several
# spellings.
_SPECIAL = re.compile(r"[%$]|[^\x21-\x7e]")
_NEXT = f"[^#{SEPARATOR}]*?"
_END = f"(?=[#{SEPARATOR}])"
# An absolute URL, which Protego takes for a path.
_ODD = re.compile(r"(?:Disallow|Allow): https?://")


@fact("permissions")
async def gather_permissions(_session: AsyncSession, source: FactSource) -> tuple[Permission, ...]:
    """Return what robots.txt disallows to search engines, special crawlers of Google and AI crawlers."""
    return list_permissions(source)


def list_permissions(source: FactSource) -> tuple[Permission, ...]:
    """Return the permissions of all crawlers of interest in each robots.txt of a site."""
    engine = source.site.engine
    return tuple(
        each for url, robots in source.robots.items() for each in build_permissions(url, robots, engine)
    )


def build_permissions(url: str, robots: RobotsTxt, engine: Engine | None) -> Iterator[Permission]:
    """Yield the permissions in one robots.txt that disallow something."""
    search = [SEARCH_CRAWLERS[each] for each in ((engine,) if engine else DEFAULT_ENGINES)]
    audiences: dict[Audience, Sequence[str]] = {Audience.ENGINE: search}
    if engine in (None, Engine.GOOGLE):
        audiences |= {audience: [name] for audience, name in GOOGLE_CRAWLERS.items()}
    audiences |= {each: _list_ai_crawlers(robots, purpose) for each, purpose in AI_PURPOSES.items()}
    known = {Audience.NEWS: [SEARCH_CRAWLERS[Engine.GOOGLE]], **dict.fromkeys(AI_PURPOSES, search)}
    for audience, agents in audiences.items():
        others = [robots.list_numbered_rules(each) for each in known.get(audience, ())]
        for group in _group_by_rules(robots, agents):
            permission = _build_permission(url, robots, group, audience, others)
            if permission is not None:
                yield permission


def build_crawler_permissions(url: str, robots: RobotsTxt, agents: Iterable[str]) -> Iterator[Permission]:
    """Yield all that one robots.txt disallows to some crawlers; those with the same rules share one."""
    for group in _group_by_rules(robots, agents):
        permission = _build_permission(url, robots, group, Audience.ENGINE, ())
        if permission is not None:
            yield permission


def _list_ai_crawlers(robots: RobotsTxt, purpose: Purpose) -> list[str]:
    """Return the crawlers with a purpose, without tokens that mean nothing where they are not named."""
    crawlers = select_crawlers(purpose)
    names = {each.token: robots.find_obeyed_name(each.token) for each in crawlers}
    return [each.token for each in crawlers if not (each.own_group and names[each.token] == ANY_AGENT)]


def _group_by_rules(robots: RobotsTxt, names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group crawlers that have the same rules."""
    by_rules = defaultdict[tuple[NumberedRule, ...], list[str]](list)
    for name in names:
        by_rules[tuple(robots.list_numbered_rules(name))].append(name)
    return [tuple(each) for each in by_rules.values()]


def _build_permission(
    url: str,
    robots: RobotsTxt,
    agents: tuple[str, ...],
    audience: Audience,
    others: Sequence[Sequence[NumberedRule]],
) -> Permission | None:
    """Build what one robots.txt allows to crawlers with the same rules; None if it disallows nothing new.

    ``others`` are the rules of the crawlers whose disallowed URLs are reported anyway.
    """
    given = robots.list_numbered_rules(agents[0])
    rules = [each for rule in given if _can_match(rule) for each in list_meanings(rule)]
    allowed = _list_allowed(rules)
    known = [_list_texts(each) for each in others if _list_allowed(each) <= allowed]
    shared = set.intersection(*known) if known and len(known) == len(others) else set()
    if all(each.text in shared for each in rules if each.is_disallow):
        return None
    matcher, origin = robots.build_matcher(agents[0]), textual_origin(url)
    is_searchable = len(rules) <= MOST_SCREENS
    searched = rules if is_searchable else []
    ordered = sorted(searched, key=lambda each: (-measure_specificity(each.text), each.is_disallow))
    return Permission(
        agents,
        audience,
        origin,
        url,
        tuple(_build_rule(each, matcher, origin, shared) for each in ordered),
        is_searchable,
        frozenset(shared),
        matcher.is_allowed,
        partial(_decide, matcher),
    )


def _can_match(rule: NumberedRule) -> bool:
    """Return whether a rule can match anything: URLs are compared from the slash after the host on."""
    return rule.path[:1] in ("/", "*") or _ODD.match(rule.text) is not None


def _list_texts(rules: Iterable[NumberedRule]) -> set[str]:
    return {each.text for each in rules}


def _list_allowed(rules: Iterable[NumberedRule]) -> set[str]:
    return {each.text for each in rules if each.path and not each.is_disallow}


def _decide(matcher: RuleMatcher, url: str) -> Decision | None:
    found = matcher.find_deciding_rule(url)
    return Decision(found.text, found.line) if found else None


def _build_rule(rule: NumberedRule, matcher: RuleMatcher, origin: str, shared: set[str]) -> RobotsRule:
    path = rule.path
    is_anchored = path.endswith("$")
    body = path.removesuffix("$")
    is_exact = not _SPECIAL.search(body) and not _ODD.match(rule.text)
    return RobotsRule(
        rule.text,
        rule.line,
        rule.is_disallow,
        rule.text not in shared,
        _build_exact_screen(origin, body, is_anchored=is_anchored)
        if is_exact
        else _build_wide_screen(origin, path),
        is_exact,
        partial(matcher.matches, rule),
    )


def _build_exact_screen(origin: str, body: str, *, is_anchored: bool) -> Screen:
    """Return a search for exactly the URLs that a rule of plain characters and wildcards matches.

    Each part between two wildcards is taken where it is found first, as crawlers may do. So the search takes
    no longer than the URL is long.
    """
    head, *parts = re.split(r"\*+", body)
    *middle, last = parts or [""]
    pattern = f"{SEPARATOR}{re.escape(origin[:-1])}" + (re.escape(head) or f"(?=[/{SEPARATOR}])")
    pattern += "".join(f"(?>{_NEXT}{re.escape(part)})" for part in middle)
    if is_anchored:
        pattern += (f"{_NEXT}{re.escape(last)}" if parts else "") + _END
    elif last:
        pattern += f"{_NEXT}{re.escape(last)}"
    return Screen(max((head, *parts), key=len) or origin, re.compile(pattern))


def _build_wide_screen(origin: str, path: str) -> Screen:
    """Return a search that finds at least what a rule matches: URLs with the plain beginning of its path."""
    head = path.partition("*")[0]
    if special := _SPECIAL.search(head):
        head = head[: special.start()]
    if _ODD.match(f"Allow: {path}"):
        head = ""
    start = re.escape(head) if head not in ("", "/") else f"(?=[/{SEPARATOR}])"
    return Screen(head or origin, re.compile(f"{SEPARATOR}{re.escape(origin[:-1])}{start}"))
