"""``sitemap jobs``: what is listed, how it is filtered, how one is shown."""

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded

pytestmark = pytest.mark.usefixtures("schema")

FIELDS = [
    "job_id",
    "batch_id",
    "domain",
    "status",
    "verdict",
    "sitemaps",
    "urls",
    "started_at",
    "finished_at",
    "error",
]


def test_a_listed_job_has_the_fields_of_the_contract(recorded: Recorded) -> None:
    newest, oldest = recorded.program("jobs", "list", "--format", "jsonl").records
    assert list(newest) == FIELDS
    assert (newest["job_id"], oldest["job_id"]) == (recorded.partial, recorded.complete)
    assert (oldest["domain"], oldest["status"], oldest["verdict"]) == (recorded.domain, "completed", "ok")
    assert (oldest["sitemaps"], oldest["urls"], oldest["error"], oldest["batch_id"]) == (3, 5, None, None)
    assert "b.xml.gz" in newest["error"]


def test_the_forms_of_the_list_agree(recorded: Recorded) -> None:
    whole, lines, text = (
        recorded.program("jobs", "list", "--format", form) for form in ("json", "jsonl", "text")
    )
    assert whole.json == lines.records
    assert text.lines[0].split() == ["job", "domain", "status", "verdict", "sitemaps", "urls", "started"]
    assert [line.split()[0] for line in text.lines[1:]] == [each["job_id"] for each in lines.records]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (["--domain", "{domain}"], ["partial", "complete"]),
        (["--domain", "other.example"], []),
        (["--status", "completed"], ["complete"]),
        (["--verdict", "partial"], ["partial"]),
        (["--status", "completed", "--verdict", "partial"], []),
        (["--limit", "1"], ["partial"]),
        (["--tenant", "somebody"], []),
    ],
)
def test_filters_choose(filters: list[str], wanted: list[str], recorded: Recorded) -> None:
    arguments = [each.format(domain=recorded.domain) for each in filters]
    found = recorded.program("jobs", "list", "--format", "jsonl", *arguments).records
    assert [each["job_id"] for each in found] == [getattr(recorded, each) for each in wanted]


@pytest.mark.parametrize("name", ["status", "verdict"])
def test_an_unknown_value_in_a_list_of_them_is_an_error_of_usage(name: str, program: Program) -> None:
    done = program("jobs", "list", f"--{name}", "failed,wrong" if name == "status" else "dns,wrong")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(f"error: unknown {name} (wrong): valid values: ")


@pytest.mark.parametrize("wrong", [["--limit", "0"], ["--limit", "many"]])
def test_a_filter_that_means_nothing_is_an_error_of_usage(wrong: list[str], program: Program) -> None:
    done = program("jobs", "list", *wrong)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(f"error: invalid value ({wrong[0]}): ")
    assert done.err.splitlines()[1:] == ["hint: sitemap jobs list --help"]


def test_an_empty_database_lists_nothing(program: Program) -> None:
    done = program("jobs", "list", "--format", "jsonl")
    assert (done.code, done.stdout, done.err) == (0, b"", "")
    assert program("jobs", "list", "--format", "json").json == []


def test_an_empty_database_has_a_word_for_people(program: Program) -> None:
    done = program("jobs", "list")
    assert (done.code, done.stdout) == (0, b"")
    assert done.err == "no jobs; record one: sitemap analyze example.com\n"


def test_a_job_is_shown_as_analyze_printed_it(recorded: Recorded) -> None:
    shown = recorded.program("jobs", "show", recorded.complete[:20], "--format", "json").json
    assert shown["job_id"] == recorded.complete
    assert shown["totals"]["urls"] == 5
    text = recorded.program("jobs", "show", recorded.complete)
    assert text.lines[0] == f"{recorded.url}/  ok"


@pytest.mark.parametrize(
    ("job", "message"),
    [("ffffffff", "error: unknown job (ffffffff)"), ("0", "error: ambiguous job (0): "), ("%", "error: ")],
)
def test_an_id_that_names_no_single_job_is_an_error(job: str, message: str, recorded: Recorded) -> None:
    done = recorded.program("jobs", "show", job)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(message)
    assert len(done.err.splitlines()) == 2
