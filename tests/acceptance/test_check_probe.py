"""``sitemap check --probe``: the analysis, the pages and the rules in one step."""

import html
import json
import signal
import threading

import pytest

from tests.acceptance.command import Done, Program, ends
from tests.patience import PATIENCE
from tests.web import Answer, Site, redirect, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

PAGES = 12
FOUND = {"SM701", "SM703"}
RULES = ("--select", "SM701,SM703,SM706", "--format", "json")


@pytest.fixture
def shop(site: Site) -> Site:
    """A site that lists good pages, one that is missing and one that redirects."""
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    good = [f"/page-{n}" for n in range(PAGES - 2)]
    site.routes["/sitemap.xml"] = Answer(urlset(*(site.url + path for path in (*good, "/gone", "/moved"))))
    site.routes |= {path: Answer(f"<title>Page {path}</title>".encode()) for path in good}
    site.routes["/moved"] = redirect("/page-0", 301)
    return site


def find_rules(done: Done) -> set[str]:
    return {each["rule"] for each in done.json["findings"]}


def count_probed(done: Done) -> int:
    probed = done.json["targets"][0]["probed"]
    return int(probed["answered"]) + int(probed["unanswered"]) + int(probed["disallowed"])


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (["--probe", "TARGET"], PAGES),
        (["TARGET", "--probe"], PAGES),
        (["--probe", "--", "TARGET"], PAGES),
        (["--probe", "all", "TARGET"], PAGES),
        (["TARGET", "--probe", "ALL"], PAGES),
        (["--probe=all", "TARGET"], PAGES),
        (["--probe=200", "TARGET"], PAGES),
        (["--probe", "5", "TARGET"], 5),
        (["TARGET", "--probe=5"], 5),
        (["--probe=25%", "TARGET"], 3),
        (["--probe", "25 %", "TARGET"], 3),
        (["--probe", "12.5%", "TARGET"], 2),
    ],
)
def test_the_value_is_optional_and_never_the_target(
    program: Program, shop: Site, words: list[str], pages: int
) -> None:
    words = [shop.url if word == "TARGET" else word for word in words]
    done = program("check", *RULES, *words)
    assert count_probed(done) == pages, done.err
    if pages == PAGES:
        assert (done.code, find_rules(done)) == (1, FOUND)


@pytest.mark.parametrize(
    ("variables", "file", "pages"),
    [
        ({"SITEMAP_PROBE": "3"}, "", 3),
        ({"SITEMAP_PROBE": "all"}, "", PAGES),
        ({"SITEMAP_PROBE": "true"}, "", PAGES),
        ({}, "probe = true", PAGES),
        ({}, "probe = 4", 4),
        ({}, 'probe = "25%"', 3),
        ({"SITEMAP_PROBE": "2"}, "probe = 4", 2),
        ({"SITEMAP_PROBE": "off"}, "probe = 4", None),
        ({}, "probe = false", None),
    ],
)
def test_the_environment_and_the_file_can_turn_it_on(
    program: Program, shop: Site, variables: dict[str, str], file: str, pages: int | None
) -> None:
    (program.folder / "sitemap.toml").write_text(f"[check]\n{file}\n")
    done = program.having(**variables)("check", *RULES, shop.url)
    found = None if "probed" not in done.json["targets"][0] else count_probed(done)
    assert found == pages, done.err
    off = program.having(**variables)("check", *RULES, shop.url, "--probe=0")
    assert "probed" not in off.json["targets"][0]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--probe=abc"], "error: not a sample size (--probe abc)"),
        (["--probe=101%"], "error: not a sample size (--probe 101%)"),
        (["--probe=-1"], "error: not a sample size (--probe -1)"),
        (["--probe="], "error: not a sample size (--probe )"),
    ],
)
def test_what_is_no_size_is_a_usage_error(program: Program, shop: Site, words: list[str], line: str) -> None:
    done = program("check", shop.url, *words)
    assert (done.code, done.err.splitlines()[0]) == (2, line)
    assert not shop.hits


def test_the_pages_of_a_local_build_are_not_requested(program: Program, shop: Site) -> None:
    (program.folder / "dist").mkdir()
    (program.folder / "dist" / "sitemap.xml").write_bytes(urlset(f"{shop.url}/gone"))
    done = program("check", "dist", "--base-url", shop.url, "--probe", "--format", "json")
    assert done.code == 1
    assert "SM750" in {each["rule"] for each in done.json["findings"]}
    job = program("analyze", "dist", "--base-url", shop.url, "--format", "jsonl").records[0]["job_id"]
    again = program("check", "--job", job, "--probe")
    assert again.code == 2
    assert "the job is of a local build, whose files may have changed since" in again.err
    assert not shop.hits


def test_recorded_jobs_batches_tags_and_several_targets_are_probed(program: Program, shop: Site) -> None:
    job = program("analyze", shop.url, "--format", "jsonl").records[0]["job_id"]
    shop.hits.clear()
    recorded = program("check", *RULES, "--job", job[:13], "--probe")
    assert (recorded.code, find_rules(recorded), count_probed(recorded)) == (1, FOUND, PAGES)
    assert "/sitemap.xml" not in shop.paths
    asked = len(shop.hits)
    again = program("check", *RULES, "--job", "last", "--probe=all")
    assert (again.code, count_probed(again), len(shop.hits) - asked) == (1, PAGES, 0)
    (program.folder / "sites.txt").write_text(f"{shop.url}\n")
    batch = program("batch", "sites.txt", "--tag", "shop", "--format", "jsonl")
    assert batch.code == 0, batch.err
    for words in (["--batch", "last"], ["--tag", "shop"], ["sites.txt"]):
        done = program("check", *RULES, "--probe", *words)
        assert (find_rules(done), count_probed(done)) == (FOUND, PAGES), (words, done.err)
    both = program("check", *RULES, "--probe", shop.url, f"{shop.url}/sitemap.xml")
    assert [each["probed"]["answered"] for each in both.json["targets"]] == [PAGES, PAGES]


def test_a_note_says_how_the_pages_responded(program: Program, shop: Site) -> None:
    robots(shop, f"Sitemap: {shop.url}/sitemap.xml", "User-agent: *", "Disallow: /page-1")
    done = program("check", "--probe", shop.url)
    assert "note: probed 12 pages: 11 responded, 1 disallowed by robots.txt" in done.out


def test_every_format_says_that_no_page_was_requested(program: Program, shop: Site) -> None:
    sentence = "No page was requested; --probe checks status, noindex and canonical of listed pages"
    for name in ("text", "markdown", "sarif", "github"):
        done = program("check", shop.url, "--format", name)
        assert done.out.count(html.escape(sentence)) + done.out.count(sentence) >= 1, name
        assert sentence not in done.err
    for name in ("csv", "gitlab"):
        assert sentence in program("check", shop.url, "--format", name).err
    known = program("check", shop.url, "--format", "json").json["targets"][0]["requested_pages"]
    assert (known["requested"], known["of"], known["oldest"]) == (0, PAGES, None)
    assert (
        '<property name="requested-pages" value="0 of 12"'
        in program("check", shop.url, "--format", "junit").out
    )
    both = program("check", shop.url, f"{shop.url}/sitemap.xml")
    assert both.out.count(sentence) == 1


@pytest.mark.parametrize("words", [["-q"], ["--select", "SM3"], ["--probe=1"]])
def test_it_is_not_said_where_nobody_needs_it(program: Program, shop: Site, words: list[str]) -> None:
    for name in ("text", "csv"):
        done = program("check", shop.url, "--format", name, *words)
        assert "No page was requested" not in done.out + done.err


def test_the_number_and_the_age_of_requested_pages_are_said(program: Program, shop: Site) -> None:
    assert "note: probed 3 pages (of 12): 3 responded" in program("check", "--probe=3", shop.url).out
    done = program("check", "--job", "last")
    assert "note: 3 pages (of 12) requested by sitemap probe, less than an hour ago" in done.out
    again = html.unescape(program("check", shop.url, "--format", "markdown").out)
    assert "used the probes of 3 pages (of 12) by earlier jobs, less than an hour old" in again
    known = program("check", shop.url, "--format", "json").json["targets"][0]["requested_pages"]
    assert (known["requested"], known["of"], known["earlier"]) == (3, PAGES, 3)
    assert known["oldest"] <= known["newest"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"slow down", 429),
        Answer(b"<title>Just a moment...</title>", 403, headers=(("cf-mitigated", "challenge"),)),
        Answer(b"no", 403),
    ],
    ids=["rate limit", "bot wall", "firewall"],
)
def test_pages_behind_a_wall_are_unknown_and_not_good(program: Program, shop: Site, answer: Answer) -> None:
    shop.routes |= {f"/page-{n}": answer for n in range(PAGES - 2)}
    shop.routes |= {"/gone": answer, "/moved": answer}
    done = program("check", "--probe=3", shop.url, "--retries", "0")
    assert done.code == 3, done.err
    assert "note: probed 3 pages (of 12): 3 rate limited (429) or blocked" in done.out
    assert "error SM7" not in done.out
    assert ("warning SM701" in done.out) is (answer.body == b"no")
    probed = program("probe", shop.netloc, "--sample", "3", "--retries", "0")
    assert (probed.code, "page-4xx" in probed.out) == (4, False)


def test_slow_pages_are_one_finding_with_the_distribution(program: Program, shop: Site) -> None:
    shop.routes |= {f"/page-{n}": Answer(b"<title>late</title>", delay=0.4) for n in range(3)}
    rules = ("--select", "SM715", "--fail-on", "warning")
    assert program("check", *rules, shop.url, "--probe").code == 0
    done = program("check", *rules, "--job", "last", "--slow", "300ms", "--format", "json")
    (finding,) = done.json["findings"]
    assert (done.code, finding["count"], finding["severity"]) == (1, 3, "warning")
    assert finding["message"].startswith(
        "3 of 10 pages take longer than 300 ms until the first byte: median "
    )
    assert {finding["loc"], *(each["loc"] for each in finding["examples"])} == {
        f"{shop.url}/page-{n}" for n in range(3)
    }
    times = program("probe", "--job", "last", "--slow", "0.3", "--format", "json").json["times"]
    assert (times["pages"], times["slow"], times["slow_after_ms"]) == (10, 3, 300)
    assert times["median_ms"] < 300 < times["p95_ms"]
    assert "3 pages slower than 300 ms" in program("probe", "--job", "last", "--slow", "300ms").out
    wrong = program("check", "--job", "last", "--slow", "soon")
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "error: not a duration (--slow soon)")


def test_a_page_that_does_not_respond_makes_the_check_partial(program: Program, shop: Site) -> None:
    shop.routes["/page-3"] = Answer(reset=True)
    done = program("check", *RULES, "--fail-on", "never", "--probe", shop.url)
    assert (done.code, done.json["targets"][0]["probed"]["unanswered"]) == (3, 1), done.err


def test_the_deadline_holds_for_analysis_and_pages_together(program: Program, shop: Site) -> None:
    shop.routes |= {f"/page-{n}": Answer(hang=True) for n in range(PAGES - 2)}
    options = ("--deadline", "3", "--fail-on", "never", "--concurrency", "1")
    done = program("check", *RULES, *options, "--probe", shop.url)
    assert done.code == 3, done.err
    assert done.json["targets"][0]["status"] == "completed"
    probed = done.json["targets"][0]["probed"]
    assert probed["unanswered"] + sum(probed["unasked"].values()) > 0


def test_a_site_without_urls_has_nothing_to_probe(program: Program, site: Site) -> None:
    done = program("check", "--probe", site.url, "--format", "json")
    assert done.code == 6
    assert "probed" not in done.json["targets"][0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_probe_that_is_stopped_leaves_a_complete_job_and_can_be_resumed(
    program: Program, shop: Site, number: int
) -> None:
    gate, asked = threading.Event(), threading.Event()

    def answer_late(_hit: object) -> Answer:
        asked.set()
        return Answer(b"<title>late</title>", gate=gate)

    shop.routes["/page-5"] = answer_late
    process = program.start("check", "--probe", shop.url)
    assert asked.wait(PATIENCE)
    process.send_signal(number)
    done = ends(process)
    gate.set()
    assert done.code == (-number if number == signal.SIGKILL else 128 + number), done.err
    (job,) = program.jobs()
    assert (job["status"], job["verdict"]) == ("completed", "ok")
    if number != signal.SIGKILL:
        assert f"sitemap check --job {job['job_id']} --probe=200" in done.err
    again = program("check", *RULES, "--job", job["job_id"], "--probe=200")
    assert (again.code, find_rules(again), count_probed(again)) == (1, FOUND, PAGES)


def test_how_the_probe_ended_is_recorded_with_the_job(program: Program, shop: Site) -> None:
    assert program("check", "--probe=all", shop.url).code == 1
    asked = len(shop.hits)
    shown = json.loads(program("probe", shop.netloc, "--all", "--format", "json").out)
    assert (shown["sample"]["whole"], shown["asked"], len(shop.hits) - asked) == (True, PAGES, 0)
