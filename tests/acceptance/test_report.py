"""``sitemap report``: what it says about a site, where it writes, and how it ends."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded, furnish
from tests.acceptance.terminal import remove_styles, shown
from tests.many import Many
from tests.web import Answer, Site, urlset

JSON = ("--format", "json")


def test_a_report_is_about_the_last_complete_job(recorded: Recorded) -> None:
    done = recorded.program("report", recorded.domain, *JSON)
    site = done.json["site"]
    assert (done.code, done.json["schema"], done.json["group"]) == (0, "sitemap/report/1", None)
    assert (site["job_id"], site["status"], site["verdict"]) == (recorded.complete, "completed", "ok")
    assert site["answer"] == "Everything was read: 3 sitemaps list 5 URLs."
    assert (site["totals"]["sitemaps"], site["totals"]["urls"]) == (3, 5)
    assert [each["url"].rpartition("/")[2] for each in site["sitemaps"]] == ["index.xml", "a.xml", "b.xml.gz"]
    assert (len(site["history"]), site["next_steps"], site["error"]) == (1, [], None)


def test_its_findings_are_those_of_check(recorded: Recorded) -> None:
    site = recorded.program("report", "--job", recorded.complete, *JSON).json["site"]
    check = recorded.program("check", "--job", recorded.complete, *JSON).json
    places = dict.fromkeys((each["rule"] for each in check["findings"]), 0)
    for each in check["findings"]:
        places[each["rule"]] += each["count"]
    assert {each["rule"]: each["places"] for each in site["findings"]} == places
    assert site["rules_checked"] == check["summary"]["rules"]
    assert site["rules_idle"] == check["summary"]["rules_without_data"]
    by_severity = dict.fromkeys(site["counts"], 0)
    for each in site["findings"]:
        by_severity[each["severity"]] += 1
        assert each["summary"]
        assert all(fix["text"] for fix in each["fixes"])
    assert by_severity == site["counts"]
    assert set(site["first"]) <= {each["rule"] for each in site["findings"]}


def test_a_partial_job_says_what_to_do(recorded: Recorded) -> None:
    site = recorded.program("report", "--job", recorded.partial, *JSON).json["site"]
    assert (site["status"], site["verdict"]) == ("partial", "partial")
    assert site["answer"].startswith("The site was read in part: 2 sitemaps list 3 URLs")
    assert not any("above" in each for each in site["next_steps"])
    assert len(site["history"]) == 2


def test_the_same_data_give_the_same_bytes(recorded: Recorded) -> None:
    for format_ in ("json", "markdown"):
        first = recorded.program("report", recorded.domain, "--format", format_)
        assert recorded.program("report", recorded.domain, "--format", format_).stdout == first.stdout


def test_the_time_is_that_of_the_data_or_the_one_that_is_set(recorded: Recorded) -> None:
    report = recorded.program("report", recorded.domain, *JSON).json
    assert report["created_at"] == report["site"]["finished_at"]
    fixed = recorded.program.having(SOURCE_DATE_EPOCH="86400")
    assert fixed("report", recorded.domain, *JSON).json["created_at"] == "1970-01-02T00:00:00.000Z"
    wrong = recorded.program.having(SOURCE_DATE_EPOCH="tomorrow")("report", recorded.domain, *JSON)
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("error: not a number of seconds since 1970 (SOURCE_DATE_EPOCH=tomorrow)")


def test_markdown_has_every_part(recorded: Recorded) -> None:
    text = recorded.program("report", recorded.domain, "--format", "markdown").out
    assert text.startswith("# Sitemap report: ")
    assert "**ok**: Everything was read: 3 sitemaps list 5 URLs." in text
    for heading in ("## Sitemaps", "## Age of lastmod"):
        assert heading in text


def test_a_file_appears_when_it_is_complete_and_its_size_is_printed(
    recorded: Recorded, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    done = recorded.program("report", recorded.domain, *JSON, "-o", str(file))
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith(f"{file}: ")
    assert file.read_bytes() == recorded.program("report", recorded.domain, *JSON).stdout
    assert recorded.program("report", recorded.domain, *JSON, "-o", str(file), "--quiet").err == ""


WRONG = {
    "no subject": ((), 2, "error: name a DOMAIN or a job"),
    "an unknown domain": (("unknown.example",), 2, "error: unknown domain (unknown.example)"),
    "an unknown job": (("--job", "ffff"), 2, "error: unknown job"),
    "an unknown rule": (("{domain}", "--select", "nothing"), 2, "error: no such rule"),
    "a folder that does not exist": (("{domain}", "-o", "none/report.json"), 5, "error: cannot write"),
}


@pytest.mark.parametrize(("words", "code", "message"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_one_line(recorded: Recorded, words: tuple[str, ...], code: int, message: str) -> None:
    done = recorded.program("report", *(each.format(domain=recorded.domain) for each in words), *JSON)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(message)


@pytest.mark.usefixtures("schema")
def test_the_rules_are_those_that_the_configuration_file_sets_for_check(program: Program, site: Site) -> None:
    furnish(site)
    site.routes["/b.xml.gz"] = Answer(urlset(f"{site.url}/a#b", "relative", lastmod="yesterday"))
    program("analyze", f"{site.url}/")

    def list_rules(*words: str) -> set[str]:
        site_ = program("report", site.netloc, *JSON, *words).json["site"]
        return {each["rule"] for each in site_["findings"]}

    assert {"SM321", "SM306", "SM302"} <= list_rules()
    config = program.folder / "sitemap.toml"
    config.write_text('[check]\nignore = "SM321,SM306"\nformat = ["json"]\n')
    assert {"SM321", "SM306"}.isdisjoint(list_rules())
    assert list_rules("--ignore", "SM302") >= {"SM321", "SM306"}
    config.write_text('[check]\nignore = ["SM321"]\n[report]\nignore = ["SM306"]\n')
    assert {"SM321", "SM306"} & list_rules() == {"SM321"}
    assert list_rules("--no-check") == set()


@pytest.mark.usefixtures("schema")
def test_a_part_of_a_site_has_only_its_sitemaps(program: Program, site: Site) -> None:
    furnish(site)
    site.routes["/b.xml.gz"] = Answer(urlset(f"{site.url}/shop/1", f"{site.url}/shop/2", f"{site.url}/x"))
    program("analyze", f"{site.url}/")
    done = program("report", f"{site.netloc}/shop/", *JSON)
    part = done.json["site"]
    assert (done.code, part["scope"], done.json["title"]) == (0, "/shop/", f"{site.netloc}/shop/")
    assert [each["url"].rpartition("/")[2] for each in part["sitemaps"]] == ["index.xml", "b.xml.gz"]
    assert (part["totals"]["urls"], part["totals"]["all_urls"]) == (2, 6)
    assert part["notes"][0] == f"only what lies below /shop/; the job is about the whole of {site.netloc}"


def listed(program: Program, *names: str) -> str:
    (program.folder / "list.txt").write_text("\n".join(names))
    return "list.txt"


def test_a_batch_is_reported_with_its_rules_by_the_number_of_sites(shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(4)]
    shared("batch", listed(shared, *hosts), "--tag", "shops")
    many.down.add(hosts[2])
    many.failing.add(hosts[1])
    shared("batch", "list.txt")
    done = shared("report", "--batch", "last", *JSON)
    group = done.json["group"]
    assert (done.code, done.json["site"], done.json["title"]) == (0, None, "list.txt")
    assert (group["sites"], sum(group["verdicts"].values())) == (4, 4)
    assert {each["domain"] for each in group["rows"][:2]} == {hosts[1], hosts[2]}
    newly = next(each for each in group["rows"] if each["domain"] == hosts[2])
    assert (newly["comparison"], newly["verdict"], newly["tags"]) == ("newly-failing", "blocked", ["shops"])
    assert {each["comparison"] for each in group["rows"][2:]} == {"unchanged"}
    assert group["failures"][0]["jobs"] == 1
    for each in group["rules"]:
        assert each["sites"] == len(each["domains"])
        assert each["places"] >= each["sites"]
    order = [("error", "warning", "info").index(each["severity"]) for each in group["rules"]]
    assert order == sorted(order)
    for row in group["rows"]:
        check = shared("check", "--job", row["job_id"], *JSON).json
        rules = {each["rule"]: each["severity"] for each in check["findings"]}
        assert row["counts"] == {name: [*rules.values()].count(name) for name in ("error", "warning", "info")}
        assert set(row["first"]) <= set(rules)
    tagged = shared("report", "--tag", "shops", *JSON).json["group"]
    assert [each["domain"] for each in tagged["rows"]] == [each["domain"] for each in group["rows"]]
    assert (tagged["name"], tagged["batch_id"], tagged["rules"]) == ("shops", None, group["rules"])
    text = shared("report", "--batch", "last", "--format", "markdown").out
    assert "4 sites with " in text
    assert "| newly-failing | 1 |" in text
    plain = shared("report", "--batch", "last", "--no-check", *JSON).json["group"]
    assert (plain["rules"], {each["counts"] is None for each in plain["rows"]}) == ([], {True})


@pytest.mark.usefixtures("schema")
def test_a_tag_also_has_the_sites_that_were_not_analyzed(program: Program) -> None:
    program("domains", "add", "b.example", "a.example", "--tag", "x")
    done = program("report", "--tag", "x", *JSON)
    group = done.json["group"]
    assert (done.code, group["verdicts"], group["rules"]) == (0, {"not-analyzed": 2}, [])
    rows = [(each["domain"], each["job_id"]) for each in group["rows"]]
    assert rows == [("a.example", None), ("b.example", None)]
    assert program("report", "--tag", "x", "--format", "markdown").code == 0


GROUPS = {
    "no such batch": (("--batch", "ffff"), "error: unknown batch (ffff)"),
    "no such tag": (("--tag", "none"), "error: no domain has this tag (none)"),
    "a batch and a tag": (("--batch", "last", "--tag", "x"), "error: too many subjects"),
    "a domain and a tag": (("a.example", "--tag", "x"), "error: too many subjects"),
}


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(("words", "message"), GROUPS.values(), ids=GROUPS)
def test_a_group_that_does_not_exist_is_a_mistake(
    program: Program, words: tuple[str, ...], message: str
) -> None:
    done = program("report", *words, *JSON)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)


def test_a_page_goes_to_a_file_or_a_pipe(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    done = recorded.program("report", recorded.domain, "-o", str(file))
    assert (done.code, done.out) == (0, "")
    page = file.read_bytes()
    assert page.startswith(b"<!doctype html>")
    assert len(page) < 3_000_000
    assert recorded.program("report", recorded.domain, "-o", "-").stdout == page
    assert recorded.program("report", recorded.domain).stdout == page


COMMAND = re.compile("Write it again</dt><dd><code>sitemap (.*?) -o report.html</code>")


def test_a_page_names_the_command_that_writes_the_same_page(recorded: Recorded) -> None:
    for subject in (recorded.domain, f"{recorded.domain}/a"):
        page = recorded.program("report", subject).out
        (command,) = COMMAND.findall(page)
        assert "--job" in command
        assert recorded.program(*shlex.split(command)).out == page


@pytest.mark.usefixtures("schema")
def test_a_group_page_names_the_command_that_writes_the_same_page(program: Program) -> None:
    program("domains", "add", "a.example", "--tag", "x", "--tag", "y")
    page = program("report", "--tag", "x,y").out
    (command,) = COMMAND.findall(page)
    assert program(*shlex.split(command)).out == page


@pytest.mark.usefixtures("schema")
def test_a_site_of_which_no_job_recorded_anything_is_reported_with_what_to_do(
    program: Program, site: Site
) -> None:
    site.routes["/robots.txt"] = Answer(status=403)
    site.routes["/s.xml"] = Answer(status=403)
    program("analyze", f"{site.url}/s.xml")
    done = program("report", site.netloc, *JSON)
    assert (done.code, done.json["site"]["verdict"]) == (0, "blocked")
    assert done.json["site"]["next_steps"]
    assert done.err.startswith("no job recorded anything: the job of ")
    page = program("report", site.netloc).out
    assert '<section id="freshness"' not in page
    assert '<span class="facts-inline">forbidden' in page


def test_a_page_is_not_printed_on_a_terminal(recorded: Recorded) -> None:
    screen = remove_styles(shown(recorded.program, "report", recorded.domain))
    assert "error: html is not for a terminal" in screen
    assert "-o report.html" in screen


@pytest.mark.usefixtures("schema")
def test_hostile_text_stays_text_in_markdown(program: Program, site: Site) -> None:
    evil = f"{site.url}/[x](javascript:alert(1))/%3Cscript%3E/@here`|a"
    site.routes["/sitemap.xml"] = Answer(urlset(evil, "<img src=x onerror=alert(1)>", lastmod="[a](b)|c"))
    program("analyze", f"{site.url}/sitemap.xml")
    text = program("report", site.netloc, "--format", "markdown").out
    assert "javascript&#58;alert" in text or "javascript:alert&#40;1&#41;" in text
    assert not any(each in text for each in ("<img", "](javascript", "](b)", "`|a", "@here"))


@pytest.mark.usefixtures("schema")
def test_a_job_without_urls_is_reported_by_its_id(program: Program, site: Site) -> None:
    for name, answer, verdict in (
        ("/s.xml", Answer(status=403), "blocked"),
        ("/s.xml", Answer(status=500), "http-error"),
        ("/s.xml", Answer(b"<!doctype html><title>x</title><p>y"), "html-instead"),
        ("/s.xml", Answer(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'), "empty"),
    ):
        site.routes[name] = answer
        program("analyze", f"{site.url}{name}")
        done = program("report", "--job", "last", *JSON)
        report = done.json["site"]
        assert (done.code, report["verdict"], report["structure"]) == (0, verdict, None)
        assert report["answer"].endswith(".")
        assert report["next_steps"]
        assert program("report", "--job", "last", "--format", "markdown").code == 0


@pytest.mark.usefixtures("schema")
def test_a_local_build_is_reported_by_its_folder(program: Program) -> None:
    folder = program.folder / "public"
    folder.mkdir()
    (folder / "sitemap.xml").write_bytes(urlset("https://a.example/", "https://a.example/b"))
    program("analyze", "public", "--base-url", "https://a.example/")
    done = program("report", "public", *JSON)
    assert (done.code, done.json["title"], done.json["site"]["build"]) == (0, "public", "public")
    assert done.json["site"]["structure"]["urls"] == 2


@pytest.mark.usefixtures("schema")
def test_language_versions_and_crawlers_are_counted(program: Program, site: Site) -> None:
    furnish(site)
    link = '<xhtml:link rel="alternate" hreflang="{}" href="{}"/>'
    versions = {"de": f"{site.url}/de/1", "en": f"{site.url}/en/1"}
    links = "".join(link.format(*each) for each in versions.items())
    entries = "".join(f"<url><loc>{loc}</loc>{links}</url>" for loc in versions.values())
    site.routes["/a.xml"] = Answer(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:xhtml="http://www.w3.org/1999/xhtml">{entries}'
        f"<url><loc>{site.url}/private/1</loc></url></urlset>".encode()
    )
    program("analyze", f"{site.url}/")
    report = program("report", site.netloc, *JSON).json["site"]
    assert report["languages"]["languages"] == ["de", "en"]
    assert [(each["pages"], each["links"]) for each in report["languages"]["rows"]] == [(1, [1, 1])] * 2
    (robots,) = report["robots"]
    crawlers = {each["crawler"]: each for each in robots["crawlers"]}
    assert robots["status_code"] == 200
    assert (crawlers["Googlebot"]["access"], crawlers["Googlebot"]["disallowed_urls"]) == ("partly", 1)
    assert crawlers["YandexBot"]["rules"] == ["Disallow: /private (line 2)"]
    assert report["structure"]["examined"] == report["structure"]["urls"]


@pytest.mark.usefixtures("schema")
def test_requested_pages_are_reported_also_those_of_an_earlier_job(program: Program, site: Site) -> None:
    furnish(site)
    html = (("Content-Type", "text/html"),)
    site.routes["/page-0"] = Answer(b"<!doctype html><title>ok</title>", headers=html)
    program("analyze", f"{site.url}/")
    assert program("report", site.netloc, *JSON).json["site"]["probe"] is None
    program("probe", site.netloc, "--all")
    own = program("report", site.netloc, *JSON).json["site"]["probe"]
    assert own["facts"]["asked"] == sum(own["statuses"].values()) == 4
    assert own["statuses"]["404"] == 3
    assert len(own["pages"]) == 3
    program("analyze", f"{site.url}/")
    later = program("report", site.netloc, *JSON).json["site"]["probe"]
    assert (later["statuses"], later["oldest"]) == (own["statuses"], own["oldest"])
    assert program("report", site.netloc, "--probe-age", "0", *JSON).json["site"]["probe"] is None


def test_a_database_that_may_only_be_read_is_enough(recorded: Recorded, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(recorded.program.database, copy)
    copy.chmod(0o444)
    done = recorded.program("report", recorded.domain, *JSON, "--database", str(copy))
    assert (done.code, done.stdout) == (0, recorded.program("report", recorded.domain, *JSON).stdout)


def test_a_reader_that_leaves_ends_it_quietly(recorded: Recorded) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = recorded.program("report", recorded.domain, *JSON, stdout=writing)
    finally:
        os.close(writing)
    assert done.err == ""
