"""Bytes that are not UTF-8, NULs and lone surrogates in arguments, variables, names of files and lists."""

import os
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program
from tests.many import Many
from tests.web import urlset

# "café" in Latin-1, as Python passes it on, and as it is shown.
LATIN = os.fsdecode(b"caf\xe9")
SHOWN = r"caf\udce9"

ARGUMENTS = [
    "--tenant X jobs list",
    "jobs list --domain X",
    "jobs list --limit X",
    "jobs show X",
    "jobs cancel X",
    "jobs retry X",
    "jobs accept X",
    "jobs prune --keep 1 --domain X",
    "domains add X.example",
    "domains add a.example --tag X",
    "domains add a.example --note X",
    "domains note a.example X",
    "domains tag a.example X",
    "domains list --tag X",
    "domains schedule a.example --cron X",
    "domains remove X",
    "batch --tag X",
    "check --tag X",
    "check a.example --select X",
    "check a.example --format X",
    "urls a.example --match X",
    "urls a.example --exclude X",
    "urls X",
    "tree X",
    "probe X",
    "robots a.example --test X",
    "robots a.example --agent X",
    "robots http://127.0.0.1:1/X",
    "analyze X.example",
    "analyze a.example/X",
    "analyze http://127.0.0.1:1/X",
    "analyze a.example --include X",
    "analyze a.example --header A:X",
    "analyze a.example --cookie a=X",
    "analyze a.example --user X:Y",
    "analyze a.example --user-agent X",
    "analyze a.example --proxy http://X",
    "parse http://127.0.0.1:1/X",
    "rules show X",
    "schema X",
    "X",
    "--X",
]
VARIABLES = ["TENANT", "USER_AGENT", "HEADER", "INCLUDE", "COOKIE", "PROXY"]


def is_one_line(done: Done) -> bool:
    """Whether there is one error that shows the bytes with escapes, perhaps with a hint."""
    first, *rest = done.err.splitlines()
    return first.startswith("error: ") and all(each.startswith("hint: ") for each in rest) and len(rest) < 2


@pytest.mark.parametrize("words", ARGUMENTS)
def test_an_argument_that_is_not_utf8_is_a_usage_error(shared: Program, words: str) -> None:
    done = shared(*words.replace("X", LATIN).split())
    assert (done.code, done.stdout) == (2, b""), done.err
    assert is_one_line(done), done.err
    assert SHOWN in done.err


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_is_not_utf8_is_a_usage_error(program: Program, name: str) -> None:
    done = program.having(**{f"SITEMAP_{name}": LATIN})("analyze", "http://127.0.0.1:1")
    assert (done.code, done.stdout) == (2, b""), done.err
    assert is_one_line(done), done.err
    assert SHOWN in done.err


@pytest.fixture
def build(shared: Program) -> Path:
    """A folder with one sitemap, whose names are not UTF-8."""
    folder = shared.folder / LATIN
    folder.mkdir()
    (folder / "sitemap.xml").write_bytes(urlset("https://a.example/"))
    shutil.copy(folder / "sitemap.xml", folder / f"{LATIN}.xml")
    return folder


@pytest.mark.parametrize("name", [LATIN, f"{LATIN}/{LATIN}.xml"])
@pytest.mark.parametrize("command", ["analyze", "check"])
def test_a_build_whose_name_is_not_utf8_is_read_and_stored_with_escapes(
    shared: Program, build: Path, command: str, name: str
) -> None:
    options = ("--fail-on", "never") if command == "check" else ()
    done = shared(command, name, "--base-url", "https://a.example", *options)
    assert done.code == 0, done.err
    assert done.out.startswith(name.replace(LATIN, SHOWN))
    assert shared("urls", "--job", "last").lines == ["https://a.example/"]
    assert shared("jobs", "show", "last", "--format", "json").json["target"] == name.replace(LATIN, SHOWN)


def test_a_document_and_an_output_may_have_names_that_are_not_utf8(shared: Program, build: Path) -> None:
    assert shared("parse", f"{LATIN}/{LATIN}.xml").lines == ["https://a.example/"]
    assert shared("analyze", LATIN, "--base-url", "https://a.example").code == 0
    assert shared("urls", "--job", "last", "-o", f"{LATIN}.txt").code == 0
    assert (shared.folder / f"{LATIN}.txt").read_text() == "https://a.example/\n"
    checked = ("check", LATIN, "--base-url", "https://a.example", "--fail-on", "never")
    assert shared(*checked, "--format", f"json:{LATIN}.json", "--write-baseline", f"{LATIN}.toml").code == 0
    assert (shared.folder / f"{LATIN}.json").exists()
    assert shared(*checked, "--baseline", f"{LATIN}.toml").code == 0


@pytest.mark.parametrize("other", [LATIN, f"{LATIN}/{LATIN}.xml"])
def test_a_site_is_compared_with_a_file_whose_name_is_not_utf8(
    shared: Program, build: Path, many: Many, other: str
) -> None:
    done = shared("check", f"http://{many.host(0)}", "--against", other, "--fail-on", "never")
    # The file lists pages of another host, the folder is a build without any.
    is_file = other != LATIN
    assert (done.code, "no URL to compare" in done.err) == (3 if is_file else 0, is_file)


def test_a_database_and_a_list_may_have_names_that_are_not_utf8(program: Program, many: Many) -> None:
    (program.folder / f"{LATIN}.txt").write_text(f"http://{many.host(0)}\n")
    elsewhere = program.having(SITEMAP_DATABASE=f"{LATIN}.db")
    assert elsewhere("batch", f"{LATIN}.txt").code == 0
    assert elsewhere("batch", "list").out.count(f"{SHOWN}.txt") == 1
    assert elsewhere("batch", f"nothing-{LATIN}.txt").code == 2


RECORDS = (
    rb'{"domain":"a.example","note":"x\u0000y"}',
    rb'{"domain":"b.example","tags":["t\ud800"]}',
    rb'{"domain":"c\u0000.example"}',
    rb'{"domain":"d\ud800.example"}',
    rb'{"domain":"e.example","tags":["a\u0000"]}',
    rb'{"domain":"f.example","note":"\udc00"}',
    b'{"domain":"g.example","note":"gr\xfc\xdfe"}',
    rb'{"domain":"good.example","note":"fine","tags":["a"]}',
)


def test_a_record_that_no_database_can_store_costs_itself_only(shared: Program) -> None:
    (shared.folder / "list.jsonl").write_bytes(b"\n".join(RECORDS) + b"\n")
    done = shared("domains", "import", "list.jsonl")
    assert done.code == 3
    reported = [
        line.partition(": ")[2].partition(":")[0] for line in done.err.splitlines() if "line " in line
    ]
    assert reported[:6] == [f"line {number}" for number in range(1, 7)]
    kept = {each["domain"]: each["note"] for each in shared("domains", "list", "--format", "jsonl").records}
    assert kept["good.example"] == "fine"
    assert {"a.example", "b.example", "e.example", "f.example"}.isdisjoint(kept)


@pytest.mark.parametrize("name", ["list.txt", "list.csv"])
def test_a_line_of_a_list_with_a_nul_or_in_latin_1_costs_at_most_itself(shared: Program, name: str) -> None:
    head = b"domain,note\n" if name.endswith("csv") else b""
    lines = (b"a.example", b"b\0.example", b"caf\xe9.example", b"d.example")
    (shared.folder / name).write_bytes(head + b"".join(each + b"\n" for each in lines))
    done = shared("domains", "import", name)
    assert done.code in (0, 3), done.err
    kept = {each["domain"] for each in shared("domains", "list", "--format", "jsonl").records}
    assert {"a.example", "d.example"} <= kept
