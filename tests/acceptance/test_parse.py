"""``sitemap parse``: documents from a file, stdin and the web; what is printed and how it ends."""

import csv
import io
import json
import os
import signal
from pathlib import Path

import pytest

from tests.acceptance.command import Program, ends
from tests.web import Answer, Site, gz, index, redirect, urlset

URLSET = urlset("https://a.example/1", "https://a.example/2", lastmod="2026-11-01")
HALF = URLSET[: URLSET.index(b"<url><loc>https://a.example/2")] + b"<url>"
HTML = b"<!doctype html><html><body>Hello</body></html>"


def test_jsonl_has_a_line_for_each_entry_and_a_summary_last(program: Program) -> None:
    done = program("parse", "-", "--format", "jsonl", stdin=URLSET)
    assert (done.code, done.err) == (0, "")
    first, _, summary = done.records
    assert first == {
        "type": "url",
        "loc": "https://a.example/1",
        "lastmod": "2026-11-01",
        "lastmod_utc": "2026-11-01T00:00:00Z",
        "line": 3,
    }
    assert {name: summary[name] for name in ("type", "kind", "urls", "sitemaps", "problems", "encoding")} == {
        "type": "summary",
        "kind": "urlset",
        "urls": 2,
        "sitemaps": 0,
        "problems": 0,
        "encoding": "utf-8",
    }
    assert summary["bytes"] == len(URLSET)


def test_it_is_said_how_much_a_strict_parser_reads(program: Program) -> None:
    broken = URLSET.replace(b"a.example/2", b"a.example/?b&c")
    done = program("parse", "-", "--format", "jsonl", stdin=broken)
    strict = done.records[-1]["strict"]
    assert (strict["read"], strict["total"], strict["code"], strict["stops"]) == (
        1,
        2,
        "unescaped-data",
        True,
    )
    lines = program("parse", "-", stdin=broken).err.splitlines()
    assert lines[-1].startswith("a strict parser reads 1 of 2 URLs and stops at line 4: unescaped `&`")
    assert "strict" not in program("parse", "-", "--format", "jsonl", stdin=URLSET).records[-1]


def test_analyze_and_tree_say_how_much_a_strict_parser_reads(program: Program) -> None:
    folder = program.folder / "site"
    folder.mkdir()
    (folder / "sitemap.xml").write_bytes(URLSET.replace(b"http://www.sitemaps", b"https://www.sitemaps"))
    done = program("analyze", "site", "--base-url", "https://a.example/", "--format", "jsonl")
    (sitemap,) = done.records[0]["sitemaps"]
    strict = sitemap["strict"]
    assert (strict["read"], strict["total"], strict["code"], strict["line"]) == (0, 2, "namespace", 2)
    assert "strict parser: 0 of 2" in program("tree", "a.example").out


def test_an_index_lists_sitemaps(program: Program) -> None:
    first, summary = program(
        "parse", "-", "--format", "jsonl", stdin=index("https://a.example/a.xml.gz")
    ).records
    assert (first["type"], first["loc"]) == ("sitemap", "https://a.example/a.xml.gz")
    assert (summary["kind"], summary["urls"], summary["sitemaps"]) == ("index", 0, 1)


def test_a_file_a_compressed_one_and_an_address_say_the_same(program: Program, site: Site) -> None:
    (program.folder / "sitemap.xml").write_bytes(URLSET)
    (program.folder / "sitemap.xml.gz").write_bytes(gz(URLSET))
    site.routes["/sitemap.xml"] = Answer(URLSET)
    sources = ["sitemap.xml", "sitemap.xml.gz", f"{site.url}/sitemap.xml"]
    printed = [program("parse", source, "--format", "jsonl") for source in sources]
    assert [done.code for done in printed] == [0, 0, 0]
    assert len({done.stdout for done in printed}) == 1


def test_no_database_is_made(program: Program) -> None:
    program("parse", "-", stdin=URLSET)
    assert not program.database.exists()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (URLSET, 0),
        (b"https://a.example/\nhttps://a.example/b\n", 0),
        (HALF, 3),
        (gz(URLSET)[:-20], 3),
        (HTML, 4),
        (b"", 4),
        (b"\x00\x01\x02\x03", 4),
        (b'<?xml version="1.0"?><note/>', 4),
    ],
)
@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_the_exit_code_says_how_much_was_understood(
    document: bytes, code: int, form: str, program: Program
) -> None:
    done = program("parse", "-", "--format", form, stdin=document)
    assert done.code == code
    if form == "jsonl":
        assert done.records[-1]["type"] == "summary"


def test_what_could_be_saved_is_printed_with_the_problem(program: Program) -> None:
    records = program("parse", "-", "--format", "jsonl", stdin=HALF).records
    assert [each["type"] for each in records] == ["url", "problem", "summary"]
    problem = records[1]
    assert {"code", "severity", "message"} <= problem.keys()
    assert (problem["severity"], records[-1]["problems"]) == ("error", 1)


def test_problems_go_to_stderr_in_the_plain_forms(program: Program) -> None:
    done = program("parse", "-", stdin=HALF)
    assert done.lines == ["https://a.example/1"]
    assert done.err.startswith("error: line ")
    assert done.err.count("\n") == 1


def test_csv_has_a_row_for_each_entry(program: Program) -> None:
    rows = list(csv.DictReader(io.StringIO(program("parse", "-", "--format", "csv", stdin=URLSET).out)))
    assert [row["loc"] for row in rows] == ["https://a.example/1", "https://a.example/2"]
    assert {row["type"] for row in rows} == {"url"}


def test_relative_addresses_are_resolved_and_a_problem_says_so(program: Program) -> None:
    done = program(
        "parse", "-", "--base-url", "https://a.example/x/", "--format", "jsonl", stdin=urlset("/y")
    )
    entries = [each["loc"] for each in done.records if each["type"] == "url"]
    assert entries == ["https://a.example/y"]
    assert any(each["type"] == "problem" for each in done.records)


def test_output_can_go_to_a_file(program: Program) -> None:
    done = program("parse", "-", "-o", "urls.txt", stdin=URLSET)
    assert (done.code, done.stdout) == (0, b"")
    assert (program.folder / "urls.txt").read_text() == "https://a.example/1\nhttps://a.example/2\n"


def test_a_file_that_is_not_there_cannot_be_read(program: Program) -> None:
    done = program("parse", "nowhere.xml")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err == "error: cannot read (nowhere.xml): No such file or directory\n"


def test_an_empty_folder_cannot_be_read(program: Program, tmp_path: Path) -> None:
    done = program("parse", tmp_path)
    assert (done.code, done.stdout) == (4, b"")
    assert done.err == f"error: nothing to read ({tmp_path}): there is no such file\n"


def test_an_address_that_answers_an_error_cannot_be_read(program: Program, site: Site) -> None:
    done = program("parse", f"{site.url}/gone.xml")
    assert done.code == 4
    assert done.err.startswith(f"error: cannot read ({site.url}/gone.xml): ")
    assert "404" in done.err


def test_an_address_counts_from_where_its_redirects_end(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = redirect("/deep/map.xml")
    site.routes["/deep/map.xml"] = Answer(gz(urlset("page")))
    assert program("parse", f"{site.url}/sitemap.xml").lines == [f"{site.url}/deep/page"]
    told = program("parse", f"{site.url}/sitemap.xml", "--base-url", "https://a.example/x/")
    assert told.lines == ["https://a.example/x/page"]


def test_the_encoding_may_stand_in_the_header_alone(program: Program, site: Site) -> None:
    latin = urlset("https://a.example/\xe4").replace(b' encoding="UTF-8"', b"").decode().encode("latin-1")
    site.routes["/sitemap.xml"] = Answer(latin, headers=(("Content-Type", 'Text/XML; Charset="ISO-8859-1"'),))
    *_, entry, summary = program("parse", f"{site.url}/sitemap.xml", "--format", "jsonl").records
    assert (entry["loc"], summary["encoding"]) == ("https://a.example/\xe4", "iso-8859-1")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "FILE:/etc/passwd", "ftp://a.example/a.xml"])
def test_only_the_web_is_asked(url: str, program: Program) -> None:
    done = program("parse", url)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(f"error: not a usable URL ({url}): only http and https URLs can be fetched\n")


def test_a_password_is_not_repeated(program: Program, site: Site) -> None:
    done = program("parse", f"http://me:secret@{site.netloc}/gone.xml", "ftp://me:secret@a.example")
    assert done.code == 2
    assert "secret" not in done.err


@pytest.mark.parametrize("base", ["", "example.com", "ftp://a.example/"])
def test_a_base_that_is_no_address_is_refused(base: str, program: Program) -> None:
    done = program("parse", "-", "--base-url", base, stdin=URLSET)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith("error: unusable base (--base-url ")


def test_a_document_is_cut_where_it_becomes_too_large(program: Program) -> None:
    (program.folder / "sitemap.xml").write_bytes(URLSET)
    done = program("parse", "sitemap.xml", "--max-bytes", len(HALF))
    assert (done.code, done.lines) == (3, ["https://a.example/1"])
    assert "[too-large]" in done.err


def test_quiet_leaves_the_problems_to_the_exit_code(program: Program) -> None:
    done = program("parse", "-", "--quiet", stdin=HALF)
    assert (done.code, done.lines, done.err) == (3, ["https://a.example/1"], "")


def test_problems_beyond_a_thousand_are_counted(program: Program) -> None:
    many = urlset(*(f"ftp://a.example/{n}" for n in range(1_500)), "https://a.example/")
    done = program("parse", "-", stdin=many)
    *problems, last = done.err.splitlines()
    assert (done.code, done.lines, len(problems)) == (3, ["https://a.example/"], 1_000)
    assert problems[0].startswith("error: line 3: ")
    assert problems[0].endswith(" [loc-scheme]")
    assert last == "… and 500 more problems"


def test_extensions_are_json_in_a_cell(program: Program) -> None:
    images = b"<image:image><image:loc>https://a.example/i</image:loc></image:image></url>"
    document = urlset("https://a.example/").replace(b"</url>", images)
    (row,) = csv.DictReader(io.StringIO(program("parse", "-", "--format", "csv", stdin=document).out))
    assert json.loads(row["extensions"])["images"] == [{"loc": "https://a.example/i"}]


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_a_reader_that_goes_away_ends_it_quietly(form: str, program: Program) -> None:
    (program.folder / "sitemap.xml").write_bytes(urlset(*(f"https://a.example/{n}" for n in range(50_000))))
    with program.start("parse", "sitemap.xml", "--format", form) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_pipe_can_be_named_and_waiting_for_it_stopped(program: Program) -> None:
    pipe = program.folder / "pipe"
    os.mkfifo(pipe)
    with program.start("parse", pipe) as process:
        pipe.write_bytes(URLSET)
        assert ends(process).lines == ["https://a.example/1", "https://a.example/2"]
    with program.start("parse", pipe) as process, pipe.open("wb"):
        process.send_signal(signal.SIGINT)
        assert ends(process).code == 130


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "error: missing argument (FILE|URL|-)\nhint: sitemap parse --help\n"),
        (["-", "--format", "xml"], "error: invalid value (--format): "),
        (["-", "--glib", "*"], "error: no such option (--glib)\nhint: did you mean --glob?\n"),
        (["-", "-"], "error: standard input can be read only once (-)\n"),
    ],
)
def test_a_wrong_command_line_is_told(arguments: list[str], told: str, program: Program) -> None:
    done = program("parse", *arguments)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(told)
