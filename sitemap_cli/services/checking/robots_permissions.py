"""What the robots.txt files of a job say to crawlers, ready to be held against millions of addresses."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR
from sitemap_cli.audit.facts import Permission
from sitemap_cli.fetch.robots.robots_lines import DISALLOW
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.values import Engine
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.urls import textual_origin

SEARCH: Mapping[Engine, str] = {
    Engine.GOOGLE: "Googlebot",
    Engine.BING: "bingbot",
    Engine.YANDEX: "YandexBot",
}
USUAL = (Engine.GOOGLE, Engine.BING)
"""The search engines that matter to whoever names none."""

# As their owners call them: https://platform.openai.com/docs/bots, https://support.claude.com (crawlers),
# https://docs.perplexity.ai/guides/bots, https://developers.google.com/crawling/docs/crawlers-fetchers,
# https://support.apple.com/119829, https://commoncrawl.org/ccbot, https://developers.facebook.com/docs/sharing,
# https://developer.amazon.com/amazonbot
AI = (
    *("GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "Claude-SearchBot", "Claude-User"),
    *("PerplexityBot", "Google-Extended", "Applebot-Extended", "CCBot", "meta-externalagent", "Amazonbot"),
)

MOST_SCREENS = 200
"""Rules that are searched for one by one; where there are more, every address is a suspect."""

# Where a rule stops to be plain text: wildcards, the end, and what can be written in several ways.
_SPECIAL = re.compile(r"[*$%]|[^\x21-\x7e]")


@fact("permissions")
async def gather_permissions(_session: AsyncSession, source: FactSource) -> tuple[Permission, ...]:
    """What may be disallowed to the search engines that matter, and to the crawlers of AI."""
    site = source.site
    search = [SEARCH[each] for each in ((site.engine,) if site.engine else USUAL)]
    return tuple(
        each for url, robots in source.robots.items() for each in _build_permissions(url, robots, search)
    )


def _build_permissions(url: str, robots: RobotsTxt, search: Sequence[str]) -> Iterator[Permission]:
    """The permissions of one robots.txt; of the crawlers of AI, those for which it has rules of their own."""
    usual = {tuple(robots.list_rules(_build_agent(name))) for name in search}
    for ai, names in ((False, search), (True, AI)):
        for agents in _group_by_rules(robots, names):
            counting = robots.list_rules(_build_agent(agents[0]))
            if any(map(_is_disallow, counting)) and not (ai and tuple(counting) in usual):
                yield _build_permission(url, robots, agents, ai=ai)


def _build_agent(name: str) -> str:
    """How a crawler is found in robots.txt; Yandex's own also obeys what is said to all of Yandex."""
    return f"{name} Yandex" if name == SEARCH[Engine.YANDEX] else name


def _group_by_rules(robots: RobotsTxt, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Crawlers together for which the same rules count."""
    alike = defaultdict[tuple[str, ...], list[str]](list)
    for name in names:
        alike[tuple(robots.list_rules(_build_agent(name)))].append(name)
    return [tuple(each) for each in alike.values()]


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


def _build_screens(root: str, paths: Sequence[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns that find at least what these paths disallow."""
    here = re.escape(root[:-1])
    if len(paths) > MOST_SCREENS:
        return ((root, re.compile(f"{SEPARATOR}{here}(?=[/{SEPARATOR}])")),)
    return tuple(_build_screen(here, path) for path in paths)


def _build_screen(here: str, path: str) -> tuple[str, re.Pattern[str]]:
    """The plain beginning of a path, and what follows its first wildcard: no pattern may take long."""
    head, _, rest = path.partition("*")
    if special := _SPECIAL.search(head):
        head, rest = head[: special.start()], ""
    tail = rest[: special.start()] if (special := _SPECIAL.search(rest)) else rest
    # The root itself may be written without its slash.
    start = f"{SEPARATOR}{here}" + (re.escape(head) if head not in ("", "/") else f"(?=[/{SEPARATOR}])")
    return tail or head, re.compile(start + (f"[^{SEPARATOR}]*?{re.escape(tail)}" if tail else ""))


def _get_path(rule: str) -> str:
    return rule.partition(": ")[2]


def _is_disallow(rule: str) -> bool:
    return rule.startswith(DISALLOW) and bool(_get_path(rule))
