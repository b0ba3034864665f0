"""Lists of jobs, domains and batches as tables for a spreadsheet, in both databases."""

import csv
import io
import json
import shutil
from collections.abc import Iterator

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import LOOPBACK
from tests.many import Many
from tests.postgres import new_database
from tests.web import index, urlset

LISTS = (("jobs", "list"), ("domains", "list"), ("batch", "show", "last"))
PAGED: dict[str, float] = {
    "sitemap_cli.cli.framework.list_output.ROWS_PER_PAGE": 1,
    "sitemap_cli.services.catalog.domain_results.PAGE": 1,
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("lists"), LOOPBACK)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), program.database)
        yield fill(program)
        return
    server = request.getfixturevalue("postgres_server")
    with new_database(server, request.getfixturevalue("postgres_template")) as (_, url):
        yield fill(program.having(SITEMAP_DATABASE=url))


def fill(program: Program) -> Program:
    """Record two batches of three domains: one is the same, one has other URLs and a dead link, one fails."""
    with Many.serving() as many:
        hosts = [many.host(number) for number in range(3)]
        text = "\n".join(hosts).encode()
        assert program("batch", "-", stdin=text).code == 0
        many.changed[f"http://{hosts[1]}/b.xml"] = urlset(*(f"http://{hosts[1]}/new/{n}" for n in range(5)))
        listed = [f"http://{hosts[1]}/{name}.xml" for name in ("a", "b", "missing")]
        many.changed[f"http://{hosts[1]}/index.xml"] = index(*listed)
        many.down.add(hosts[2])
        assert program("batch", "-", stdin=text).code == 3
    assert program("domains", "tag", hosts[0], "=cmd").code == 0
    assert program("domains", "note", hosts[0], "=HYPERLINK(1), \u0451\x1b[2J").code == 0
    assert program("domains", "add", "never.example").code == 0
    return program


def rows(done: Done) -> list[dict[str, str]]:
    assert (done.code, done.err) == (0, "")
    return list(csv.DictReader(io.StringIO(done.out, newline="")))


def test_domains_are_a_table_with_their_last_jobs(recorded: Program) -> None:
    text = recorded("domains", "list", "--format", "csv")
    same, other, down, never = rows(text)
    assert [row["verdict"] for row in (same, other, down, never)] == ["ok", "ok", "blocked", ""]
    assert [row["change"] for row in (same, other, down, never)] == ["0", "3", "", ""]
    assert [row["urls"] for row in (same, other, down, never)] == ["5", "8", "0", ""]
    assert same["note"] == r"'=HYPERLINK(1), ё\x1b[2J"
    assert same["tags"] == "'=cmd"
    assert never["errors"] == never["finished_at"] == ""
    records = recorded("domains", "list", "--format", "jsonl").records
    for row, record in zip((same, other, down), records, strict=False):
        counts = record["findings"]
        assert [int(row[f"{name}s"]) for name in counts] == [*counts.values()]
        shown = recorded("domains", "show", row["domain"], "--format", "json").json
        history = {key: shown.pop(key) for key in ("jobs", "lastmod_trust", "histories")}
        assert [each["status"] for each in history["jobs"]] == [record["status"], "completed"]
        assert shown == {"schema": "sitemap/domain/1", **record}
    assert (other["errors"], other["infos"]) == ("1", "0")
    raw = rows(recorded("domains", "list", "--format", "csv", "--raw-csv", "--limit", "1"))
    assert (raw[0]["tags"], raw[0]["note"]) == ("=cmd", r"=HYPERLINK(1), ё\x1b[2J")


def test_a_batch_is_a_table_with_a_row_for_each_domain(recorded: Program) -> None:
    found = rows(recorded("batch", "show", "last", "--format", "csv"))
    assert list(found[0])[:11] == [
        *("domain", "verdict", "status", "urls", "change", "sitemaps"),
        *("errors", "warnings", "infos", "error", "seconds"),
    ]
    assert [(row["verdict"], row["change"], row["comparison"]) for row in found] == [
        ("ok", "0", "unchanged"),
        ("ok", "3", "changed"),
        ("blocked", "", "newly-failing"),
    ]
    assert all(float(row["seconds"]) >= 0 for row in found)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_lists_are_the_same_page_by_page_and_in_a_file(form: str, recorded: Program) -> None:
    for command in LISTS:
        whole = recorded(*command, "--format", form)
        assert (whole.code, whole.err) == (0, "")
        assert recorded.waiting(PAGED)(*command, "--format", form).out == whole.out
        file = recorded.folder / "list"
        written = recorded(*command, "--format", form, "-o", file)
        assert (written.code, written.out, file.read_bytes()) == (0, "", whole.stdout)
        if form == "json":
            assert whole.out == json.dumps(whole.json, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("command", LISTS)
def test_a_list_that_cannot_be_written_is_an_error(command: tuple[str, ...], recorded: Program) -> None:
    done = recorded(*command, "-o", recorded.folder / "missing" / "list.csv")
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith("error: cannot write (")
    for option in ("--raw-csv", "--excel"):
        refused = recorded(*command, option)
        assert (refused.code, refused.err) == (2, f"error: {option} needs --format csv\n")


@pytest.mark.parametrize("command", [*LISTS, ("urls", "--all-domains"), ("domains", "show")])
def test_a_table_for_excel_begins_with_a_byte_order_mark(command: tuple[str, ...], recorded: Program) -> None:
    if command[-1] == "show":
        domain = recorded("domains", "list", "--format", "jsonl", "--limit", "1").records[0]["domain"]
        command = (*command, domain)
    plain = recorded(*command, "--format", "csv").stdout
    assert recorded(*command, "--format", "csv", "--excel").stdout == b"\xef\xbb\xbf" + plain
    assert plain


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("urls", "a.example"), "for Excel: --format csv --excel"),
        (("batch", "list"), "for Excel: --format csv"),
    ],
)
def test_a_workbook_is_no_format_but_the_hint_says_what_excel_opens(
    command: tuple[str, ...], hint: str, program: Program
) -> None:
    done = program(*command, "--format", "xlsx")
    assert (done.code, done.err.splitlines()[1:]) == (2, [f"hint: {hint}"])


def test_limits_count_over_pages(recorded: Program) -> None:
    small = recorded.waiting(PAGED)
    assert len(small("jobs", "list", "--format", "jsonl", "--limit", "4").records) == 4
    assert len(small("jobs", "list", "--format", "csv").lines) == 1 + 6
    some = small("domains", "list", "--format", "jsonl", "--limit", "3").records
    assert [each["verdict"] for each in some] == ["ok", "ok", "blocked"]
    blocked = small("domains", "list", "--verdict", "blocked", "--format", "jsonl", "--limit", "1").records
    assert [each["verdict"] for each in blocked] == ["blocked"]
    assert len(small("domains", "list", "--idle", "0", "--format", "jsonl").records) == 4
