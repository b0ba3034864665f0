"""``sitemap robots``: a robots.txt from a file, stdin, an address and a domain, and tests against it."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from tests.acceptance.command import Program, ends
from tests.web import Answer, Site, robots

ODD = b"""\
User-agent: *
Dissallow: /a
Disallow: private
Sitemap: /s.xml
Sitemap: file:///etc/passwd
"""
HTML = b"<!DOCTYPE html><html><body>Not found</body></html>"
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


def test_addresses_to_test_can_come_from_standard_input(program: Program, file: str) -> None:
    options = ("--base-url", "https://a.example", "--test", "/b", "--test", "-")
    done = program("robots", file, *options, stdin=b"/\n\nhttps://a.example/private\n")
    assert [line.split()[0:2] for line in done.lines[-3:]] == [
        ["allowed", "https://a.example/b"],
        ["allowed", "https://a.example/"],
        ["disallowed", "https://a.example/private"],
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


def test_a_robots_txt_below_a_folder_is_the_one_that_is_read(program: Program, site: Site) -> None:
    site.routes["/staging/robots.txt"] = Answer(b"User-agent: *\nDisallow: /basket\nSitemap: a.xml\n")
    done = program("robots", f"{site.url}/staging/robots.txt", "--test", "/basket/x", "--format", "jsonl")
    assert done.code == 0, done.err
    assert site.paths == ["/staging/robots.txt"]
    assert f"read {site.url}/staging/robots.txt" in done.err
    assert done.records[0]["loc"] == f"{site.url}/staging/a.xml"
    assert done.records[-1]["allowed"] is False
    assert "robots-not-at-root" in {each.get("code") for each in done.records}


def test_a_missing_robots_txt_below_a_folder_is_named(program: Program, site: Site) -> None:
    robots(site, "User-agent: *", "Disallow: /")
    done = program("robots", f"{site.url}/staging/robots.txt")
    assert f"there is no {site.url}/staging/robots.txt" in done.err
    assert site.paths == ["/staging/robots.txt"]


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


def test_the_table_has_a_row_for_each_record(program: Program, file: str) -> None:
    done = program("robots", file, "--format", "csv", "--agent", "chatty", "--test", "https://a.example/x")
    assert (done.code, done.err) == (0, "")
    assert done.stdout.endswith(b"\r\n")
    sitemap, everybody, some, test = csv.DictReader(io.StringIO(done.out))
    filled = [{name: cell for name, cell in row.items() if cell} for row in (sitemap, everybody, some, test)]
    assert filled == [
        {"type": "sitemap", "loc": "https://a.example/sitemap.xml", "line": "10"},
        {
            "type": "group",
            "agents": "*",
            "crawl_delay": "2.0",
            "rules": "Disallow: /private | Allow: /private/open",
        },
        {"type": "group", "agents": "wordy, chatty", "rules": "Disallow: /"},
        {
            "type": "test",
            "agent": "chatty",
            "url": "https://a.example/x",
            "allowed": "false",
            "rule": "Disallow: /",
        },
    ]


@pytest.mark.parametrize("format_", ["text", "csv", "jsonl"])
def test_what_goes_to_a_file_is_what_would_go_to_stdout(format_: str, program: Program, file: str) -> None:
    shown = program("robots", file, "--format", format_)
    done = program("robots", file, "--format", format_, "-o", "out")
    assert (done.code, done.stdout) == (0, b"")
    assert (program.folder / "out").read_bytes() == shown.stdout != b""


def test_a_file_that_cannot_be_written_is_an_error(program: Program, file: str) -> None:
    done = program("robots", file, "-o", "missing/out")
    assert done.code == 5
    assert done.err.startswith("error: cannot write (missing/out)")


@pytest.mark.parametrize("format_", ["text", "csv"])
def test_problems_go_to_stderr_in_the_plain_forms(format_: str, program: Program) -> None:
    done = program("robots", "-", "--format", format_, "--base-url", "https://a.example/", stdin=ODD)
    absolute, code = "https://a.example/s.xml", "robots-sitemap-relative"
    assert done.code == 0
    assert done.err.splitlines() == [
        "warning: line 2: 'Dissallow' is misspelled; read as Disallow [robots-typo]",
        "warning: line 3: matches nothing, as the path begins with neither / nor *: 'private' [robots-path]",
        f"warning: line 4: the URL is not absolute, read as {absolute!r}: '/s.xml' [{code}]",
        "error: line 5: only http and https URLs are supported: 'file:///etc/passwd' [robots-sitemap-scheme]",
    ]
    assert "passwd" not in done.out
    assert absolute in done.out


def test_problems_are_records_in_jsonl(program: Program) -> None:
    done = program("robots", "-", "--format", "jsonl", "--test", "/x", stdin=ODD)
    assert (done.code, done.err) == (0, "")
    assert [each["type"] for each in done.records] == ["sitemap", "group", *["problem"] * 4, "test"]
    relative = done.records[4]
    assert relative.items() >= {"code": "robots-sitemap-relative", "severity": "error", "line": 4}.items()
    assert done.records[0]["loc"] == "/s.xml"


@pytest.mark.parametrize("data", [HTML, b"\0\1\2\3" * 99], ids=["html", "binary"])
@pytest.mark.parametrize("format_", ["text", "jsonl"])
def test_what_is_no_robots_txt_could_not_be_read(format_: str, data: bytes, program: Program) -> None:
    done = program("robots", "-", "--format", format_, "--test", "https://a.example/x", stdin=data)
    assert done.code == 4
    problem = done.out if format_ == "jsonl" else done.err
    assert "robots-html" in problem or "robots-binary" in problem
    assert "https://a.example/x" in done.out


def test_a_page_instead_of_the_robots_txt_of_a_site_could_not_be_read(program: Program, site: Site) -> None:
    site.routes["/robots.txt"] = Answer(HTML)
    done = program("robots", site.netloc)
    assert (done.code, done.stdout) == (4, b"")
    assert "[robots-html]" in done.err


@pytest.mark.parametrize("status", [200, 403])
def test_a_wall_in_front_of_a_robots_txt_is_not_taken_for_leave_to_ask(
    status: int, program: Program, site: Site
) -> None:
    mark = (("cf-mitigated", "challenge"), ("Content-Type", "text/html"))
    site.routes["/robots.txt"] = Answer(HTML, status=status, headers=mark)
    done = program("robots", site.url)
    assert (done.code, done.stdout) == (4, b"")
    assert done.err.startswith(f"error: cannot read robots.txt ({site.url}/robots.txt): Cloudflare ")


def test_compressed_files_are_read(program: Program) -> None:
    (program.folder / "robots.txt.gz").write_bytes(gzip.compress(TEXT))
    assert len(program("robots", "robots.txt.gz", "--format", "jsonl").records) == 3


def test_a_compressed_file_that_ends_too_early_is_read_in_part(program: Program) -> None:
    (program.folder / "robots.txt.gz").write_bytes(gzip.compress(TEXT)[:-8])
    done = program("robots", "robots.txt.gz", "--format", "jsonl")
    assert done.code == 3
    assert done.records[-1]["type"] == "problem"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TEXT + b"# and so on\n" * 50_000, "robots-too-large"),
        (
            b"".join(b"Sitemap: https://a.example/%d\n" % each for each in range(1001)),
            "robots-too-many-sitemaps",
        ),
    ],
    ids=["bytes", "sitemaps"],
)
def test_what_is_cut_was_read_in_part(data: bytes, code: str, program: Program) -> None:
    done = program("robots", "-", stdin=data)
    assert done.code == 3
    assert f"[{code}]" in done.err
    assert done.lines


def test_standard_input_may_never_end(program: Program) -> None:
    with Path("/dev/zero").open("rb") as endless:
        process = program.start("robots", "-", stdin=endless)
        done = ends(process)
    assert done.code == 4
    assert "[robots-binary]" in done.err


def test_an_address_that_is_none_cannot_be_tested(program: Program, file: str) -> None:
    done = program("robots", file, "--test", "http://[")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith("error: cannot test (http://[): ")


def test_a_file_that_is_not_there_is_an_error(program: Program) -> None:
    done = program("robots", "./nothing.txt")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith("error: ")


def test_text_from_the_web_is_harmless_to_terminals_and_spreadsheets(program: Program) -> None:
    data = "User-agent: =1+1\nDisallow: /\u202eabc\n".encode()
    text = program("robots", "-", stdin=data)
    assert text.lines[1:] == ["User-agent: =1+1", r"  Disallow: /\u202eabc"]
    table = program("robots", "-", "--format", "csv", stdin=data)
    assert "'=1+1" in table.out
    assert r"/\u202eabc" in table.out


def test_wrong_lines_are_told(program: Program, site: Site) -> None:
    robots(site, "Disalow: /", "User-agent: *", "Disallow: /x")
    done = program("robots", site.url, "--format", "jsonl")
    assert any(each["type"] == "problem" and each["line"] == 1 for each in done.records)


AI = b"""\
User-agent: *
Content-Signal: search=yes, ai-train=no
Disallow: /basket/

User-agent: GPTBot
User-agent: ChatGPT-User
Disallow: /

User-agent: Googlebot
Allow: /

User-agent: PerplexityBot
Disallow: /
Allow: /open/
"""


@pytest.mark.parametrize(
    ("crawler", "purpose", "access", "rules", "group", "line"),
    [
        ("GPTBot", "training", "blocked", ["Disallow: /"], "GPTBot", 5),
        ("ChatGPT-User", "user", "blocked", ["Disallow: /"], "ChatGPT-User", 5),
        ("OAI-SearchBot", "search", "partly", ["Disallow: /basket/"], "*", 1),
        ("PerplexityBot", "search", "partly", ["Disallow: /"], "PerplexityBot", 12),
        ("Applebot", "search", "allowed", None, "googlebot", 9),
        ("Applebot-Extended", "training", "partly", ["Disallow: /basket/"], "*", 1),
        ("__usage_ai-training", "training", "unset", None, None, None),
    ],
)
def test_ai_crawlers_are_listed_by_purpose(
    program: Program,
    crawler: str,
    purpose: str,
    access: str,
    rules: list[str] | None,
    group: str | None,
    line: int | None,
) -> None:
    done = program("robots", "-", "--ai", "--format", "jsonl", stdin=AI)
    assert (done.code, done.err) == (0, "")
    found = next(each for each in done.records if each.get("crawler") == crawler)
    assert (found["type"], found["purpose"], found["access"]) == ("crawler", purpose, access)
    assert [each["rule"] for each in found.get("rules", [])] == (rules or [])
    assert (found.get("group"), found.get("group_line")) == (group, line)
    assert found["verified"] >= "2026-11-29"


def test_the_table_of_ai_crawlers_names_the_deciding_lines(program: Program) -> None:
    lines = program("robots", "-", "--ai", stdin=AI).lines
    assert lines[0].split() == ["Purpose", "Crawler", "Owner", "Access", "Rule", "Group"]
    assert "training  GPTBot                 OpenAI" in "\n".join(lines)
    cells = next(line.split() for line in lines if "ChatGPT-User" in line)
    assert " ".join(cells) == (
        "user ChatGPT-User OpenAI blocked (may be ignored) Disallow: / (line 7) ChatGPT-User (line 5)"
    )
    assert lines[-1] == "Content-Signal: search=yes, ai-train=no (line 2, for *)"


def test_content_signals_are_read(program: Program) -> None:
    done = program("robots", "-", "--format", "jsonl", stdin=AI)
    assert [each for each in done.records if each["type"] == "content-signal"] == [
        {"type": "content-signal", "agents": ["*"], "signals": {"search": "yes", "ai-train": "no"}, "line": 2}
    ]
    assert program("robots", "-", stdin=AI).lines[:4] == [
        "",
        "User-agent: *",
        "  Disallow: /basket/",
        "  Content-Signal: search=yes, ai-train=no",
    ]
