"""What a batch says about the previous one: newly failing, recovered, still failing and changed jobs."""

import csv
import io

import pytest

from tests.acceptance.command import Program
from tests.many import Many
from tests.web import urlset

pytestmark = pytest.mark.usefixtures("schema")


@pytest.fixture
def twice(program: Program, many: Many) -> list[str]:
    """Five sites, analyzed before one failed, one recovered and one changed; the fourth never works."""
    hosts = [many.host(n) for n in range(5)]
    (program.folder / "list.csv").write_text("site,tags\n" + "".join(f"{each},Shop\n" for each in hosts))
    many.down = {hosts[1], hosts[3]}
    assert program("batch", "list.csv").code == 3
    many.down = {hosts[0], hosts[3]}
    many.changed[f"http://{hosts[2]}/a.xml"] = urlset(f"http://{hosts[2]}/new", lastmod="2026-11-01")
    return hosts


def test_a_batch_is_compared_with_the_previous_job_of_each_target(program: Program, twice: list[str]) -> None:
    fails, recovers, changes, never, same = twice
    done = program("batch", "list.csv", "--refresh")
    assert done.code == 3
    titles = [line for line in done.lines if line.endswith(")") and line[0].islower()]
    assert titles[-4:] == ["newly failing (1)", "recovered (1)", "still failing (1)", "other URLs (1)"]
    assert f"{fails}  blocked  was ok; " in done.out
    assert f"{recovers}  ok  was blocked" in done.out
    (batch_id, *_) = [each["batch_id"] for each in program("batch", "list", "--format", "jsonl").records]
    assert f"batch {batch_id}  " in done.out
    assert done.lines[-1] == f"retry with: sitemap jobs retry --batch {batch_id} --verdict blocked"
    shown = program("batch", "show", batch_id, "--format", "json").json
    assert shown["schema"] == "sitemap/batch/1"
    assert shown["comparisons"] == {
        "newly-failing": 1,
        "recovered": 1,
        "still-failing": 1,
        "changed": 1,
        "unchanged": 1,
    }
    assert {each["domain"]: each["comparison"] for each in shown["news"]} == {
        fails: "newly-failing",
        recovers: "recovered",
    }
    rows = list(csv.DictReader(io.StringIO(program("batch", "show", batch_id, "--format", "csv").out)))
    assert {row["domain"]: row["comparison"] for row in rows} == {
        fails: "newly-failing",
        recovers: "recovered",
        changes: "changed",
        never: "still-failing",
        same: "unchanged",
    }
    assert [row["change"] for row in rows if row["domain"] == changes] == ["-2"]
    columns = "domain verdict status urls change sitemaps errors warnings infos error seconds"
    assert " ".join(list(rows[0])[:11]) == columns
    lines = program("batch", "show", batch_id, "--format", "jsonl").records
    assert [each["domain"] for each in lines] == [row["domain"] for row in rows]


def test_a_quiet_batch_prints_only_what_is_not_as_before(program: Program, twice: list[str]) -> None:
    done = program("batch", "list.csv", "--refresh", "--quiet")
    assert "newly failing (1)" in done.lines
    assert twice[3] not in done.out
    again = program("batch", "list.csv", "--refresh", "--quiet")
    assert (again.code, again.out) == (3, "")


@pytest.mark.parametrize(
    ("tolerated", "code"), [("2", 0), ("40%", 0), ("1", 3), ("39%", 3), ("0", 3), ("x", 2), ("101%", 2)]
)
def test_failed_jobs_can_be_tolerated(program: Program, twice: list[str], tolerated: str, code: int) -> None:
    assert program("batch", "list.csv", "--max-failed", tolerated).code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--max-newly-failed", "1"), 0),
        (("--max-newly-failed", "20%"), 0),
        (("--max-newly-failed", "0"), 3),
        (("--max-newly-failed", "1", "--max-failed", "2"), 0),
        (("--max-newly-failed", "1", "--max-failed", "1"), 3),
        (("--max-newly-failed", "0", "--max-failed", "2"), 3),
        (("--max-newly-failed", "x"), 2),
    ],
)
def test_sites_that_failed_before_can_be_left_out(
    program: Program, twice: list[str], options: tuple[str, ...], code: int
) -> None:
    assert program("batch", "list.csv", *options).code == code


def test_a_batch_with_only_chronic_failures_exits_with_3_unless_they_are_tolerated(
    program: Program, twice: list[str]
) -> None:
    program("batch", "list.csv")
    for options, code in ((), 3), (("--max-newly-failed", "0"), 0), (("--max-failed", "2"), 0):
        assert program("batch", "list.csv", "-q", *options).code == code


@pytest.mark.parametrize("options", [(), ("-q",), ("--format", "jsonl"), ("-o", "out.txt")])
def test_each_newly_failing_site_is_a_line_on_stderr(
    program: Program, twice: list[str], options: tuple[str, ...]
) -> None:
    done = program("batch", "list.csv", *options)
    (line,) = done.err.splitlines()
    assert line.startswith(f"error: nothing could be read ({twice[0]}): ")
    again = program("batch", "list.csv", *options)
    assert (again.code, again.err) == (3, "")


def test_a_first_job_that_fails_is_news_once_and_not_newly_failing(program: Program) -> None:
    (program.folder / "list.txt").write_text("site.invalid")
    first = program("batch", "list.txt", "--max-newly-failed", "0")
    assert (first.code, len(first.err.splitlines())) == (3, 1)
    assert "first job failed (1)" in first.lines
    assert "newly failing" not in first.out
    assert program("domains", "list", "--worse", "--format", "jsonl").records == []
    again = program("batch", "list.txt", "--max-newly-failed", "0")
    assert (again.code, again.err) == (0, "")
    assert "still failing (1)" in again.lines


def test_failures_are_grouped_by_reason(program: Program) -> None:
    names = [f"site-{n}.invalid" for n in range(9)]
    (program.folder / "list.txt").write_text(" ".join(names))
    for _ in range(2):
        done = program("batch", "list.txt", "--concurrency", 9)
    assert done.code == 4
    assert "still failing (9)" in done.lines
    report = program("batch", "list", "--format", "json").json[0]
    groups = program("batch", "show", report["batch_id"], "--format", "json").json["failures"]
    assert [(each["verdict"], each["jobs"], len(each["domains"])) for each in groups] == [("dns", 9, 3)]
    assert " and 6 more  dns  " in done.out
    assert groups[0]["error"] == "neither DOMAIN nor www.DOMAIN could be resolved"


def test_first_jobs_that_failed_are_grouped_if_there_are_too_many_for_a_list(program: Program) -> None:
    (program.folder / "list.txt").write_text(" ".join(f"site-{n}.invalid" for n in range(5)))
    short = program.waiting({"sitemap_cli.services.reporting.batch_report.MAX_LISTED": 4})
    done = short("batch", "list.txt", "--concurrency", 5)
    assert "first job failed (5)" in done.lines
    assert " and 2 more  dns  neither DOMAIN nor www.DOMAIN could be resolved" in done.out
    assert "each of them: sitemap batch show " in done.out


def test_tags_of_a_list_are_recorded(program: Program, twice: list[str]) -> None:
    tagged = program("domains", "list", "--tag", "SHOP", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(tagged)))
    assert {(row["domain"], row["tags"]) for row in rows} == {(each, "shop") for each in twice}
    assert program("batch", "list.csv", "--tag", "eu", "--quiet").code == 3
    assert len(program("domains", "list", "--tag", "shop", "--tag", "eu", "--format", "jsonl").records) == 5


@pytest.mark.parametrize("word", ["status", "lst", "latest"])
def test_a_mistyped_command_of_batches_is_a_usage_error(program: Program, word: str) -> None:
    done = program("batch", word)
    assert done.code == 2
    assert done.err.startswith(f"error: no such command, and no such list ({word})\nhint: ")
    assert "sitemap batch list" in done.err
    assert ("batch show ID" in done.err) is (word != "lst")


def test_lists_say_that_nothing_matches(program: Program, many: Many) -> None:
    assert program("analyze", many.host(1)).code == 0
    for filters in (
        ("--domain", "b.example"),
        ("--status", "running"),
        ("--verdict", "dns,tls"),
        ("--since", "2999-01-01"),
    ):
        done = program("jobs", "list", *filters)
        assert (done.code, done.out, done.err) == (0, "", "no job matches\n")
    assert len(program("jobs", "list", "--verdict", "dns,ok", "--since", "7d", "--format", "csv").lines) == 2
    assert program("jobs", "list", "--verdict", "bloked").code == 2
    done = program("domains", "list", "--tag", "none")
    assert (done.code, done.err) == (0, "no domain matches\n")
    assert program("batch", "list", "--format", "csv").lines[0].startswith("batch_id,source,status,")


def test_several_domains_are_tagged_at_once(program: Program) -> None:
    assert program("domains", "add", "a.example", "b.example").code == 0
    assert program("domains", "tag", "a.example", "b.example", "Bank", "eu").code == 0
    assert [each["tags"] for each in program("domains", "list", "--format", "json").json] == [
        ["bank", "eu"]
    ] * 2
    assert program("domains", "tag", "a.example", "c.example", "x").code == 2
    assert program("domains", "tag", "a.example", "b.example").code == 2
    done = program("domains", "remove", "a.exampel", "--yes")
    assert (done.code, "did you mean a.example" in done.err) == (2, True)
    done = program("domains", "remove", "nosuch", "--yes")
    assert "domains list shows all domains" in done.err


def test_a_schedule_needs_postgres(program: Program) -> None:
    program("domains", "add", "a.example")
    done = program("domains", "schedule", "a.example", "--cron", "0 3 * * *")
    assert done.code == 2
    assert "Postgres" in done.err
    assert program("domains", "show", "a.example", "--format", "json").json["schedule"] is None
    assert program("domains", "schedule", "a.example", "--off").code == 0
