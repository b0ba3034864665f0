"""What a robots.txt allows to a crawler, as a whole."""

from dataclasses import dataclass
from enum import StrEnum

from sitemap_cli.fetch.robots.agent_names import ANY_AGENT
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.fetch.robots.rule_matcher import NumberedRule
from sitemap_cli.model.crawlers import Crawler

WHOLE_SITE = frozenset({"/", "*", "/*"})


class Access(StrEnum):
    """How much of a site a crawler may fetch; ``unset`` if a token that needs a group has none."""

    ALLOWED = "allowed"
    PARTLY = "partly"
    BLOCKED = "blocked"
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class CrawlerAccess:
    """What one crawler may fetch, the rules that decide, and the group that it obeys, if any."""

    crawler: Crawler
    access: Access
    rules: tuple[NumberedRule, ...] = ()
    group: str | None = None
    group_line: int | None = None


def judge_access(robots: RobotsTxt, crawler: Crawler) -> CrawlerAccess:
    """Return how much of its site a robots.txt allows to a crawler.

    The rules of a blocked crawler are those that block the whole site; those of one that is partly blocked
    are all that disallow something.
    """
    name = robots.find_obeyed_name(crawler.token)
    lines = robots.list_group_lines(crawler.token)
    if not lines or (crawler.own_group and name == ANY_AGENT):
        return CrawlerAccess(crawler, Access.UNSET if crawler.own_group else Access.ALLOWED)
    rules = robots.list_numbered_rules(crawler.token)
    disallowed = tuple(each for each in rules if each.is_disallow)
    whole = tuple(each for each in disallowed if each.path in WHOLE_SITE)
    allowed = [each for each in rules if each.path and not each.is_disallow]
    if any(each.path in WHOLE_SITE for each in allowed):
        # The rule that allows wins if both are as long.
        disallowed, whole = tuple(each for each in disallowed if each not in whole), ()
    name = crawler.token if name == crawler.token.lower() else name
    if whole and not allowed:
        return CrawlerAccess(crawler, Access.BLOCKED, whole, name, lines[0])
    access = Access.PARTLY if disallowed else Access.ALLOWED
    return CrawlerAccess(crawler, access, disallowed, name, lines[0])
