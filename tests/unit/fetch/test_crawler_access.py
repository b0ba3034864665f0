"""What a robots.txt allows to a crawler as a whole, and the list of known crawlers."""

import re

import pytest

from sitemap_cli.fetch.robots.agent_names import parse_agent_line
from sitemap_cli.fetch.robots.crawler_access import judge_access
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.crawlers import Purpose, list_crawlers, select_crawlers

GPTBOT = next(each for each in list_crawlers() if each.token == "GPTBot")


@pytest.mark.parametrize(
    ("rules", "access", "lines"),
    [
        ([], "allowed", []),
        (["Disallow:"], "allowed", []),
        (["Allow: /"], "allowed", []),
        (["Disallow: /"], "blocked", [2]),
        (["Disallow: *"], "blocked", [2]),
        (["Disallow: /*", "Disallow: /a"], "blocked", [2]),
        (["Disallow: /", "Allow: /a"], "partly", [2]),
        (["Disallow: /a", "Allow: /a/b", "Disallow: /c"], "partly", [2, 4]),
        (["Allow: /", "Disallow: /"], "allowed", []),
        (["Allow: /", "Disallow: /", "Disallow: /a"], "partly", [4]),
    ],
)
def test_the_rules_say_how_much_of_a_site_is_allowed(rules: list[str], access: str, lines: list[int]) -> None:
    robots = RobotsTxt("\n".join(["User-agent: GPTBot", *rules]).encode())
    found = judge_access(robots, GPTBOT)
    assert (found.access, [each.line for each in found.rules]) == (access, lines)


def test_every_crawler_is_documented() -> None:
    crawlers = list_crawlers()
    tokens = [each.token.lower() for each in crawlers]
    assert len(tokens) == len(set(tokens)) >= 25
    assert all(parse_agent_line(each.token).names == {each.token.lower()} for each in crawlers)
    assert all(re.fullmatch(r"https://\S+", each.source) for each in crawlers if each.source is not None)
    assert [each.token for each in crawlers if each.source is None] == ["Bytespider"]
    assert all(each.effect.endswith(".") for each in crawlers)


def test_there_are_crawlers_of_every_purpose() -> None:
    assert all(select_crawlers(purpose) for purpose in Purpose)
