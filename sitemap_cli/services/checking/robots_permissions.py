"""Find out what robots.txt disallows to crawlers, in a form that is fast for millions of URLs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR
from sitemap_cli.audit.gathered_facts import Permission, Screen
from sitemap_cli.fetch.robots.robots_lines import DISALLOW
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
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

# The names that their owners document: https://platform.openai.com/docs/bots, https://support.claude.com,
# https://docs.perplexity.ai/guides/bots, https://developers.google.com/crawling/docs/crawlers-fetchers,
# https://support.apple.com/119829, https://commoncrawl.org/ccbot, https://developers.facebook.com/docs/sharing,
# https://developer.amazon.com/amazonbot
AI_CRAWLERS = (
    *("GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "Claude-SearchBot", "Claude-User"),
    *("PerplexityBot", "Google-Extended", "Applebot-Extended", "CCBot", "meta-externalagent", "Amazonbot"),
)

MOST_SCREENS = 200
"""Maximum number of rules to search for one by one; with more rules every URL is examined."""

# What is not plain text in a rule: wildcards, the end anchor, and characters with several spellings.
_SPECIAL = re.compile(r"[*$%]|[^\x21-\x7e]")


@fact("permissions")
async def gather_permissions(_session: AsyncSession, source: FactSource) -> tuple[Permission, ...]:
    """Return what robots.txt disallows to search engines and AI crawlers."""
    site = source.site
    search = [SEARCH_CRAWLERS[each] for each in ((site.engine,) if site.engine else DEFAULT_ENGINES)]
    return tuple(
        each for url, robots in source.robots.items() for each in _build_permissions(url, robots, search)
    )


def _build_permissions(url: str, robots: RobotsTxt, search: Sequence[str]) -> Iterator[Permission]:
    """Yield the permissions in one robots.txt, without AI crawlers that have the rules of search engines."""
    usual = {tuple(robots.list_rules(_build_agent(name))) for name in search}
    for ai, names in ((False, search), (True, AI_CRAWLERS)):
        for agents in _group_by_rules(robots, names):
            effective = robots.list_rules(_build_agent(agents[0]))
            if any(map(_is_disallow, effective)) and not (ai and tuple(effective) in usual):
                yield _build_permission(url, robots, agents, ai=ai)


def _build_agent(name: str) -> str:
    """Return the user agent to look up in robots.txt; YandexBot also follows the rules for ``Yandex``."""
    return f"{name} Yandex" if name == SEARCH_CRAWLERS[Engine.YANDEX] else name


def _group_by_rules(robots: RobotsTxt, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Group crawlers that have the same rules."""
    by_rules = defaultdict[tuple[str, ...], list[str]](list)
    for name in names:
        by_rules[tuple(robots.list_rules(_build_agent(name)))].append(name)
    return [tuple(each) for each in by_rules.values()]


def _build_permission(url: str, robots: RobotsTxt, agents: tuple[str, ...], *, ai: bool) -> Permission:
    agent = _build_agent(agents[0])
    rules = robots.list_rules(agent)
    paths = [_get_path(rule) for rule in rules if _is_disallow(rule)]
    plain = len(paths) == len([rule for rule in rules if _get_path(rule)]) and not any(
        map(_SPECIAL.search, paths)
    )
    return Permission(
        agents,
        textual_origin(url),
        url,
        ai,
        _build_screens(textual_origin(url), paths),
        plain and len(paths) <= MOST_SCREENS,
        lambda loc: robots.is_allowed(loc, agent),
        lambda loc: robots.find_deciding_rule(loc, agent),
    )


def _build_screens(root: str, paths: Sequence[str]) -> tuple[Screen, ...]:
    """Return patterns that match at least what these paths disallow."""
    here = re.escape(root[:-1])
    if len(paths) > MOST_SCREENS:
        return (Screen(root, re.compile(f"{SEPARATOR}{here}(?=[/{SEPARATOR}])")),)
    return tuple(_build_screen(here, path) for path in paths)


def _build_screen(here: str, path: str) -> Screen:
    """Return a text that must occur and a pattern for one path.

    The pattern has the plain beginning of the path and what follows the first wildcard, to be fast.
    """
    head, _, rest = path.partition("*")
    if special := _SPECIAL.search(head):
        head, rest = head[: special.start()], ""
    tail = rest[: special.start()] if (special := _SPECIAL.search(rest)) else rest
    # The root may be written without its slash.
    start = f"{SEPARATOR}{here}" + (re.escape(head) if head not in ("", "/") else f"(?=[/{SEPARATOR}])")
    return Screen(tail or head, re.compile(start + (f"[^{SEPARATOR}]*?{re.escape(tail)}" if tail else "")))


def _get_path(rule: str) -> str:
    return rule.partition(": ")[2]


def _is_disallow(rule: str) -> bool:
    return rule.startswith(DISALLOW) and bool(_get_path(rule))
