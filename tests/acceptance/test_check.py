"""``sitemap check``: targets, gates, baselines, what the configuration says, and exit codes."""

import json

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, index, robots, urlset, validated

pytestmark = pytest.mark.usefixtures("schema")

FIELDS = {"rule", "name", "severity", "message", "sitemap", "loc", "line", "column", "count"}


@pytest.fixture
def shop(site: Site) -> Site:
    """A site with an index, a disallowed page, two fragments and a page that is listed twice."""
    robots(site, "User-agent: *", "Disallow: /private", f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml"))
    site.routes["/a.xml"] = Answer(
        urlset(*(f"{site.url}/{page}" for page in ("", "private/x", "a#1", "a#2")))
    )
    site.routes["/b.xml"] = Answer(urlset(*(f"{site.url}/{page}" for page in ("b", "c", "b"))))
    return site


def test_the_report_has_the_fields_of_the_contract(program: Program, shop: Site) -> None:
    done = program("check", f"{shop.url}/", "--format", "json", "--select", "SM306", "--select", "SM706")
    assert done.code == 1, done.err
    assert (done.json["schema"], done.json["exit_code"]) == ("sitemap/check/1", 1)
    assert done.json["job_id"] == program.jobs()[0]["job_id"]
    fragment, disallowed = done.json["findings"]
    assert set(fragment) >= FIELDS
    assert (fragment["rule"], fragment["name"], fragment["severity"]) == ("SM306", "loc-fragment", "warning")
    assert (fragment["sitemap"], fragment["loc"]) == (f"{shop.url}/a.xml", f"{shop.url}/a#1")
    assert fragment["count"] == 2
    assert fragment["line"] is not None
    assert (disallowed["rule"], disallowed["severity"]) == ("SM706", "error")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--select", "SM306"], 0),
        (["--select", "SM306", "--fail-on", "warning"], 1),
        (["--select", "SM306", "--fail-on", "warning", "--max-findings", "1"], 1),
        (["--select", "SM306", "--fail-on", "warning", "--max-findings", "2"], 0),
        (["--select", "SM306", "--severity", "SM306=error"], 1),
        (["--select", "SM306,SM706"], 1),
        (["--select", "SM3, SM7", "--ignore", "sm706,loc-invalid"], 0),
        (["--select", "SM306,SM706", "--severity", "SM306=info,SM706=warning"], 0),
        (["--select", "SM306", "--severity", "loc-fragment=info", "--fail-on", "warning"], 0),
        (["--select", "SM706"], 1),
        (["--select", "SM706", "--fail-on", "never"], 0),
        (["--select", "SM706", "--ignore-at", "SM706 /private/*: members only"], 0),
        (["--select", "SM706", "--ignore-at", "SM706 /other/*: members only"], 1),
        (["--select", "SM7", "--ignore", "SM706"], 0),
        (
            [
                "--select",
                "SM",
                "--ignore",
                "SM3",
                "--select",
                "SM306",
                "--ignore",
                "SM706",
                "--fail-on",
                "error",
            ],
            0,
        ),
    ],
)
def test_findings_decide_the_exit_code(program: Program, shop: Site, options: list[str], code: int) -> None:
    done = program("check", f"{shop.url}/", *options)
    assert done.code == code, done.out + done.err


def test_a_recorded_job_is_checked_without_asking_anybody(program: Program, shop: Site) -> None:
    job = program("analyze", f"{shop.url}/", "--format", "jsonl").records[0]["job_id"]
    asked = len(shop.hits)
    done = program("check", "--job", job[:13], "--format", "jsonl", "--select", "SM706")
    finding, summary = done.records
    assert (done.code, len(shop.hits)) == (1, asked)
    assert (finding["type"], finding["loc"]) == ("finding", f"{shop.url}/private/x")
    assert (summary["type"], summary["error"], summary["exit_code"]) == ("summary", 1, 1)


def test_the_same_job_gives_the_same_bytes(program: Program, shop: Site) -> None:
    job = program("analyze", f"{shop.url}/", "--format", "jsonl").records[0]["job_id"]
    formats = ("text", "json", "jsonl", "junit", "sarif", "github", "gitlab", "markdown")
    for seed in "12":
        outputs = (word for each in formats for word in ("--format", f"{each}:{each}.{seed}"))
        done = program.having(PYTHONHASHSEED=seed)("check", "--job", job, *outputs)
        assert done.code == 1, done.err
    for format_ in formats:
        first, second = ((program.folder / f"{format_}.{seed}").read_bytes() for seed in "12")
        assert first == second != b""


def test_a_site_that_has_not_changed_is_as_wrong_as_before(program: Program, shop: Site) -> None:
    body = urlset(f"{shop.url}/", *(f"{shop.url}/a-page-with-a-long-name/{n}" for n in range(20_000)))
    shop.routes["/a.xml"] = validated(body, '"a"', ("Content-Type", "application/json"))
    first, second = (program("check", f"{shop.url}/", "--format", "json") for _ in range(2))
    assert {each["rule"] for each in first.json["findings"]} >= {"SM109", "SM110"}
    assert second.json["findings"] == first.json["findings"]
    assert any(each["status_code"] == 304 for each in sitemaps(program))


def sitemaps(program: Program) -> list[dict[str, object]]:
    """The sitemaps of the newest job."""
    job = program("jobs", "show", program.jobs()[0]["job_id"], "--format", "json")
    return list(job.json["sitemaps"])


def test_a_baseline_silences_what_was_known_and_nothing_else(program: Program, shop: Site) -> None:
    written = program("check", f"{shop.url}/", "--write-baseline", "known.json", "--fail-on", "info")
    assert " findings written to known.json" in written.err
    assert written.code == 0, written.out
    options = ("--baseline", "known.json", "--format", "json", "--fail-on", "info", "--ignore", "SM8")
    again = program("check", f"{shop.url}/", *options)
    assert (again.code, again.json["findings"]) == (0, [])
    more = (f"{shop.url}/{page}" for page in ("", "private/x", "a#1", "a#2", "a#3"))
    shop.routes["/a.xml"] = Answer(urlset(*more))
    worse = program("check", f"{shop.url}/", *options, "--select", "SM306")
    assert worse.code == 1
    assert [(each["rule"], each["count"]) for each in worse.json["findings"]] == [("SM306", 1)]


def test_a_baseline_that_is_none_is_refused(program: Program, shop: Site) -> None:
    (program.folder / "known.json").write_text('{"schema": "something/else/1"}')
    done = program("check", f"{shop.url}/", "--baseline", "known.json")
    assert done.code == 2
    assert "not a baseline" in done.err


def test_the_configuration_file_says_what_flags_do(program: Program, shop: Site) -> None:
    (program.folder / "sitemap.toml").write_text(
        '[check]\nselect = ["SM306", "SM706"]\nseverity = ["SM306=error"]\n'
        'ignore-at = ["SM706 /private/*: members only"]\nfail-on = "error"\nmax-findings = 1\n'
    )
    done = program("check", f"{shop.url}/", "--format", "json")
    assert [(each["rule"], each["severity"]) for each in done.json["findings"]] == [("SM306", "error")]
    assert done.json["summary"]["excused"] == 1
    assert done.code == 1


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ([], {"SM306"}),
        (["--extend-ignore", "SM306"], set()),
        (["--ignore", "SM306"], {"SM706"}),
    ],
)
def test_rules_are_ignored_in_addition_to_those_of_the_file_or_instead_of_them(
    program: Program, shop: Site, options: list[str], rules: set[str]
) -> None:
    (program.folder / "sitemap.toml").write_text('[check]\nignore = ["SM706"]\n')
    done = program("check", f"{shop.url}/", "--format", "json", *options)
    found = {each["rule"] for each in done.json["findings"]}
    assert found & {"SM306", "SM706"} == rules


def test_a_variable_of_the_environment_has_one_value_on_each_line(program: Program, shop: Site) -> None:
    told = program.having(SITEMAP_SELECT="SM306\nSM706", SITEMAP_IGNORE_AT="SM706 /private/*: for members")
    done = told("check", f"{shop.url}/", "--format", "json")
    assert [each["rule"] for each in done.json["findings"]] == ["SM306"]


@pytest.mark.parametrize("written", ['"SM306,SM706"', '["SM306", "SM706"]', '["SM306,SM706"]'])
def test_a_list_in_a_file_takes_commas(program: Program, shop: Site, written: str) -> None:
    (program.folder / "sitemap.toml").write_text(f"[check]\nselect = {written}\n")
    done = program("check", f"{shop.url}/", "--format", "json")
    assert [each["rule"] for each in done.json["findings"]] == ["SM306", "SM706"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--select", "SM999"], "no such rule"),
        (["--ignore", "nonsense"], "no such rule"),
        (["--select", "SM3,SM999"], "no such rule"),
        (["--severity", "SM306=fatal"], "not a severity"),
        (["--ignore-at", "SM306 /a*"], "RULE PATTERN: REASON"),
        (["--format", "yaml"], "no such format"),
        (["--format", "json", "--format", "text"], "same place"),
        (["--max-drop", "lots"], "not a percentage"),
        (["--baseline", "missing.json"], "not a baseline"),
    ],
)
def test_a_mistake_is_told_before_anybody_is_asked(
    program: Program, shop: Site, options: list[str], told: str
) -> None:
    done = program("check", f"{shop.url}/", *options)
    assert (done.code, shop.hits) == (2, [])
    assert told in done.err


def test_nothing_to_check_is_a_mistake(program: Program) -> None:
    assert program("check").code == 2


def test_several_formats_are_written_at_once(program: Program, shop: Site) -> None:
    outputs = ("--format", "text", "--format", "json:out.json", "--format", "sarif:out.sarif")
    done = program("check", f"{shop.url}/", *outputs)
    assert done.code == 1
    assert "page-disallowed" in done.out
    assert json.loads((program.folder / "out.json").read_text())["exit_code"] == 1
    assert json.loads((program.folder / "out.sarif").read_text())["version"] == "2.1.0"


def test_a_pipeline_of_github_gets_annotations_and_a_summary(program: Program, shop: Site) -> None:
    summary = program.folder / "summary.md"
    summary.write_text("# Another step\n")
    done = program.having(GITHUB_STEP_SUMMARY=str(summary))("check", f"{shop.url}/", "--format", "github")
    assert any(line.startswith("::error ") and "SM706" in line for line in done.lines)
    assert summary.read_text().startswith("# Another step\n")
    assert "SM706" in summary.read_text()


def test_a_site_read_in_part_exits_3_unless_something_is_found(program: Program, shop: Site) -> None:
    shop.routes["/b.xml"] = Answer(status=500)
    assert program("check", f"{shop.url}/", "--select", "SM306").code == 3
    assert program("check", f"{shop.url}/", "--select", "SM306", "--fail-on", "warning").code == 1


def test_nothing_is_said_of_pages_or_changes_where_not_all_was_read(program: Program, shop: Site) -> None:
    assert program("check", f"{shop.url}/").code == 1
    shop.routes["/b.xml"] = Answer(status=500)
    done = program("check", f"{shop.url}/", "--format", "json", "--max-drop", "0%")
    assert not [each["rule"] for each in done.json["findings"] if each["rule"][:3] in ("SM7", "SM8")]


def test_a_site_without_a_sitemap_exits_6_and_one_that_is_gone_4(program: Program, site: Site) -> None:
    assert program("check", f"{site.url}/").code == 6
    assert program("check", "http://127.0.0.1:1/").code == 4


def test_a_drop_beyond_the_limit_fails(program: Program, shop: Site) -> None:
    assert program("check", f"{shop.url}/", "--select", "SM801").code == 0
    shop.routes["/b.xml"] = Answer(urlset(f"{shop.url}/b"))
    assert program("check", f"{shop.url}/", "--select", "SM801", "--max-drop", "50%").code == 0
    shop.routes["/a.xml"] = Answer(urlset(f"{shop.url}/"))
    done = program("check", f"{shop.url}/", "--select", "SM801", "--max-drop", "50%", "--format", "json")
    assert (done.code, [each["rule"] for each in done.json["findings"]]) == (1, ["SM801"])


def test_when_quiet_only_what_fails_is_told(program: Program, shop: Site) -> None:
    assert program("check", f"{shop.url}/", "--quiet", "--select", "SM306").out == ""
    done = program("check", f"{shop.url}/", "--quiet", "--select", "SM306", "--select", "SM706")
    assert "page-disallowed" in done.out
    assert "loc-fragment" not in done.out


def test_who_is_let_in_by_name_alone_is_found_out_when_it_is_asked_for(program: Program, site: Site) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = lambda hit: (
        Answer(urlset(f"{site.url}/")) if hit.headers["user-agent"] == "browser/1" else Answer(status=403)
    )
    check = ("check", f"{site.url}/", "--format", "json", "--select", "SM1")
    assert [each["rule"] for each in program(*check).json["findings"]] == ["SM102"]
    assert [hit.headers["user-agent"] for hit in site.hits].count("browser/1") == 0
    done = program(*check, "--compare-user-agent", "browser/1")
    assert [each["rule"] for each in done.json["findings"]] == ["SM102", "SM114"]
    assert [hit.headers["user-agent"] for hit in site.hits].count("browser/1") == 1
    assert done.json["findings"][1]["message"].endswith("200 for browser/1")


def test_a_name_that_cannot_be_sent_is_refused_at_once(program: Program, site: Site) -> None:
    done = program("check", f"{site.url}/", "--compare-user-agent", "a\nb")
    assert (done.code, site.hits) == (2, [])
    assert "--compare-user-agent" in done.err


@pytest.mark.parametrize(
    ("options", "last"),
    [
        (["--select", "SM706"], "exit 1: 1 finding at or above error (--fail-on error)"),
        (
            ["--select", "SM306", "--fail-on", "warning", "--max-findings", "1"],
            "exit 1: 2 places with findings at or above warning; --max-findings tolerates 1",
        ),
        (["--select", "SM306"], "0 errors, 1 warning, 0 infos; 1 rule checked"),
    ],
)
def test_the_last_line_says_why_it_failed(
    program: Program, shop: Site, options: list[str], last: str
) -> None:
    assert program("check", f"{shop.url}/", *options).lines[-1] == last


def test_the_last_line_says_why_a_site_could_not_be_checked(program: Program, site: Site) -> None:
    assert program("check", f"{site.url}/").lines[-1] == "exit 6: there is no sitemap"
