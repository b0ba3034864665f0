"""Crawlers find their groups in robots.txt by their product token."""

import pytest

from sitemap_cli.fetch.robots.agent_names import find_obeyed_name, parse_agent_line


@pytest.mark.parametrize(
    ("line", "agent", "is_meant"),
    [
        ("Googlebot", "googlebot", True),
        ("GOOGLEBOT", "Googlebot", True),
        ("Googlebot/2.1", "Googlebot", True),
        ("Googlebot *", "Googlebot", True),
        ("googlebot*", "Googlebot", True),
        ("Googlebot, bingbot", "Googlebot", True),
        ("Googlebot, bingbot", "bingbot", False),
        ("*bot", "bot", False),
        ("(Googlebot)", "Googlebot", False),
        # no part of a token
        ("Claude", "Claude-User", False),
        ("Claude", "ClaudeBot", False),
        ("Applebot", "Applebot-Extended", False),
        ("Applebot-Extended", "Applebot", False),
        ("bot", "my-bot", False),
        ("my-bot", "my", False),
        # documented by the owner of the crawler
        ("Googlebot", "Googlebot-Image", True),
        ("Googlebot", "Googlebot-News", True),
        ("Googlebot", "Googlebot-Video", True),
        ("Googlebot-Image", "Googlebot", False),
        ("Googlebot", "GoogleOther", False),
        ("Googlebot", "Applebot", True),
        ("Googlebot", "Applebot-Extended", False),
        ("Yandex", "YandexBot", True),
        ("Yandex", "YandexImages", True),
        ("YandexBot", "YandexImages", False),
        # a User-Agent header
        ("Applebot", "Mozilla/5.0 (Macintosh) AppleWebKit/600.2.5 Safari/600.2.5 (Applebot/0.1)", True),
        ("Screaming Frog SEO Spider", "Screaming Frog SEO Spider/16.0", True),
        # digits, which the standard does not allow
        ("MJ12bot", "MJ12bot", True),
        ("AI2Bot", "AI2Bot", True),
        ("AI2Bot", "AI3Bot", False),
        ("", "Googlebot", False),
    ],
)
def test_a_name_means_one_crawler(line: str, agent: str, is_meant: bool) -> None:
    names = parse_agent_line(line).names
    assert (find_obeyed_name(agent, names) in names) is is_meant


def test_an_own_name_comes_before_that_of_another_crawler() -> None:
    names = {"googlebot", "googlebot-image", "applebot", "yandex", "yandexbot", "*"}
    agents = ("Googlebot-Image", "Googlebot-News", "Applebot", "YandexBot", "YandexNews", "Applebot-Extended")
    found = [find_obeyed_name(agent, names) for agent in agents]
    assert found == ["googlebot-image", "googlebot", "applebot", "yandexbot", "yandex", "*"]


@pytest.mark.parametrize("line", ["*", "* ", "* and others", "*\tx"])
def test_a_star_means_everyone_else(line: str) -> None:
    assert parse_agent_line(line).names == {"*"}
