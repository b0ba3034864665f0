"""``sitemap probe``: what is asked and what is not, formats, exit codes, and runs that were broken off."""

import json
import threading
from collections import Counter

import pytest

from tests.acceptance.command import Done, Program, ends
from tests.patience import PATIENCE
from tests.web import Answer, Site, in_turn, redirect, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

PAGES = 6
FIELDS = {"schema", "job_id", "domain", "sample", "asked", "of", "rates", "pages", "unasked"}


def html(title: str = "A page", head: str = "", body: str = "") -> Answer:
    return Answer(f"<!doctype html><title>{title}</title>{head}<body>{title} {body}".encode(), headers=HTML)


HTML = (("Content-Type", "text/html; charset=utf-8"),)


@pytest.fixture
def shop(site: Site) -> Site:
    """A site that lists good pages, one missing, one moved, one that is not to be indexed, and a PDF."""
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    good = [f"{site.url}/page-{n}" for n in range(PAGES)]
    bad = [f"{site.url}/{name}" for name in ("gone", "moved", "secret", "list.pdf")]
    site.routes["/sitemap.xml"] = Answer(urlset(*good, *bad))
    site.routes |= {f"/page-{n}": html(f"Page {n}", own(site, f"/page-{n}")) for n in range(PAGES)}
    site.routes["/"] = html("Home")
    site.routes["/moved"] = redirect("/page-0", 301)
    site.routes["/secret"] = html("Secret", '<meta name="robots" content="noindex">')
    site.routes["/list.pdf"] = Answer(b"%PDF", headers=(("Content-Type", "application/pdf"),))
    return site


def own(site: Site, path: str) -> str:
    return f'<link rel="canonical" href="{site.url}{path}">'


def analyzed(program: Program, site: Site) -> str:
    done = program("analyze", f"{site.url}/", "--format", "jsonl")
    assert done.code == 0, done.err
    site.hits.clear()
    return str(done.records[0]["job_id"])


def counts(done: Done) -> dict[str, int]:
    return {each["problem"]: each["count"] for each in done.json["rates"] if each["count"]}


def test_every_page_is_asked_and_what_is_wrong_is_told(program: Program, shop: Site) -> None:
    job = analyzed(program, shop)
    done = program("probe", shop.netloc, "--all", "--format", "json")
    assert done.code == 0, done.err
    told = done.json
    assert set(told) >= FIELDS
    assert (told["schema"], told["job_id"], told["domain"]) == ("sitemap/probe/1", job, shop.netloc)
    assert (told["asked"], told["of"], told["sample"]["whole"]) == (10, 10, True)
    assert counts(done) == {"page-4xx": 1, "page-redirect": 1, "page-noindex": 1}
    (gone,) = (each for each in told["rates"] if each["problem"] == "page-4xx")
    assert (gone["rate"], gone["low"], gone["high"]) == (0.1, 0.1, 0.1)
    pages = {each["loc"].removeprefix(shop.url): each for each in told["pages"]}
    assert {path: each["problems"] for path, each in pages.items()} == {
        "/gone": ["page-4xx"],
        "/moved": ["page-redirect"],
        "/secret": ["page-noindex"],
    }
    assert pages["/moved"]["hops"] == [{"url": f"{shop.url}/moved", "status_code": 301}]
    assert pages["/gone"]["sitemap"] == f"{shop.url}/sitemap.xml"


def test_a_second_run_asks_nobody(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    first = program("probe", shop.netloc, "--format", "json")
    shop.hits.clear()
    second = program("probe", shop.netloc, "--format", "json")
    assert (first.code, second.code) == (0, 0)
    assert first.stdout == second.stdout
    assert shop.paths == []


def test_who_has_asked_all_knows_all_whatever_is_wanted_next(program: Program, shop: Site) -> None:
    shop.routes["/again.xml"] = Answer(urlset(f"{shop.url}/page-1", f"{shop.url}/page-2"))
    robots(shop, f"Sitemap: {shop.url}/sitemap.xml", f"Sitemap: {shop.url}/again.xml")
    analyzed(program, shop)
    whole = program("probe", shop.netloc, "--all", "--format", "json")
    assert program("probe", shop.netloc, "--sample", "2", "--format", "json").stdout == whole.stdout
    assert {each["low"] == each["high"] for each in whole.json["rates"]} == {True}


def test_whoever_reads_may_stop_reading(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    with program.start("probe", shop.netloc, "--format", "jsonl") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
        process.wait(PATIENCE)
    assert told == b""
    assert program("probe", shop.netloc, "--format", "json").json["asked"] == 10


def test_a_larger_sample_adds_to_a_smaller_one(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    for size, asked in (("3", 3), ("50%", 5), ("200", 10)):
        done = program("probe", shop.netloc, "--sample", size, "--format", "json")
        assert (done.code, done.json["asked"]) == (0, asked), done.err
    asked_twice = {path for path, count in Counter(shop.paths).items() if count > 1}
    assert asked_twice <= {"/robots.txt", "/page-0"}, "which one page redirects to"


def test_only_the_head_is_asked_of_what_is_no_page(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    assert program("probe", shop.netloc).code == 0
    methods = {hit.path: hit.method for hit in shop.hits}
    assert [path for path, method in methods.items() if method == "HEAD"] == ["/list.pdf"]


@pytest.mark.parametrize("status", [405, 501, 403, 404, 500])
def test_a_server_that_does_not_know_head_is_asked_again(program: Program, shop: Site, status: int) -> None:
    good = shop.routes["/list.pdf"]
    assert isinstance(good, Answer)
    shop.routes["/list.pdf"] = lambda hit: Answer(status=status) if hit.method == "HEAD" else good
    analyzed(program, shop)
    done = program("probe", shop.netloc, "--format", "jsonl")
    (pdf,) = (each for each in done.records if each.get("loc") == f"{shop.url}/list.pdf")
    assert (pdf["method"], pdf["status_code"]) == ("GET", 200)
    assert [hit.method for hit in shop.hits if hit.path == "/list.pdf"] == ["HEAD", "GET"]


def test_each_page_is_told_as_it_is_asked_and_a_summary_at_the_end(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    *pages, summary = program("probe", shop.netloc, "--format", "jsonl").records
    listed = [each for each in pages if each["role"] == "listed"]
    assert {each["type"] for each in pages} == {"page"}
    assert len(listed) == 10
    assert (summary["type"], summary["asked"], summary["of"]) == ("summary", 10, 10)
    assert {each["noindex"] for each in listed} == {None, "meta"}


def test_people_get_a_table(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    done = program("probe", shop.netloc, "--all")
    assert f"{shop.netloc}  10 of 10 pages requested, all of them" in done.lines
    assert any(line.split() == ["page-4xx", "1", "10.0%", "exact"] for line in done.lines), done.out
    assert f"{shop.url}/gone  404  page-4xx" in done.lines


def test_a_file_gets_the_result(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    done = program("probe", shop.netloc, "--format", "json", "-o", "pages.json")
    assert (done.code, done.out) == (0, "")
    assert json.loads((program.folder / "pages.json").read_text())["asked"] == 10


def test_robots_txt_is_obeyed_and_its_pages_are_told(program: Program, shop: Site) -> None:
    robots(shop, "User-agent: *", "Disallow: /page-1", f"Sitemap: {shop.url}/sitemap.xml")
    analyzed(program, shop)
    done = program("probe", shop.netloc, "--format", "json")
    assert done.code == 3
    assert (done.json["asked"], done.json["disallowed"]) == (9, 1)
    assert shop.count("/page-1") == 0
    again = program("probe", shop.netloc, "--format", "json")
    assert (again.code, again.json["disallowed"], shop.count("/page-1")) == (3, 1, 0)


def test_a_page_that_is_listed_twice_is_asked_once(program: Program, shop: Site) -> None:
    shop.routes["/sitemap.xml"] = Answer(urlset(*[f"{shop.url}/page-1"] * 5, f"{shop.url}/page-1#top"))
    analyzed(program, shop)
    assert program("probe", shop.netloc, "--all", "--format", "json").json["asked"] == 1
    assert shop.count("/page-1") == 1


def test_a_site_that_does_not_answer_is_told_by_the_exit_code(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    for path in [*shop.routes]:
        if path != "/robots.txt":
            shop.routes[path] = Answer(reset=True)
    shop.routes["*"] = Answer(reset=True)
    done = program("probe", shop.netloc, "--format", "json")
    assert done.code == 4, done.err
    assert done.json["answered"] == 0
    assert done.json["unasked"]["host-failing"] > 0


def test_what_the_deadline_leaves_out_is_told(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    silent = 3  # one fewer than are asked at once
    for n in range(1, silent + 1):
        shop.routes[f"/page-{n}"] = Answer(hang=True)
    done = program("probe", shop.netloc, "--deadline", "5", "--format", "json")
    assert done.code == 3, done.err
    assert done.json["unasked"] == {"deadline": silent}
    assert done.json["asked"] == 10 - silent


def test_a_redirect_to_an_address_of_ours_is_not_followed(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    shop.routes["/moved"] = redirect("http://169.254.169.254/latest/meta-data")
    told = program.having(SITEMAP_ALLOW_PRIVATE=None)(
        "probe", shop.netloc, "--allow-network", "127.0.0.0/8", "--format", "json"
    ).json
    (moved,) = (each for each in told["pages"] if each["loc"].endswith("/moved"))
    assert moved["error"] == "blocked-address"


def test_only_one_run_of_a_domain_at_a_time(program: Program, shop: Site) -> None:
    gate = threading.Event()
    analyzed(program, shop)
    shop.routes["/page-0"] = Answer(b"x", gate=gate)
    shop.asked.clear()
    with program.start("probe", shop.netloc) as process:
        assert shop.asked.wait(PATIENCE)
        other = program("probe", shop.netloc)
        gate.set()
        first = ends(process)
    assert (other.code, first.code) == (75, 0), other.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("nowhere.example",), 2),
        (("{domain}", "--sample", "0"), 2),
        (("{domain}", "--sample", "101%"), 2),
        (("{domain}", "--sample", "few"), 2),
        (("{domain}", "--sample", "5", "--all"), 2),
        (("{domain}", "--job", "ffff"), 2),
        (("other.example", "--job", "{job}"), 2),
        (("--job", "{job}"), 0),
        (("{domain}", "--job", "{job}", "--sample", "1"), 0),
    ],
)
def test_what_cannot_be_meant_is_refused(
    program: Program, shop: Site, arguments: tuple[str, ...], code: int
) -> None:
    job = analyzed(program, shop)
    given = [each.format(domain=shop.netloc, job=job) for each in arguments]
    done = program("probe", *given)
    assert (done.code, len(done.err.splitlines()) <= 2) == (code, True), done.err


def test_a_check_of_the_job_knows_its_pages(program: Program, shop: Site) -> None:
    job = analyzed(program, shop)
    before = program("check", "--job", job, "--select", "SM7", "--format", "json").json
    assert before["findings"] == []
    assert program("probe", shop.netloc, "--all").code == 0
    after = program("check", "--job", job, "--select", "SM7", "--format", "json")
    assert after.code == 1
    found = {each["rule"]: each for each in after.json["findings"]}
    assert set(found) == {"SM701", "SM703", "SM704", "SM710"}
    gone = found["SM701"]
    assert (gone["sitemap"], gone["loc"]) == (f"{shop.url}/sitemap.xml", f"{shop.url}/gone")
    assert gone["line"] == PAGES + 3


FOUND = {"SM701", "SM703", "SM704", "SM710"}


def find_rules(program: Program, *arguments: object) -> tuple[set[str], str]:
    """Check only probed pages, and return the rules that found something, and the report as text."""
    options = ("--select", "SM7", "--format", "json:found.json", "--format", "text")
    done = program("check", *arguments, *options)
    found = json.loads((program.folder / "found.json").read_text())["findings"]
    return {each["rule"] for each in found}, done.out


def test_a_later_job_of_the_domain_knows_the_pages(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    assert program("probe", shop.netloc, "--all").code == 0
    rules, text = find_rules(program, shop.url)
    assert rules == FOUND
    assert "note: used the probes of 10 pages by earlier jobs, less than an hour old (--probe-age)" in text
    assert find_rules(program, shop.url, "--probe-age", "0")[0] == set()
    assert find_rules(program.having(SITEMAP_TENANT="other"), shop.url)[0] == set()


def test_pages_are_known_in_another_sitemap_too(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    assert program("probe", shop.netloc, "--all").code == 0
    names = ("new", "secret", "moved", "gone")
    shop.routes["/sitemap.xml"] = Answer(urlset(*(f"{shop.url}/{name}" for name in names)))
    rules, text = find_rules(program, shop.url, "--format", "jsonl:lines.jsonl")
    assert rules == FOUND
    assert "note: used the probes of 3 pages" in text
    lines = [json.loads(line) for line in (program.folder / "lines.jsonl").read_text().splitlines()]
    assert {(each["rule"], each["line"]) for each in lines if each.get("loc") == f"{shop.url}/gone"} == {
        ("SM701", 6)
    }


def test_pages_are_known_in_another_spelling_too(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    assert program("probe", shop.netloc, "--all").code == 0
    spellings = [
        shop.url.replace("http:", "HTTP:") + path for path in ("/new", "/secret", "/mo%76ed", "/./gone")
    ]
    shop.routes["/sitemap.xml"] = Answer(urlset(*spellings))
    rules, text = find_rules(program, shop.url)
    assert rules == FOUND
    assert "note: used the probes of 3 pages" in text


def test_pages_of_a_site_that_was_read_in_part_are_checked(program: Program, shop: Site) -> None:
    robots(shop, f"Sitemap: {shop.url}/sitemap.xml", f"Sitemap: {shop.url}/broken.xml")
    shop.routes["/broken.xml"] = Answer(status=500)
    job = program("analyze", f"{shop.url}/", "--format", "jsonl").records[0]["job_id"]
    assert program("probe", shop.netloc, "--all").code == 0
    assert find_rules(program, "--job", job)[0] == FOUND
    assert find_rules(program, shop.url)[0] == FOUND


def test_a_local_build_does_not_use_the_probes_of_the_site(program: Program, shop: Site) -> None:
    analyzed(program, shop)
    assert program("probe", shop.netloc, "--all").code == 0
    (program.folder / "dist").mkdir()
    (program.folder / "dist" / "sitemap.xml").write_bytes(urlset(f"{shop.url}/gone"))
    assert find_rules(program, "dist", "--base-url", shop.url)[0] == set()


def test_rules_without_data_are_counted_apart(program: Program, shop: Site) -> None:
    first = program("check", shop.url, "--format", "text", "--format", "json:first.json")
    summary = json.loads((program.folder / "first.json").read_text())["summary"]
    needs = "need a probe, --against or a second run"
    counted = f"; {summary['rules']} rules checked; {summary['rules_without_data']} {needs}"
    assert counted in first.out
    assert program("probe", shop.netloc, "--all").code == 0
    program("check", shop.url, "--format", "json:second.json")
    second = json.loads((program.folder / "second.json").read_text())["summary"]
    assert second["rules"] > summary["rules"]
    assert second["rules"] + second["rules_without_data"] == summary["rules"] + summary["rules_without_data"]
    bad = program("check", shop.url, "--probe-age", "soon")
    assert (bad.code, bad.err.splitlines()[0]) == (2, "error: not a duration (--probe-age soon)")


def test_a_site_that_answers_everything_alike_has_no_pages(program: Program, shop: Site) -> None:
    shop.routes["*"] = html("Our shop", body="Nothing to see here, but look at all our other fine things.")
    analyzed(program, shop)
    done = program("probe", shop.netloc, "--all", "--format", "json")
    assert counts(done)["page-soft-404"] == 1
    strangers = [path for path in shop.paths if path not in shop.routes and path != "/gone"]
    assert len(strangers) == 1, "one address that nobody made is asked"


def test_headers_say_what_pages_do(program: Program, shop: Site) -> None:
    tags = (("X-Robots-Tag", "otherbot: noindex, nofollow"), ("X-Robots-Tag", "googlebot: noindex"))
    shop.routes["/list.pdf"] = in_turn(
        Answer(b"%PDF", headers=(*tags, ("Link", f'<{shop.url}/list.html>; rel="canonical"')))
    )
    analyzed(program, shop)
    pages = program("probe", shop.netloc, "--format", "jsonl").records
    (pdf,) = (each for each in pages if each.get("loc") == f"{shop.url}/list.pdf")
    assert (pdf["noindex"], pdf["noindex_for"]) == ("header", ["googlebot"])
    assert pdf["canonicals"] == [{"href": f"{shop.url}/list.html", "by": "header"}]
