"""Searching columns for what robots.txt disallows finds exactly what looking at every URL finds."""

import random
from collections.abc import Iterator

import pytest

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience, Permission
from sitemap_cli.audit.robots_blocks import find_blocks, view_urls
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.values import Engine
from sitemap_cli.services.checking import robots_permissions

ORIGIN = "https://e.com"
PARTS = ["/", "a", "b", "*", "$", "%61", "%2F", "?", "=", "é", "(", ".", "~", "%C3%A9", "index.html", "%zz"]
# Protego takes the end of a URL for a dollar as well; crawlers do not.
URL_PARTS = [*(part for part in PARTS if part not in "*$"), "%28", "%3F", "#", "&", "%2a", "*", "//"]


def build(rules: list[str], group: str = "*") -> tuple[RobotsTxt, list[Permission]]:
    robots = RobotsTxt("\n".join([f"User-agent: {group}", *rules]).encode())
    found = robots_permissions.build_permissions(f"{ORIGIN}/robots.txt", robots, Engine.GOOGLE)
    return robots, [each for each in found if each.audience is Audience.ENGINE]


def make_rules(chance: random.Random, number: int) -> Iterator[str]:
    for _ in range(number):
        path = "".join(chance.choices(PARTS, k=chance.randrange(1, 6)))
        name, start = chance.choice(("Allow", "Disallow", "Disallow")), chance.choice(("/", "/", "*", ""))
        yield f"{name}: {start}{path}"


@pytest.mark.parametrize("number", [3, 20, 60, 250])
@pytest.mark.parametrize("seed", range(15))
def test_a_search_finds_what_the_rules_disallow(seed: int, number: int) -> None:
    chance = random.Random(seed)
    robots, permissions = build(list(make_rules(chance, number)))
    urls = [f"{ORIGIN}/{''.join(chance.choices(URL_PARTS, k=chance.randrange(7)))}" for _ in range(200)]
    urls += [f"{ORIGIN}/robots.txt", "https://e.com.evil/a", "https://other.example/a"]
    own = {at for at, url in enumerate(urls) if url.startswith(f"{ORIGIN}/")}
    view = view_urls(urls)
    found = {
        at: block.rule
        for permission in permissions
        for block in find_blocks(view, permission)
        for at in block.indexes
    }
    disallowed = {at for at in own if not robots.is_allowed(urls[at], "Googlebot")}
    assert {urls[at] for at in found} == {urls[at] for at in disallowed}
    for at, rule in found.items():
        assert rule is not None
        decided = robots.find_numbered_rule(urls[at], "Googlebot")
        assert decided is not None
        assert (urls[at], rule.text) == (urls[at], decided.text)


def test_a_rule_with_many_wildcards_is_searched_in_the_time_that_the_url_is_long() -> None:
    _, permissions = build([f"Disallow: /{'*a' * 60}*b"])
    view = view_urls([f"{ORIGIN}/{'a' * 8_000}"] * 20)
    assert [list(find_blocks(view, each)) for each in permissions] == [[]]


def test_a_site_without_robots_txt_has_no_blocks() -> None:
    assert SiteFact(ORIGIN).permissions == ()
