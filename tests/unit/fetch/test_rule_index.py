"""Thousands of rules in a robots.txt: the few that are tried decide as all of them would."""

from random import Random

import pytest
from protego import Protego

from sitemap_cli.fetch.robots import rule_matcher
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.fetch.robots.rule_index import RuleIndex

PIECES = [
    "/",
    "a",
    "shop",
    "*",
    "?sort=",
    "&p=",
    "%20",
    "%2F",
    "%61bc",
    "é",
    ".html",
    "~x",
    "*.pdf",
    "-",
    "b/c",
]


def make_path(random: Random, pieces: list[str]) -> str:
    return "/" + "".join(random.choices(pieces, k=random.randint(0, 5)))


@pytest.mark.parametrize("seed", range(20))
def test_the_rules_that_are_tried_decide_as_all_of_them(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    monkeypatch.setattr(rule_matcher, "MAX_TRIED", 20)
    monkeypatch.setattr(rule_matcher, "MAX_WEIGHED", 0)
    kinds = ("Disallow", "Disallow", "Allow")
    ends = ("", "", "$")
    rules = [
        f"{random.choice(kinds)}: {make_path(random, PIECES[1:])}{random.choice(ends)}" for _ in range(60)
    ]
    text = "\n".join(["User-agent: *", *rules])
    file, whole = RobotsTxt(text.encode()), Protego.parse(text)
    urls = [
        "https://example.com" + make_path(random, [each for each in PIECES if "*" not in each])
        for _ in range(200)
    ]
    assert {url: file.is_allowed(url, "any") for url in urls} == {
        url: whole.can_fetch(url, "any") for url in urls
    }


def test_few_of_thousands_of_rules_are_tried() -> None:
    rules = [f"Disallow: /*/{n:04}/*x" for n in range(5_000)]
    index = RuleIndex(rules)
    assert max(len(index.find_candidates(f"https://x/a/{n:04}/yx")) for n in range(0, 5_000, 100)) < 100
    assert index.find_candidates("https://x/somewhere/else") == ()


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("Disallow: /", "https://x"),
        ("Disallow: /abc", "https://x/%61bc"),
        ("Disallow: /%61bc", "https://x/abc"),
        ("Disallow: /*?sort=", "https://x/a?sort=1"),
        ("Disallow: /a%2Fb", "https://x/a%2fb"),
        ("Disallow: /straße", "https://x/stra%C3%9Fe"),
        ("Disallow: *.pdf$", "https://x/a.pdf"),
        ("Disallow: /a b", "https://x/a%20b"),
    ],
)
def test_a_rule_that_matches_is_among_the_candidates(rule: str, url: str) -> None:
    assert RuleIndex([rule]).find_candidates(url) == (0,)
