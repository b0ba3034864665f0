"""robots.txt: rules, sitemaps and groups of real-world files; parsing never fails."""

import random

import pytest

from sitemap_cli.fetch.robots.robots_txt import MAX_ROBOTS, RobotsTxt

FILE = b"""# hello
User-agent: *
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$   # no papers
Crawl-delay: 2.5

User-agent: sitemap
User-agent: other
Disallow: /only-us
Sitemap: https://example.com/a.xml
sitemap : /b.xml
SITEMAPS: HTTPS://example.com/c.xml
"""


def codes(robots):
    return [problem.code for problem in robots.problems]


def test_groups_keep_the_order_of_the_file():
    robots = RobotsTxt(FILE)
    assert [(g.agents, g.rules, g.crawl_delay, g.line) for g in robots.groups] == [
        (["*"], ["Disallow: /private", "Allow: /private/open", "Disallow: /*.pdf$"], 2.5, 2),
        (["sitemap", "other"], ["Disallow: /only-us"], None, 8),
    ]


def test_sitemaps_are_listed_with_their_lines_and_made_absolute():
    robots = RobotsTxt(FILE, "https://example.com/robots.txt")
    assert [(each.loc, each.written, each.line) for each in robots.sitemaps] == [
        ("https://example.com/a.xml", "https://example.com/a.xml", 11),
        ("https://example.com/b.xml", "/b.xml", 12),
        ("HTTPS://example.com/c.xml", "HTTPS://example.com/c.xml", 13),
    ]
    assert [(problem.code, problem.line) for problem in robots.problems] == [
        ("robots-sitemap-relative", 12),
        ("robots-typo", 13),
    ]


@pytest.mark.parametrize(
    ("agent", "path", "rule"),
    [
        ("bot", "/", None),
        ("bot", "/private/x", "Disallow: /private"),
        ("bot", "/private/open/x", "Allow: /private/open"),
        ("bot", "/a.pdf", "Disallow: /*.pdf$"),
        ("bot", "/a.pdf?x", None),
        ("sitemap/1.0 (+https://example.com)", "/private", None),
        ("sitemap/1.0", "/only-us/now", "Disallow: /only-us"),
        ("OTHER", "/only-us", "Disallow: /only-us"),
        ("bot", "/robots.txt", None),
    ],
)
def test_the_longest_matching_rule_decides(agent, path, rule):
    robots = RobotsTxt(FILE)
    url = f"https://example.com{path}"
    assert robots.find_deciding_rule(url, agent) == rule
    assert robots.is_allowed(url, agent) is (rule is None or rule.startswith("Allow"))


def test_groups_of_the_same_agent_count_together():
    robots = RobotsTxt(
        b"User-agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /\n\nUser-agent: a\nDisallow: /yy\n"
    )
    assert robots.find_deciding_rule("https://e.com/yy", "a") == "Disallow: /yy"
    assert robots.find_deciding_rule("https://e.com/x", "a") == "Disallow: /x"


def test_a_crawl_delay_applies_to_its_agents_only():
    robots = RobotsTxt(FILE)
    assert (robots.find_crawl_delay("bot"), robots.find_crawl_delay("sitemap")) == (2.5, None)


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "1e400"])
def test_an_invalid_crawl_delay_is_ignored(value):
    robots = RobotsTxt(f"User-agent: *\nCrawl-delay: {value}\n".encode())
    assert (robots.groups[0].crawl_delay, robots.find_crawl_delay("x")) == (None, None)


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (b"", []),
        (b"\n\n# nothing\n", []),
        (b"Disallow: /x\n", ["robots-rule-without-agent"]),
        (b"Sitemap:\n", ["robots-sitemap-empty"]),
        (b"  <!DOCTYPE html><html>Disallow: /\nSitemap: /s.xml\n", ["robots-html"]),
        (b"<?xml version='1.0'?><urlset/>", ["robots-html"]),
        (b"User-agent: *\n\0\1\2Sitemap: https://e.com/\n", ["robots-binary"]),
        (b"U\0s\0e\0r\0", ["robots-utf16", "robots-line"]),
        (b"\xff\xfeU\0s\0e\0r\0", ["robots-utf16", "robots-line"]),
        (b"\xef\xbb\xbf<html>", ["robots-bom", "robots-html"]),
    ],
)
def test_a_file_without_rules_reports_the_reason(data, problems):
    robots = RobotsTxt(data, "https://e.com/robots.txt")
    assert (codes(robots), robots.sitemaps, robots.groups) == (problems, [], [])
    assert robots.is_allowed("https://e.com/x", "bot")
    assert robots.find_deciding_rule("https://e.com/x", "bot") is None


def test_a_rule_after_a_byte_order_mark_counts():
    robots = RobotsTxt(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n")
    assert not robots.is_allowed("https://e.com/", "bot")
    assert codes(robots) == ["robots-bom"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_kinds_of_line_ends_are_supported(end):
    robots = RobotsTxt(FILE.replace(b"\n", end))
    assert [each.line for each in robots.sitemaps] == [11, 12, 13]
    assert not robots.is_allowed("https://e.com/private", "bot")


def test_bytes_that_are_not_utf8_become_percent_escapes():
    robots = RobotsTxt(b"User-agent: *\nDisallow: /caf\xe9\nSitemap: https://e.com/\xe9.xml\n")
    assert robots.sitemaps[0].loc == "https://e.com/%E9.xml"
    assert not robots.is_allowed("https://e.com/caf%E9", "bot")
    assert codes(robots) == ["robots-not-utf8"]


def test_unicode_separators_do_not_end_a_line():
    robots = RobotsTxt("User-agent: *\nDisallow: /a\u2028Disallow: /b\n".encode())
    assert robots.is_allowed("https://e.com/b", "bot")


def test_common_misspellings_are_accepted():
    robots = RobotsTxt(b"useragent *\nDissallow /x\nsite-map https://e.com/s.xml\n")
    assert robots.groups[0].rules == ["Disallow: /x"]
    assert robots.sitemaps[0].loc == "https://e.com/s.xml"
    assert robots.find_deciding_rule("https://e.com/x", "bot") == "Disallow: /x"


def test_an_empty_disallow_allows():
    robots = RobotsTxt(b"User-agent: *\nDisallow:\n")
    assert robots.groups[0].rules == ["Disallow:"]
    assert robots.find_deciding_rule("https://e.com/x", "bot") is None


@pytest.mark.parametrize(
    ("value", "loc"), [("//o.example/a.xml", "https://o.example/a.xml"), ("a.xml", "https://e.com/a.xml")]
)
def test_the_written_text_of_a_sitemap_is_kept(value, loc):
    robots = RobotsTxt(f"Sitemap: {value}\n".encode(), "https://e.com/robots.txt")
    assert [(each.loc, each.written) for each in robots.sitemaps] == [(loc, value)]
    assert ascii(loc) in robots.problems[0].message


@pytest.mark.parametrize("base", ["https://[", "example.com", "", "file:///robots.txt"])
def test_an_invalid_base_url_completes_nothing(base):
    robots = RobotsTxt(b"Sitemap: /a.xml\n", base)
    assert [each.loc for each in robots.sitemaps] == ["/a.xml"]
    assert [(each.code, each.severity) for each in robots.problems] == [("robots-sitemap-relative", "error")]


def test_a_file_beyond_the_limit_is_cut_at_the_end_of_a_line():
    line = b"Sitemap: https://e.com/a.xml\n"
    data = (
        b"#" * (MAX_ROBOTS - len(line) - 10) + b"\n" + line + b"Sitemap: https://e.com/half-an-address.xml\n"
    )
    robots = RobotsTxt(data)
    assert [each.loc for each in robots.sitemaps] == ["https://e.com/a.xml"]
    assert codes(robots) == ["robots-too-large"]


def test_at_most_a_thousand_sitemaps_are_listed():
    robots = RobotsTxt(b"".join(b"Sitemap: https://e.com/%d.xml\n" % number for number in range(5000)))
    assert len(robots.sitemaps) == 1000
    assert codes(robots) == ["robots-too-many-sitemaps"]


@pytest.mark.parametrize("seed", range(20))
def test_noise_never_raises(seed):
    chance = random.Random(seed)
    words = [
        b"User-agent: ",
        b"*",
        b"\r",
        b"\n",
        b"Disallow: ",
        b"Sitemap: ",
        b"/*$",
        b"\xff",
        b"%zz",
        b"#",
        b":",
        b"http://[",
    ]
    robots = RobotsTxt(b"".join(chance.choices(words, k=400)), "https://e.com/robots.txt")
    robots.find_deciding_rule("https://e.com/%zz", "bot")
    robots.find_crawl_delay("")


def filled(line, beginning=b""):
    """Return as many lines as fit into 500 KiB; ``line`` makes a line from its number."""
    lines, size = [beginning], len(beginning)
    while size <= MAX_ROBOTS - 60:
        lines.append(line(len(lines)))
        size += len(lines[-1])
    return b"".join(lines)


def test_at_most_a_hundred_problems_of_a_kind_are_reported():
    robots = RobotsTxt(b"Disallow\nAllow:\n" * 30_000)
    assert codes(robots).count("robots-rule-without-agent") == 100
    assert "further problems of this kind are not reported" in robots.problems[-1].message


def test_a_hundred_thousand_lines_are_read():
    robots = RobotsTxt(b"a:\n" * 100_000 + b"User-agent: *\nDisallow: /x\n")
    assert robots.groups[0].line == 100_001
    assert not robots.is_allowed("/x", "bot")


def test_a_repeated_sitemap_is_listed_once():
    robots = RobotsTxt(b"Sitemap: https://e.com/a.xml\n" * 15_000)
    assert [each.loc for each in robots.sitemaps] == ["https://e.com/a.xml"]
    assert set(codes(robots)) == {"robots-sitemap-duplicate"}


def test_repetitions_do_not_count_towards_the_limit_of_sitemaps():
    lines = b"".join(b"Sitemap: https://e.com/%d.xml\n" % number for number in range(1000))
    assert codes(RobotsTxt(lines + lines[:290])) == []


def test_many_agents_with_many_rules_are_not_multiplied():
    agents = filled(lambda number: b"User-agent: a%d\n" % number)[: MAX_ROBOTS // 2].rpartition(b"\n")[0]
    rules = filled(lambda number: b"\nDisallow: /%d/" % number)
    robots = RobotsTxt(agents + rules)
    assert len(robots.groups[0].agents) * len(robots.groups[0].rules) > 10_000_000
    assert robots.find_deciding_rule("/77/x", "a5") == "Disallow: /77/"
    assert robots.find_deciding_rule("/77/x", "b") is None


def test_the_deciding_rule_is_found_among_many():
    robots = RobotsTxt(
        filled(lambda number: b"Disallow: /%d/\n" % number, b"User-agent: *\nAllow: /*/open\n")
    )
    assert robots.find_deciding_rule("/9999/x", "bot") == "Disallow: /9999/"
    assert robots.find_deciding_rule("/9999/open", "bot") == "Allow: /*/open"
    assert robots.find_deciding_rule("/x", "bot") is None


def test_the_number_of_wildcard_rules_is_limited():
    robots = RobotsTxt(
        filled(lambda number: b"Disallow: *b/%d/\n" % number, b"User-agent: *\n") + b"Disallow: /x\n"
    )
    assert codes(robots) == ["robots-too-many-rules"]
    assert (robots.is_allowed("/ab/5000/", "bot"), robots.is_allowed("/ab/5001/", "bot")) == (False, True)
    assert not robots.is_allowed("/x", "bot")


def test_rules_are_cached_for_a_few_agents():
    robots = RobotsTxt(b"User-agent: a9\nDisallow: /\n")
    assert [robots.is_allowed("/", f"a{number}") for number in range(20)].index(False) == 9
    assert not robots.is_allowed("/", "a9")


@pytest.mark.parametrize("seed", range(8))
def test_the_deciding_rule_is_the_most_specific_match(seed):
    chance = random.Random(seed)
    parts = ["/", "a", "b", "*", "$", "%61", "?", "\u00e9", "="]
    rules = [
        f"{chance.choice(('Allow', 'Disallow'))}: /{''.join(chance.choices(parts, k=chance.randrange(5)))}"
        for _ in range(40)
    ]
    robots = RobotsTxt("\n".join(["User-agent: *", *rules]).encode())
    for _ in range(20):
        url = f"/{''.join(chance.choices(['a', 'b', '/', '?', '=', '%C3%A9'], k=4))}"
        rule = robots.find_deciding_rule(url, "bot")
        assert robots.is_allowed(url, "bot") is (rule is None or rule.startswith("Allow"))
        for rival in rules if rule is not None else ():
            path, other = rule.partition(": ")[2], rival.partition(": ")[2]
            pair = RobotsTxt(f"User-agent: *\nAllow: {path}\nDisallow: {other}".encode())
            assert pair.is_allowed(url, "bot")


def test_an_invalid_url_is_a_value_error():
    with pytest.raises(ValueError, match="IPv6"):
        RobotsTxt(b"User-agent: *\nDisallow: /\n").is_allowed("http://[", "bot")
