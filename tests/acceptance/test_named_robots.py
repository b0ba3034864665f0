"""A robots.txt as the target: under any name, because its content decides, and where it is refused."""

from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Hit, Site, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

NAMES = [
    "robots-live.txt",
    "my-robots.txt",
    "rules.txt",
    "sitemap-rules.txt",
    "robots",
    "robots.txt.bak",
    "crawl/robots.txt",
    "crawl/rules",
]
TEXT = {"Content-Type": "text/plain"}


def _describe(site: Site) -> bytes:
    return f"User-agent: *\nDisallow: /private\n\nSitemap: {site.url}/a.xml\n".encode()


@pytest.fixture
def named(site: Site) -> Site:
    """A site whose sitemap only a robots.txt under another name lists."""
    robots(site, "User-agent: *", "Disallow: /crawl")
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/1", f"{site.url}/2"))
    for name in NAMES:
        site.routes[f"/{name}"] = Answer(_describe(site), headers=tuple(TEXT.items()))
    return site


@pytest.mark.parametrize("name", NAMES)
def test_the_content_decides_that_a_target_is_a_robots_txt(named: Site, program: Program, name: str) -> None:
    done = program("analyze", f"{named.url}/{name}", "--format", "jsonl")
    result = done.records[0]
    assert (done.code, result["verdict"], result["totals"]["urls"]) == (0, "ok", 2)
    assert [each["url"] for each in result["sitemaps"]] == [f"{named.url}/a.xml"]
    assert [each["discovered_by"] for each in result["sitemaps"]] == ["robots"]


@pytest.mark.parametrize("name", NAMES)
def test_check_reports_that_crawlers_do_not_read_it(named: Site, program: Program, name: str) -> None:
    done = program("check", f"{named.url}/{name}", "--format", "json", "--fail-on", "never")
    assert any("crawlers do not read this file" in each["message"] for each in done.json["findings"])


def test_one_without_sitemaps_is_absent(named: Site, program: Program) -> None:
    named.routes["/rules.txt"] = Answer(b"User-agent: *\nDisallow: /x\n")
    done = program("analyze", f"{named.url}/rules.txt", "--format", "jsonl")
    assert (done.code, done.records[0]["verdict"]) == (6, "absent")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [(b"Hello, this is a text.", "invalid"), (b'{"Sitemap": 1}', "invalid"), (b"", "empty")],
)
def test_another_text_is_no_robots_txt(named: Site, program: Program, body: bytes, verdict: str) -> None:
    named.routes["/rules.txt"] = Answer(body)
    done = program("analyze", f"{named.url}/rules.txt", "--format", "jsonl")
    assert (done.code, done.records[0]["verdict"]) == (4, verdict)


def test_a_list_of_urls_is_read_with_one_request(named: Site, program: Program) -> None:
    named.routes["/urls.txt"] = Answer(f"{named.url}/1\n{named.url}/2\n".encode())
    done = program("analyze", f"{named.url}/urls.txt", "--format", "jsonl")
    assert (done.code, done.records[0]["totals"]["urls"]) == (0, 2)
    assert named.count("/urls.txt") == 1


def test_a_local_file_may_have_any_name(site: Site, program: Program) -> None:
    base = Path(program.folder)
    (base / "rules.txt").write_bytes(b"User-agent: *\nSitemap: https://a.test/a.xml\n")
    done = program("check", "rules.txt", "--base-url", "https://a.test", "--format", "json")
    assert any("crawlers do not read this file" in each["message"] for each in done.json["findings"])


@pytest.mark.parametrize("name", [*NAMES[:4], NAMES[6]])
def test_the_robots_command_reads_the_file_that_is_named(named: Site, program: Program, name: str) -> None:
    done = program("robots", f"{named.url}/{name}", "--format", "jsonl")
    assert done.code == 0
    assert [each["loc"] for each in done.records if each["type"] == "sitemap"] == [f"{named.url}/a.xml"]


def test_the_robots_command_takes_any_other_url_for_its_site(named: Site, program: Program) -> None:
    for path in ("a.xml", "page", ""):
        done = program("robots", f"{named.url}/{path}", "--format", "jsonl")
        assert [each["rules"] for each in done.records] == [["Disallow: /crawl"]]


@pytest.mark.parametrize("status", [401, 403, 406, 429, 503])
@pytest.mark.parametrize("name", ["robots.txt", "crawl/robots.txt"])
def test_a_robots_txt_that_is_refused_to_our_user_agent_is_compared(
    named: Site, program: Program, name: str, status: int
) -> None:
    def serve(hit: Hit) -> Answer:
        return Answer(_describe(named)) if hit.headers["user-agent"] == "browser/1" else Answer(status=status)

    named.routes[f"/{name}"] = serve
    # The robots.txt of the host counts as failed then, which is a finding of its own.
    rule = "SM604" if name == "robots.txt" and status in (429, 503) else "SM114"
    check = ("check", f"{named.url}/{name}", "--format", "json", "--select", rule)
    alone = [each["severity"] for each in program(*check).json["findings"]]
    assert alone == (["error"] if rule == "SM604" else [])
    found = program(*check, "--compare-user-agent", "browser/1").json["findings"]
    assert [(each["rule"], each["severity"]) for each in found] == [(rule, "warning")]
    other = "200 to the other user agent" if rule == "SM604" else "200 for browser/1"
    assert found[0]["message"].endswith(other)
    assert found[0]["sitemap"] == f"{named.url}/{name}"


def test_a_robots_txt_that_is_refused_to_all_is_not_reported_as_different(
    named: Site, program: Program
) -> None:
    named.routes["/robots.txt"] = Answer(status=403)
    check = ("check", f"{named.url}/robots.txt", "--format", "json", "--compare-user-agent", "browser/1")
    assert "SM114" not in {each["rule"] for each in program(*check).json["findings"]}
