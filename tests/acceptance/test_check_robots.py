"""``sitemap check`` judges robots.txt for the crawlers of search engines, not for this program."""

from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

ONLY_ENGINES = "User-agent: *\nDisallow: /\n\nUser-agent: Googlebot\nUser-agent: bingbot\nAllow: /\n"
NO_GOOGLE = "User-agent: *\nAllow: /\n\nUser-agent: Googlebot\nDisallow: /sitemap\n"


def errors(done: Done) -> set[str]:
    return {each["rule"] for each in done.json["findings"] if each["severity"] == "error"}


def serve(site: Site, robots: str) -> None:
    site.routes["/robots.txt"] = Answer(f"{robots}\nSitemap: {site.url}/sitemap.xml\n".encode())
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/", f"{site.url}/a"))


def build(folder: Path, robots: str) -> str:
    url = "https://www.lampstore.com"
    (folder / "robots.txt").write_text(f"{robots}\nSitemap: {url}/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset(f"{url}/", f"{url}/a"))
    return url


@pytest.mark.parametrize(
    ("robots", "engine", "code", "expected"),
    [
        (ONLY_ENGINES, None, 0, set()),
        (ONLY_ENGINES, "google", 0, set()),
        (ONLY_ENGINES, "yandex", 1, {"SM104", "SM706"}),
        (NO_GOOGLE, None, 1, {"SM104"}),
        (NO_GOOGLE, "google", 1, {"SM104"}),
        (NO_GOOGLE, "bing", 0, set()),
    ],
)
def test_a_build_is_judged_for_search_engines(
    program: Program, tmp_path: Path, robots: str, engine: str | None, code: int, expected: set[str]
) -> None:
    url = build(tmp_path, robots)
    options = () if engine is None else ("--engine", engine)
    done = program("check", str(tmp_path), "--base-url", f"{url}/", "--format", "json", *options)
    assert (done.code, errors(done)) == (code, expected)


def test_a_site_that_only_search_engines_may_fetch_has_no_errors(program: Program, site: Site) -> None:
    serve(site, ONLY_ENGINES)
    done = program("check", site.url, "--format", "json")
    assert (done.code, errors(done)) == (4, set())
    assert {each["rule"] for each in done.json["findings"]} == {"SM101"}
    ignored = program("check", site.url, "--format", "json", "--no-robots")
    assert (ignored.code, errors(ignored) & {"SM101", "SM104", "SM603", "SM706"}) == (0, set())


def test_a_sitemap_that_googlebot_may_not_fetch_is_an_error(program: Program, site: Site) -> None:
    serve(site, NO_GOOGLE)
    done = program("check", site.url, "--format", "json", "--select", "SM104,SM603")
    assert (done.code, errors(done)) == (1, {"SM104"})
    [finding] = done.json["findings"]
    assert finding["sitemap"] == f"{site.url}/sitemap.xml"
    assert finding["message"] == "Blocked by robots.txt for Googlebot: `Disallow: /sitemap` (line 5)"


def test_too_many_requests_for_robots_txt_are_a_server_error(program: Program, site: Site) -> None:
    serve(site, "User-agent: *")
    site.routes["/robots.txt"] = Answer(status=429)
    done = program("check", site.url, "--format", "json", "--retries", "0")
    assert done.code == 4
    assert "/sitemap.xml" not in site.paths
    assert "SM604" in errors(done)
    ignored = program("check", site.url, "--format", "json", "--no-robots", "--retries", "0")
    found = {each["rule"] for each in ignored.json["findings"]}
    assert "SM604" in found
    assert "SM601" not in found


def test_each_line_of_robots_txt_is_one_finding_with_its_share(program: Program, tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /v2.9/\nDisallow: /*?\n\nUser-agent: GPTBot\nDisallow: /\n"
    url = build(tmp_path, rules)
    locs = [f"{url}/{each}/{number}" for each in ("v2.9", "v3.0", "v3.1") for number in range(400)]
    (tmp_path / "sitemap.xml").write_bytes(urlset(*locs, f"{url}/x?y"))
    check = ("check", str(tmp_path), "--base-url", f"{url}/", "--select", "SM706,SM712")
    done = program(*check, "--format", "json", "--format", "csv:all.csv")
    found = [(each["rule"], each["line"], each["count"], each["message"]) for each in done.json["findings"]]
    blocked = "Blocked by robots.txt for Googlebot and Bingbot"
    trained = "robots.txt:6 `Disallow: /` blocks GPTBot (training) from all 1,201 listed URLs."
    assert found == [
        ("SM706", 2, 400, f"{blocked}: `Disallow: /v2.9/` (line 2), 400 of 1,201 URLs"),
        ("SM706", 3, 1, f"{blocked}: `Disallow: /*?` (line 3), 1 of 1,201 URLs"),
        ("SM712", 6, 1201, f"{trained} Citations in ChatGPT are not affected."),
    ]
    text = program(*check).lines
    shown = f"  {blocked}: `Disallow: /v2.9/` (line 2), 400 of 1,201 URLs"
    assert [line.endswith("robots.txt:2") for line in text if line.startswith(shown)] == [True]
    assert "    and 398 more" in text
    one = f"  {url}/x?y  {blocked}: `Disallow: /*?` (line 3), 1 of 1,201 URLs  "
    assert [line.endswith("robots.txt:3") for line in text if line.startswith(one)] == [True]
    assert len((program.folder / "all.csv").read_text().splitlines()) == 1 + 400 + 1 + 1201
