"""Which job ``urls``, ``tree`` and ``probe`` show, and what they say about the choice."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import Recorded, furnish
from tests.web import Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"


@dataclass(frozen=True, slots=True)
class Shop:
    """A site, and the program that analyzes it."""

    site: Site
    program: Program

    def analyze(self, target: str | None = None, *options: str) -> str:
        """Analyze the site, and return the id of the job."""
        done = self.program("analyze", target or self.site.url, "--format", "jsonl", *options)
        return str(done.records[0]["job_id"])

    def build(self, *paths: str) -> str:
        """Analyze a local build of the site, and return the id of the job."""
        (self.program.folder / "dist").mkdir(exist_ok=True)
        pages = urlset(*(f"{self.site.url}{path}" for path in paths))
        (self.program.folder / "dist" / "sitemap.xml").write_bytes(pages)
        return self.analyze("./dist", "--base-url", self.site.url)


@pytest.fixture
def shop(site: Site, program: Program) -> Shop:
    furnish(site)
    return Shop(site, program)


def paths(done: Done, site: Site) -> list[str]:
    assert done.code == 0, done.err
    return [line.removeprefix(site.url) for line in done.lines]


ALL = ["/page-0", "/page-1", "/page-2", "/old", "/page-0"]


def test_without_a_complete_job_the_last_one_with_a_sitemap_is_shown(shop: Shop) -> None:
    shop.site.routes["/b.xml.gz"] = Answer(status=500)
    shop.analyze()
    listed = shop.program("urls", shop.site.netloc)
    assert paths(listed, shop.site) == ALL[:3]
    note = rf"no complete job of {shop.site.netloc}: the job of {WHEN} was read in part: 1 of 3 sitemaps .*\n"
    assert re.fullmatch(note, listed.err)
    drawn = shop.program("tree", shop.site.netloc)
    assert (drawn.code, len(drawn.lines), re.fullmatch(note, drawn.err) is not None) == (0, 3, True)
    probed = shop.program("probe", shop.site.netloc)
    assert probed.code != 2
    assert probed.err.startswith("no complete job of ")


@pytest.mark.parametrize("command", ["urls", "tree"])
def test_a_newer_job_that_failed_is_mentioned(command: str, shop: Shop) -> None:
    shop.analyze()
    for path in ("/index.xml", "/a.xml", "/b.xml.gz"):
        shop.site.routes[path] = Answer(status=403)
    shop.analyze()
    done = shop.program(command, shop.site.netloc)
    assert done.code == 0
    assert re.fullmatch(rf"the job of {WHEN} failed: blocked; this is from {WHEN}\n", done.err)
    assert shop.program(command, shop.site.netloc, "--quiet").err == ""


def test_a_complete_job_of_last_week_is_shown_with_a_note_about_newer_ones(shop: Shop) -> None:
    old = shop.analyze()
    shop.site.routes["/b.xml.gz"] = Answer(status=500)
    shop.analyze()
    assert shop.program("urls", shop.site.netloc).err == ""
    with closing(sqlite3.connect(shop.program.database)) as database, database:
        at = "2026-01-01 00:00:00.000000"
        database.execute("UPDATE jobs SET created_at = ?, started_at = ? WHERE id = ?", (at, at, old))
    done = shop.program("urls", shop.site.netloc)
    assert paths(done, shop.site) == ALL
    ending = rf"the job of {WHEN} was read in part: .*; this is from 2026-01-01 00:00 UTC\n"
    assert re.fullmatch(ending, done.err)


def test_without_any_sitemap_the_error_says_why(shop: Shop) -> None:
    shop.site.routes.clear()
    shop.analyze()
    done = shop.program("urls", shop.site.netloc)
    assert done.code == 2
    error = rf"error: no job recorded anything \({shop.site.netloc}\): the job of {WHEN} failed: absent\n"
    assert re.match(error, done.err)


@pytest.mark.parametrize(
    "spelling",
    ["{netloc}", "{url}", "{url}/", "http://{netloc}/", "{url}/index.xml", "{netloc}/a.xml#x"],
)
def test_any_url_of_a_domain_finds_it(spelling: str, recorded: Recorded) -> None:
    named = spelling.format(netloc=recorded.domain, url=recorded.url)
    done = recorded.program("urls", named)
    assert done.code == 0, done.err
    assert [line.removeprefix(recorded.url) for line in done.lines] == ALL


def test_a_part_of_a_site_is_shown_before_all_of_it(shop: Shop) -> None:
    shop.analyze()
    shop.analyze(f"{shop.site.url}/a.xml")
    part = shop.program("urls", f"{shop.site.url}/a.xml")
    assert (paths(part, shop.site), part.err) == (ALL[:3], "")
    whole = shop.program("urls", shop.site.netloc)
    assert (paths(whole, shop.site), whole.err) == (ALL, "")


def test_a_domain_and_a_job_may_both_be_named(recorded: Recorded) -> None:
    for command in ("urls", "tree"):
        both = recorded.program(command, recorded.url, "--job", recorded.partial)
        alone = recorded.program(command, "--job", recorded.partial)
        assert (both.code, both.err, both.out) == (0, "", alone.out)


@pytest.mark.parametrize("command", ["urls", "tree", "probe"])
def test_a_job_of_another_domain_is_an_error_that_names_both(command: str, recorded: Recorded) -> None:
    done = recorded.program(command, "other.example", "--job", recorded.complete)
    assert done.code == 2
    why = f"it is a job of {recorded.domain}, not of other.example"
    assert done.err.startswith(f"error: not a job of this domain ({recorded.complete}): {why}\n")


@pytest.mark.parametrize("command", ["urls", "tree", "probe"])
def test_a_domain_or_a_job_must_be_named(command: str, recorded: Recorded) -> None:
    done = recorded.program(command)
    assert done.code == 2
    assert done.err.startswith("error: name a DOMAIN or a job\n")


def test_a_local_build_is_not_the_site(shop: Shop) -> None:
    build = shop.build("/draft")
    only = shop.program("urls", shop.site.netloc)
    assert paths(only, shop.site) == ["/draft"]
    assert "the site was not analyzed: this is the local build ./dist from " in only.err
    assert shop.program("domains", "show", shop.site.netloc, "--format", "json").json["job_id"] is None
    live = shop.analyze()
    shop.build("/draft", "/other")
    assert paths(shop.program("urls", shop.site.netloc), shop.site) == ALL
    assert "dist" not in shop.program("tree", shop.site.netloc).out
    assert shop.program("domains", "list", "--format", "json").json[0]["job_id"] == live
    assert paths(shop.program("urls", "--job", build), shop.site) == ["/draft"]
    again = shop.program("jobs", "show", "last", "--format", "json").json
    assert (again["build"], again["compared_with"], again["totals"]["new_urls"]) == ("./dist", build, 1)


@pytest.mark.parametrize("spelling", ["./dist", "dist", "dist/", "{folder}/dist", "../{name}/dist"])
@pytest.mark.parametrize("command", ["urls", "tree"])
def test_a_local_build_is_found_by_its_folder(command: str, spelling: str, shop: Shop) -> None:
    shop.analyze()
    first = shop.build("/draft")
    shop.build("/draft", "/other")
    folder = shop.program.folder
    done = shop.program(command, spelling.format(folder=folder, name=folder.name))
    last = shop.program(command, "--job", "last")
    assert (done.code, done.err, done.out) == (0, "", last.out)
    assert shop.program(command, spelling.format(folder=folder, name=folder.name), "--job", first).code == 0


@pytest.mark.parametrize("command", ["urls", "tree"])
def test_a_local_build_is_found_by_its_folder_and_base_url(command: str, shop: Shop) -> None:
    first = shop.build("/draft")
    shop.analyze("./dist", "--base-url", f"{shop.site.url}/other/")
    shop.analyze()
    done = shop.program(command, "dist", "--base-url", shop.site.url)
    assert (done.code, done.err, done.out) == (0, "", shop.program(command, "--job", first).out)
    elsewhere = shop.program(command, "dist", "--base-url", "https://never.test")
    assert (elsewhere.code, bool(elsewhere.out)) == (0, True)


def test_the_pages_of_a_local_build_are_probed_where_it_is_published(shop: Shop) -> None:
    shop.build("/page-0")
    done = shop.program("probe", "dist", "--base-url", shop.site.url, "--all", "--format", "jsonl")
    assert (done.code, f"{shop.site.url}/page-0" in [each.get("loc") for each in done.records]) == (0, True)


def test_a_folder_that_was_not_analyzed_is_an_error(shop: Shop) -> None:
    shop.build("/draft")
    (shop.program.folder / "other").mkdir()
    done = shop.program("tree", "other")
    assert done.code == 2
    hint = "hint: analyze it first: sitemap analyze other --base-url "
    assert done.err.startswith(f"error: no job of this folder or file (other)\n{hint}")
    wrong = shop.program("tree", "./other", "--job", "last")
    assert (wrong.code, wrong.err.startswith("error: not a job of this domain (")) == (2, True)


def test_a_list_of_jobs_marks_local_builds(shop: Shop) -> None:
    shop.build("/draft")
    shop.analyze()
    jobs = shop.program.jobs()
    assert [job.get("build") for job in jobs] == [None, "./dist"]
    assert f"{shop.site.netloc} (build: ./dist)" in shop.program("jobs", "list").out


def test_an_ambiguous_id_lists_the_candidates(recorded: Recorded) -> None:
    done = recorded.program("jobs", "show", recorded.complete[:2])
    assert done.code == 2
    assert done.err.startswith(f"error: ambiguous job ({recorded.complete[:2]}): several ids begin with it: ")
    for job in (recorded.complete, recorded.partial):
        assert re.search(rf"{job} {re.escape(recorded.domain)} \d{{4}}-\d\d-\d\d \d\d:\d\d", done.err)


@pytest.mark.parametrize("name", ["last", "latest", "LAST"])
def test_the_last_job_has_a_name(name: str, recorded: Recorded) -> None:
    done = recorded.program("jobs", "show", name, "--format", "json")
    assert done.json["job_id"] == recorded.partial
