"""``check --max-drop``: what a job is compared with, and what becomes of one that lost URLs."""

from dataclasses import dataclass

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")


@dataclass(frozen=True, slots=True)
class Shop:
    """A site with a number of URLs, and the program that checks it."""

    site: Site
    program: Program

    def list_urls(self, count: int) -> None:
        """Let the site list this many URLs."""
        pages = urlset(*(f"{self.site.url}/{n}" for n in range(count)))
        self.site.routes["/sitemap.xml"] = Answer(pages)

    def check(self, count: int, *options: str) -> Done:
        """Check the site with this many URLs."""
        self.list_urls(count)
        return self.program("check", self.site.url, "--select", "SM801", "--select", "SM804", *options)

    def analyze(self, count: int) -> Done:
        """Analyze the site with this many URLs."""
        self.list_urls(count)
        done = self.program("analyze", self.site.url)
        assert done.code == 0
        return done


@pytest.fixture
def shop(site: Site, program: Program) -> Shop:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    return Shop(site, program)


def test_a_job_that_was_refused_is_not_compared_with(shop: Shop) -> None:
    assert shop.check(100).code == 0
    codes = [shop.check(count).code for count in (60, 60, 60, 95, 95)]
    assert codes == [1, 1, 1, 0, 0]
    assert "40.0% fewer URLs than in the last accepted job: from 95 to 57" in shop.check(57).out


def test_a_job_that_was_only_analyzed_does_not_hide_a_drop(shop: Shop) -> None:
    assert shop.check(100).code == 0
    shop.analyze(60)
    assert shop.check(60).code == 1


def test_a_check_of_a_recorded_job_judges_it(shop: Shop) -> None:
    assert shop.check(100).code == 0
    shop.analyze(60)
    assert shop.program("check", "--job", "last", "--select", "SM801").code == 1
    assert shop.check(60).code == 1


def test_removed_pages_are_those_of_the_last_accepted_job(shop: Shop) -> None:
    page = Answer(b"<!doctype html><title>A page</title><p>text", headers=(("Content-Type", "text/html"),))
    shop.site.routes |= dict.fromkeys(("/", *(f"/{n}" for n in range(10))), page)
    assert shop.check(10).code == 0
    shop.analyze(7)
    shop.analyze(7)
    assert shop.program("probe", shop.site.netloc, "--all").code == 0
    done = shop.program("check", "--job", "last", "--select", "SM805", "--format", "json")
    (finding,) = done.json["findings"]
    assert (finding["count"], finding["loc"]) == (3, f"{shop.site.url}/7")


def test_a_job_of_a_database_that_may_only_be_read_can_be_checked(
    shop: Shop, upgraded_postgres_url: str
) -> None:
    writing = Shop(shop.site, shop.program.having(SITEMAP_DATABASE=upgraded_postgres_url))
    assert writing.check(100).code == 0
    writing.analyze(60)
    mark = "&" if "?" in upgraded_postgres_url else "?"
    url = f"{upgraded_postgres_url}{mark}options=-c%20default_transaction_read_only%3Don"
    reading = shop.program.having(SITEMAP_DATABASE=url)
    for job, code in (("last", 1), (writing.program.jobs()[1]["job_id"], 0)):
        done = reading("check", "--job", job, "--select", "SM801")
        assert done.code == code, done.err
        assert "note: the database is read-only, so later checks will not know what" in done.out


def test_before_the_first_check_the_last_complete_job_counts_and_the_report_says_so(shop: Shop) -> None:
    shop.analyze(100)
    first = shop.check(60)
    assert first.code == 1
    assert "fewer URLs than in the last complete job: from 100 to 60" in first.out
    again = shop.check(60)
    assert (again.code, "last accepted job: from 100 to 60" in again.out) == (1, True)


def test_without_a_job_to_compare_with_the_report_says_so(shop: Shop) -> None:
    first = shop.check(100)
    assert (
        "note: no accepted job to compare with (--max-drop); later checks compare with this one"
        in first.lines
    )
    assert "note:" not in shop.check(100).out


def test_a_drop_can_be_accepted(shop: Shop) -> None:
    shop.check(100)
    refused = shop.check(60)
    job = shop.program.jobs()[0]["job_id"]
    assert f"sitemap jobs accept {job}" in refused.out
    accepted = shop.program("jobs", "accept", job)
    assert (accepted.code, accepted.err) == (0, "1 job accepted for comparison with later jobs\n")
    assert shop.program("check", "--job", job, "--select", "SM801").code == 0
    assert shop.check(60).code == 0


def test_a_larger_limit_accepts_a_drop_too(shop: Shop) -> None:
    shop.check(100)
    assert [shop.check(60).code, shop.check(60, "--max-drop", "50%").code, shop.check(60).code] == [1, 0, 0]


def test_a_check_that_fails_for_nothing_does_not_accept_a_drop(shop: Shop) -> None:
    shop.check(100)
    assert shop.check(60, "--fail-on", "never").code == 0
    assert shop.check(60).code == 1


def test_a_baseline_does_not_make_a_drop_the_measure(shop: Shop) -> None:
    shop.check(100)
    assert shop.check(60, "--write-baseline", "known.json").code == 0
    assert shop.check(60).code == 1


def test_a_site_that_was_read_in_part_is_not_compared(shop: Shop) -> None:
    shop.check(100)
    robots(shop.site, f"Sitemap: {shop.site.url}/sitemap.xml", f"Sitemap: {shop.site.url}/more.xml")
    shop.site.routes["/more.xml"] = Answer(status=500)
    part = shop.check(60)
    assert part.code == 3
    assert "note: not compared with an earlier job, because the site was read in part" in part.lines
    refused = shop.program("jobs", "accept", "last")
    assert refused.code == 2
    assert "it is partial, and only a complete job can be compared with" in refused.err


def test_a_local_build_is_compared_with_builds_only(shop: Shop) -> None:
    shop.check(100)
    folder = shop.program.folder / "dist"
    folder.mkdir()

    def check_build(count: int) -> int:
        pages = urlset(*(f"{shop.site.url}/{n}" for n in range(count)))
        (folder / "sitemap.xml").write_bytes(pages)
        return shop.program("check", "dist", "--base-url", shop.site.url, "--select", "SM801").code

    assert [check_build(20), check_build(10), check_build(10), check_build(20)] == [0, 1, 1, 0]
    assert shop.check(100).code == 0


def test_a_vanished_sitemap_is_reported_until_the_job_is_accepted(shop: Shop) -> None:
    more = f"Sitemap: {shop.site.url}/more.xml"
    robots(shop.site, f"Sitemap: {shop.site.url}/sitemap.xml", more)
    shop.site.routes["/more.xml"] = Answer(urlset(f"{shop.site.url}/more"))
    shop.check(100)
    robots(shop.site, f"Sitemap: {shop.site.url}/sitemap.xml")
    assert [shop.check(100).code, shop.check(100).code] == [1, 1]
    assert shop.program("jobs", "accept", "last").code == 0
    assert shop.check(100).code == 0


def test_analyze_warns_of_a_drop(shop: Shop) -> None:
    assert "fewer URLs" not in shop.analyze(100).out
    assert "fewer URLs" not in shop.analyze(91).out
    assert "34.1% fewer URLs than in the previous job: from 91 to 60" in shop.analyze(60).lines
    assert "fewer URLs" not in shop.analyze(60).out
