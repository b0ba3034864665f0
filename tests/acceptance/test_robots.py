"""``sitemap robots``: a robots.txt from a file, stdin, an address and a domain, and tests against it."""

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, robots

TEXT = b"""\
User-agent: *
Disallow: /private
Allow: /private/open
Crawl-delay: 2

User-agent: wordy
User-agent: chatty
Disallow: /

Sitemap: https://a.example/sitemap.xml
"""


@pytest.fixture
def file(program: Program) -> str:
    """The name of a robots.txt."""
    (program.folder / "robots.txt").write_bytes(TEXT)
    return "robots.txt"


def test_jsonl_has_the_fields_of_the_contract(program: Program, file: str) -> None:
    done = program("robots", file, "--format", "jsonl")
    assert (done.code, done.err) == (0, "")
    sitemap, everybody, some = done.records
    assert (sitemap["type"], sitemap["loc"]) == ("sitemap", "https://a.example/sitemap.xml")
    assert everybody == {
        "type": "group",
        "agents": ["*"],
        "crawl_delay": 2.0,
        "rules": ["Disallow: /private", "Allow: /private/open"],
    }
    assert some["agents"] == ["wordy", "chatty"]
    assert "crawl_delay" not in some


def test_text_reads_like_a_robots_txt(program: Program, file: str) -> None:
    assert program("robots", file).lines == [
        "Sitemap: https://a.example/sitemap.xml",
        "",
        "User-agent: *",
        "  Crawl-delay: 2",
        "  Disallow: /private",
        "  Allow: /private/open",
        "",
        "User-agent: wordy",
        "User-agent: chatty",
        "  Disallow: /",
    ]


@pytest.mark.parametrize(
    ("agent", "path", "allowed", "rule"),
    [
        (None, "/", True, None),
        (None, "/private/x", False, "Disallow: /private"),
        (None, "/private/open", True, "Allow: /private/open"),
        ("chatty", "/", False, "Disallow: /"),
    ],
)
def test_an_address_can_be_tested(
    agent: str | None, path: str, allowed: bool, rule: str | None, program: Program, file: str
) -> None:
    who = ["--agent", agent] if agent else []
    url = f"https://a.example{path}"
    done = program("robots", file, *who, "--test", url, "--format", "jsonl")
    assert done.code == 0, done.err
    test = done.records[-1]
    assert (test["type"], test["url"], test["allowed"], test.get("rule")) == ("test", url, allowed, rule)
    assert test["agent"] == (agent or test["agent"])


def test_several_addresses_can_be_tested_against_a_base(program: Program, file: str) -> None:
    done = program("robots", file, "--base-url", "https://a.example", "--test", "/", "--test", "/private")
    assert done.lines[-2:] == [
        "allowed  https://a.example/  (no rule)",
        "disallowed  https://a.example/private  (Disallow: /private)",
    ]


@pytest.mark.parametrize(
    "source", ["-", "robots.txt", "{netloc}", "{url}", "{url}/robots.txt", "{url}/any/page"]
)
def test_every_source_says_the_same(source: str, program: Program, file: str, site: Site) -> None:
    site.routes["/robots.txt"] = Answer(TEXT)
    named = source.format(url=site.url, netloc=site.netloc)
    done = program("robots", named, "--format", "jsonl", stdin=TEXT if source == "-" else b"")
    assert done.code == 0, done.err
    assert [each["type"] for each in done.records] == ["sitemap", "group", "group"]


def test_a_missing_robots_txt_allows_everything(program: Program, site: Site) -> None:
    done = program("robots", site.url, "--test", "/x", "--format", "jsonl")
    assert done.code == 0
    assert "404" in done.err
    assert done.records[-1]["allowed"]


def test_a_robots_txt_that_cannot_be_read_is_an_error(program: Program, site: Site) -> None:
    site.routes["/robots.txt"] = Answer(status=500)
    done = program("robots", site.url)
    assert (done.code, done.stdout) == (4, b"")
    assert done.err.startswith(f"error: cannot read robots.txt ({site.url}/robots.txt): ")


def test_wrong_lines_are_told(program: Program, site: Site) -> None:
    robots(site, "Disalow: /", "User-agent: *", "Disallow: /x")
    done = program("robots", site.url, "--format", "jsonl")
    assert any(each["type"] == "problem" and each["line"] == 1 for each in done.records)
