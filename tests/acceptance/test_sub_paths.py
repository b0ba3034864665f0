"""A target with a path is a part of a site: only the URLs below it are recorded, beside the site's total."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, gz, index, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

BELOW = ["/docs", "/docs/a", "/d%6Fcs/b", "/x/../docs/c?d=1"]
ELSEWHERE = ["/", "/docsx/a", "/Docs/a", "/de/docs/a", "/shop/1", "/shop/2"]


def _as_urlset(locs: list[str]) -> bytes:
    return urlset(*locs)


def _as_gzip(locs: list[str]) -> bytes:
    return gz(urlset(*locs))


def _as_text(locs: list[str]) -> bytes:
    return "\n".join(locs).encode()


def _as_rss(locs: list[str]) -> bytes:
    items = "".join(f"<item><title>t</title><link>{each}</link></item>" for each in locs)
    return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def _as_atom(locs: list[str]) -> bytes:
    entries = "".join(f'<entry><link href="{each}"/></entry>' for each in locs)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


def _as_broken(locs: list[str]) -> bytes:
    return urlset(*locs).replace(b"</urlset>", b"")


def _as_utf16(locs: list[str]) -> bytes:
    return urlset(*locs).decode().replace("utf-8", "utf-16").replace("UTF-8", "UTF-16").encode("utf-16")


def _with_extensions(locs: list[str]) -> bytes:
    xmlns = b'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns='
    image = b"<image:image><image:loc>https://cdn.test/1.jpg</image:loc></image:image></url>"
    return urlset(*locs).replace(b"xmlns=", xmlns, 1).replace(b"</url>", image)


FORMATS = [_as_urlset, _as_gzip, _as_text, _as_rss, _as_atom, _as_broken, _as_utf16, _with_extensions]


@dataclass(frozen=True, slots=True)
class Shop:
    """A site with a part below ``/docs/``, and the program that analyzes it."""

    site: Site
    program: Program

    def serve(self, *paths: str) -> None:
        locs = [f"{self.site.url}{path}" for path in paths]
        self.site.routes["/a.xml"] = Answer(urlset(*locs), headers=(("ETag", f'"{len(locs)}"'),))

    def analyze(self, path: str = "/docs/", *options: str) -> dict[str, Any]:
        done = self.program("analyze", f"{self.site.url}{path}", "--format", "jsonl", *options)
        result: dict[str, Any] = done.records[0]
        return result

    def list_urls(self, *arguments: str) -> list[str]:
        done = self.program("urls", *arguments)
        assert done.code == 0, done.err
        return [line.removeprefix(self.site.url) for line in done.lines]


@pytest.fixture
def shop(site: Site, program: Program) -> Shop:
    robots(site, f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml"))
    site.routes["/b.xml"] = Answer(urlset(*(f"{site.url}/b/{number}" for number in range(10))))
    site.routes["/docs/"] = Answer(
        b"<html><title>Docs</title></html>", headers=(("Content-Type", "text/html"),)
    )
    found = Shop(site, program)
    found.serve(*BELOW, *ELSEWHERE)
    return found


def test_analyze_records_the_urls_below_the_path_beside_the_total(shop: Shop) -> None:
    result = shop.analyze()
    assert result["scope"] == "/docs/"
    assert result["totals"]["urls"] == result["totals"]["unique_urls"] == 4
    assert result["totals"]["all_urls"] == 20
    assert (result["verdict"], result["status"]) == ("ok", "completed")
    assert shop.list_urls("--job", result["job_id"]) == BELOW


@pytest.mark.parametrize("command", ["analyze", "check"])
def test_people_see_the_total_of_the_site(shop: Shop, command: str) -> None:
    done = shop.program(command, f"{shop.site.url}/docs")
    assert done.code == 0
    assert "4 of 20 URLs below /docs/ in 3 sitemaps" in done.out


@pytest.mark.parametrize("command", ["urls", "tree"])
def test_what_was_recorded_is_shown_with_a_note_about_the_total(shop: Shop, command: str) -> None:
    shop.analyze()
    done = shop.program(command, f"{shop.site.url}/docs")
    assert done.code == 0
    assert "4 of 20 URLs below /docs/" in done.err


def test_check_reports_the_total_to_scripts(shop: Shop) -> None:
    done = shop.program("check", f"{shop.site.url}/docs", "--format", "json")
    target = json.loads(done.out)["targets"][0]
    assert (target["urls"], target["all_urls"], target["scope"]) == (4, 20, "/docs/")


@pytest.mark.parametrize("write", FORMATS, ids=lambda each: each.__name__)
def test_every_format_is_narrowed(shop: Shop, write: Callable[[list[str]], bytes]) -> None:
    shop.site.routes["/a.xml"] = Answer(write([f"{shop.site.url}{path}" for path in [*BELOW, *ELSEWHERE]]))
    result = shop.analyze()
    assert (result["totals"]["urls"], result["totals"]["all_urls"]) == (4, 20)


def test_the_whole_site_and_its_parts_are_recorded_beside_each_other(shop: Shop) -> None:
    for path, urls in (("/docs/", 4), ("/", 20), ("/shop/", 2), ("/docs", 4), ("/", 20)):
        assert shop.analyze(path)["totals"]["urls"] == urls
    assert shop.list_urls(f"{shop.site.url}/docs/") == BELOW
    assert len(shop.list_urls(shop.site.url)) == 20
    assert shop.list_urls(f"{shop.site.url}/shop") == ["/shop/1", "/shop/2"]


def test_new_and_removed_urls_are_those_of_the_same_part(shop: Shop) -> None:
    shop.analyze("/")
    first = shop.analyze()
    assert first["totals"]["new_urls"] is None
    shop.serve("/docs/a", "/docs/new", "/shop/new", "/shop/newer")
    shop.analyze("/")
    second = shop.analyze("/docs")
    assert second["compared_with"] == first["job_id"]
    assert (second["totals"]["new_urls"], second["totals"]["removed_urls"]) == (1, 3)


def test_an_unchanged_sitemap_is_confirmed_by_a_304_for_each_part(shop: Shop) -> None:
    sent = shop.site.routes["/a.xml"]
    assert isinstance(sent, Answer)
    tag = dict(sent.headers)["ETag"]
    shop.site.routes["/a.xml"] = lambda hit: (
        Answer(status=304, headers=sent.headers) if hit.headers.get("if-none-match") == tag else sent
    )
    for path, urls in (("/docs/", 4), ("/", 20), ("/docs/", 4), ("/", 20)):
        result = shop.analyze(path)
        assert (result["totals"]["urls"], result["verdict"]) == (urls, "ok")
    last = [each for each in result["sitemaps"] if each["url"].endswith("/a.xml")]
    assert [(each["status_code"], each["unchanged"]) for each in last] == [(304, True)]


def test_a_page_that_is_a_sitemap_is_read_as_a_whole(shop: Shop) -> None:
    shop.site.routes["/export"] = Answer(urlset(f"{shop.site.url}/1", f"{shop.site.url}/export/2"))
    result = shop.analyze("/export")
    assert "scope" not in result
    assert result["totals"]["urls"] == 2
    assert shop.analyze("/export")["totals"]["new_urls"] == 0


def test_a_path_without_urls_is_empty_and_says_what_there_is(shop: Shop) -> None:
    done = shop.program("analyze", f"{shop.site.url}/blog/")
    assert done.code == 4
    assert "none of the 20 URLs of the site is below /blog/" in done.out
    assert f"sitemap analyze {shop.site.netloc}" in done.out


def test_sitemaps_that_are_listed_as_pages_are_followed_wherever_they_are(shop: Shop) -> None:
    shop.serve("/docs/a", "/more-sitemap.xml")
    shop.site.routes["/more-sitemap.xml"] = Answer(urlset(f"{shop.site.url}/docs/more"))
    for _ in range(2):
        assert shop.analyze("/docs/", "--follow-listed-sitemaps")["totals"]["urls"] == 2


def test_a_batch_has_a_job_for_each_part(shop: Shop) -> None:
    targets = [f"{shop.site.url}{path}" for path in ("/docs/", "/shop/", "/docs", "/")]
    (shop.program.folder / "list.txt").write_text("\n".join(targets))
    done = shop.program("batch", "list.txt", "--format", "jsonl")
    found = {record.get("scope"): record["totals"]["urls"] for record in done.records}
    assert done.code == 0, done.err
    assert len(done.records) == 3
    assert found == {"/docs/": 4, "/shop/": 2, None: 20}


def test_domains_show_the_whole_site_if_it_was_analyzed(shop: Shop) -> None:
    shop.analyze("/")
    shop.analyze("/docs/")
    done = shop.program("domains", "list", "--format", "jsonl")
    assert [record["urls"] for record in done.records] == [20]


def test_rules_judge_the_part_by_the_files_as_they_are(shop: Shop) -> None:
    done = shop.program("check", f"{shop.site.url}/shop/", "--format", "json", "--fail-on", "never")
    found = {each["name"] for each in json.loads(done.out)["findings"]}
    assert not found & {"empty", "no-homepage", "index-fragmented"}


def test_a_list_of_the_whole_site_is_compared_with_the_part_alone(shop: Shop) -> None:
    listed = [f"{shop.site.url}{path}" for path in [*BELOW, *ELSEWHERE, "/docs/missing"]]
    (shop.program.folder / "list.txt").write_text("\n".join(listed))
    arguments = ("--against", "list.txt", "--format", "json", "--fail-on", "never")
    done = shop.program("check", f"{shop.site.url}/docs/", *arguments)
    found = [each["loc"] for each in json.loads(done.out)["findings"] if "list.txt" in each["message"]]
    assert found == [f"{shop.site.url}/docs/missing"]


def test_workers_run_a_job_for_each_part(shop: Shop, upgraded_postgres_url: str) -> None:
    shared = shop.program.having(SITEMAP_DATABASE=upgraded_postgres_url)
    targets = [f"{shop.site.url}{path}" for path in ("/docs/", "/shop/", "/docs", "/")]
    (shared.folder / "list.txt").write_text("\n".join(targets))
    queued = shared("batch", "list.txt", "--enqueue")
    assert "3 jobs queued" in queued.err
    assert shared("worker", "--drain").code == 0
    found = {each.get("scope"): each["urls"] for each in shared.jobs()}
    assert found == {"/docs/": 4, "/shop/": 2, None: 20}


def test_a_job_that_is_retried_is_about_the_same_part(shop: Shop) -> None:
    shop.site.routes["/b.xml"] = Answer(status=500)
    assert shop.analyze()["verdict"] == "partial"
    shop.site.routes["/b.xml"] = Answer(urlset(f"{shop.site.url}/docs/b"))
    done = shop.program("jobs", "retry", "--verdict", "partial", "--format", "jsonl")
    assert [(each["scope"], each["totals"]["urls"]) for each in done.records] == [("/docs/", 5)]


def test_language_versions_elsewhere_on_the_site_are_not_missed(shop: Shop) -> None:
    def link(path: str) -> str:
        return f'<xhtml:link rel="alternate" hreflang="{path[1:3]}" href="{shop.site.url}{path}"/>'

    def entry(path: str, *links: str) -> str:
        return f"<url><loc>{shop.site.url}{path}</loc>{''.join(map(link, links))}</url>"

    entries = entry("/en/a", "/en/a", "/de/a"), entry("/de/a", "/en/a", "/de/a"), entry("/en/b", "/en/a")
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    shop.site.routes["/a.xml"] = Answer(f"<urlset {xmlns}>{''.join(entries)}</urlset>".encode())
    options = ("--format", "json", "--fail-on", "never", "--select", "SM541")
    found = shop.program("check", f"{shop.site.url}/en/", *options).json["findings"]
    # What links within the part is known, what the other part has is not.
    assert [(each["loc"], each["count"]) for each in found] == [(f"{shop.site.url}/en/b", 1)]


@pytest.mark.parametrize(
    ("path", "urls"),
    [
        ("/docs/", BELOW),
        ("/docs", BELOW),
        ("/docs/a", ["/docs/a"]),
        ("/shop/", ["/shop/1", "/shop/2"]),
        ("/b/7", ["/b/7"]),
        ("/nothing/", []),
        ("/", None),
    ],
)
def test_a_path_narrows_a_job_of_the_whole_site(shop: Shop, path: str, urls: list[str] | None) -> None:
    job = shop.analyze("/")["job_id"]
    everything = shop.list_urls(shop.site.url)
    assert shop.list_urls(f"{shop.site.url}{path}") == (everything if urls is None else urls)
    assert shop.list_urls(f"{shop.site.netloc}{path}", "--job", job) == (everything if urls is None else urls)
    if urls is not None:
        done = shop.program("urls", f"{shop.site.url}{path}", "--format", "csv")
        assert f"this is what is below {path.rstrip('/')}/ in the job of {shop.site.url}/" in done.err
        assert (f"none of the 20 URLs of the job is below {path}" in done.err) == (not urls)


def test_a_part_narrows_the_job_of_a_larger_part_but_not_of_another(shop: Shop) -> None:
    shop.analyze("/docs/")
    assert shop.list_urls(f"{shop.site.url}/docs/a") == ["/docs/a"]
    assert shop.list_urls(f"{shop.site.url}/shop/") == BELOW
    shop.analyze("/")
    assert shop.list_urls(f"{shop.site.url}/shop/") == ["/shop/1", "/shop/2"]
    assert shop.list_urls(f"{shop.site.url}/docs") == BELOW


def test_a_tree_shows_the_sitemaps_with_urls_below_the_path(shop: Shop) -> None:
    shop.analyze("/")
    done = shop.program("tree", f"{shop.site.url}/docs")
    assert (done.code, len(done.lines)) == (0, 2)
    assert "index.xml" in done.lines[0]
    assert "a.xml  urlset  4 URLs" in done.lines[1]
    part = shop.program("tree", f"{shop.site.url}/docs", "--format", "json").json
    assert (part["scope"], [each["urls"] for each in part["sitemaps"]][1:]) == ("/docs/", [4])
    nothing = shop.program("tree", f"{shop.site.url}/blog")
    assert (nothing.code, nothing.out.strip()) == (0, "")


def test_a_probe_requests_the_pages_below_the_path(shop: Shop) -> None:
    shop.analyze("/")
    probed = list[str]()
    for options, answered in ((("--sample", "1"), 1), (("--all",), 4)):
        done = shop.program("probe", f"{shop.site.url}/docs/", *options, "--format", "jsonl")
        probed += [each["loc"] for each in done.records if each.get("role") == "listed"]
        assert (done.records[-1]["answered"], done.records[-1]["sample"]["whole"]) == (answered, False)
    assert sorted(loc.removeprefix(shop.site.url) for loc in probed) == sorted(BELOW)
    assert not any(path.startswith(("/b/", "/shop")) for path in shop.site.paths)
    nothing = shop.program("probe", f"{shop.site.url}/blog")
    assert nothing.code == 2
    assert "none of the 20 URLs of the job is below /blog/" in nothing.err


@pytest.mark.parametrize(
    ("section", "urls"),
    [
        ("/docs/", BELOW),
        ("/docs", BELOW),
        ("docs", BELOW),
        ("/doc", []),
        ("SITE/docs/", BELOW),
        ("https://example.com/docs/", []),
        ("/", None),
    ],
)
def test_urls_of_a_section_are_listed(shop: Shop, section: str, urls: list[str] | None) -> None:
    shop.analyze("/")
    named = section.replace("SITE", shop.site.url)
    expected = shop.list_urls(shop.site.url) if urls is None else urls
    assert shop.list_urls(shop.site.url, "--section", named) == expected
    assert shop.list_urls(shop.site.url, "--section", named, "--limit", "1") == expected[:1]


def test_a_section_must_be_a_path(shop: Shop) -> None:
    shop.analyze("/")
    for wrong in ("", "/a?b=1", "https://"):
        done = shop.program("urls", shop.site.url, "--section", wrong)
        assert done.code == 2, wrong
        assert done.err.startswith("error: not a path (--section")
