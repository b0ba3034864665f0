"""``sitemap parse`` with several files, folders, patterns and addresses at once."""

import csv
import io
import os
import socket
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

A, B, C = (f"https://a.example/{name}" for name in "abc")
HTML = b"<!doctype html><html><body>Hello</body></html>"


@pytest.fixture
def folder(program: Program) -> Path:
    """Three documents, one of them deeper; hidden ones beside them."""
    folder = program.folder / "maps"
    (folder / "deep" / ".hidden").mkdir(parents=True)
    (folder / "a.xml").write_bytes(urlset(A))
    (folder / "c.txt").write_text(f"{C}\n")
    (folder / "deep" / "b.xml").write_bytes(urlset(B))
    (folder / "deep" / ".hidden" / "d.xml").write_bytes(urlset("https://a.example/d"))
    (folder / ".e.xml").write_bytes(urlset("https://a.example/e"))
    return folder


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["maps"], [A, C, B]),
        (["maps", "--glob", "*.xml"], [A, B]),
        (["maps", "--glob", "*.txt", "--glob", "deep/*"], [C, B]),
        (["maps", "--glob", "**/.hidden/*"], ["https://a.example/d"]),
        (["maps/*.xml"], [A]),
        (["maps/**/*.xml"], [A, B]),
        (["maps/**"], [A, C, B]),
        (["m?ps/[!x]*.txt", "maps/a.xml"], [C, A]),
        (["maps/deep/b.xml", "-", "maps/a.xml"], [B, "https://a.example/stdin", A]),
    ],
    ids=str,
)
def test_folders_and_patterns_stand_for_their_files(
    arguments: list[str], found: list[str], folder: Path, program: Program
) -> None:
    done = program("parse", *arguments, stdin=urlset("https://a.example/stdin"))
    assert (done.code, done.lines, done.err) == (0, found, "")


def test_every_record_says_its_source_and_a_total_ends_the_list(folder: Path, program: Program) -> None:
    records = program("parse", "maps", "--format", "jsonl").records
    shown = [(each["type"], each.get("source")) for each in records]
    sources = ["maps/a.xml", "maps/c.txt", "maps/deep/b.xml"]
    assert shown[:-1] == [(kind, source) for source in sources for kind in ("url", "summary")]
    assert records[-1] == {
        "type": "total",
        "documents": 3,
        "failed": 0,
        "urls": 3,
        "sitemaps": 0,
        "problems": 0,
    }


def test_problems_say_their_source(folder: Path, program: Program) -> None:
    (folder / "a.xml").write_bytes(urlset("ftp://a.example/", A))
    plain = program("parse", "maps")
    assert (plain.code, plain.lines) == (3, [A, C, B])
    assert plain.err.startswith("error: maps/a.xml: line 3: ")
    (problem,) = [
        each for each in program("parse", "maps", "--format", "jsonl").records if each["type"] == "problem"
    ]
    assert problem["source"] == "maps/a.xml"


def test_csv_has_one_heading_and_the_source_last(folder: Path, program: Program) -> None:
    one, several = (program("parse", each, "--format", "csv").out for each in ("maps/a.xml", "maps"))
    heading, *rows = csv.reader(io.StringIO(several))
    assert heading == [*next(csv.reader(io.StringIO(one))), "source"]
    assert [row[-1] for row in rows] == ["maps/a.xml", "maps/c.txt", "maps/deep/b.xml"]


def test_the_form_does_not_hang_on_how_many_files_there_are(folder: Path, program: Program) -> None:
    form = ("--format", "jsonl")
    named, fitting = program("parse", "maps/a.xml", *form), program("parse", "maps/a*", *form)
    assert {"source"} & named.records[0].keys() == set()
    assert [each["type"] for each in fitting.records] == ["url", "summary", "total"]
    assert fitting.records[0]["source"] == "maps/a.xml"


@pytest.mark.parametrize(
    ("sources", "code", "errors"),
    [
        (["maps", "missing.xml"], 3, ["error: cannot read (missing.xml): No such file or directory"]),
        (["*.none", "maps/a.xml"], 3, ["error: nothing to read (*.none): there is no such file"]),
        (["none/*.xml"], 2, ["error: nothing to read (none/*.xml): there is no such file"]),
        (["page.html", "maps/a.xml"], 3, ["error: page.html: "]),
        (["page.html", "missing.xml"], 4, ["error: page.html: ", "error: cannot read (missing.xml): "]),
        (["cut.xml", "maps/a.xml"], 3, ["error: cut.xml: "]),
        (["cut.xml", "cut.xml"], 3, ["error: cut.xml: ", "error: cut.xml: "]),
    ],
    ids=str,
)
def test_one_that_fails_does_not_keep_the_others_from_being_read(
    sources: list[str], code: int, errors: list[str], folder: Path, program: Program
) -> None:
    (program.folder / "page.html").write_bytes(HTML)
    (program.folder / "cut.xml").write_bytes(urlset(A, B)[:-30])
    done = program("parse", *sources)
    assert done.code == code
    assert len(done.err.splitlines()) == len(errors)
    assert all(map(str.startswith, done.err.splitlines(), errors))


def test_the_total_counts_those_that_failed(folder: Path, program: Program) -> None:
    (folder / "page.html").write_bytes(HTML)
    done = program("parse", "maps", "missing.xml", "--format", "jsonl")
    assert done.code == 3
    assert (done.records[-1]["documents"], done.records[-1]["failed"]) == (5, 2)


def test_a_folder_without_a_fitting_file_says_so(folder: Path, program: Program) -> None:
    done = program("parse", "maps", "--glob", "*.gz", "--glob", "x/*")
    assert (done.code, done.err) == (4, "error: nothing to read (maps): no file matches *.gz or x/*\n")


def test_what_is_no_file_is_told_and_links_in_circles_lead_nowhere(folder: Path, program: Program) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(".")
    (folder / "deep" / "up").symlink_to("..")
    (folder / "self").symlink_to("self")
    (folder / "nowhere").symlink_to("missing")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        done = program("parse", "maps")
    assert (done.code, done.lines) == (3, [A, C, B])
    assert done.err.splitlines() == [
        "error: cannot read (maps/nowhere): No such file or directory",
        "error: cannot read (maps/pipe): not a regular file",
        "error: cannot read (maps/self): Too many levels of symbolic links",
        "error: cannot read (maps/socket): not a regular file",
    ]


def test_an_address_and_a_file_can_be_read_together(folder: Path, program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset("/web"))
    url = f"{site.url}/sitemap.xml"
    done = program("parse", url, "maps/a.xml", f"{site.url}/gone.xml", "--format", "jsonl")
    assert done.code == 3
    assert done.err == f"error: cannot read ({site.url}/gone.xml): the server responded with status 404\n"
    entries = [(each["loc"], each["source"]) for each in done.records if each["type"] == "url"]
    assert entries == [(f"{site.url}/web", url), (A, "maps/a.xml")]


def test_a_listing_is_no_document_of_the_folder_it_is_written_to(folder: Path, program: Program) -> None:
    for _ in range(2):
        assert program("parse", "maps", "-o", "maps/all.txt").code == 0
        assert (folder / "all.txt").read_text().splitlines() == [A, C, B]
    with (folder / "all.txt").open("wb") as redirected:
        program("parse", "maps", stdout=redirected)
    assert (folder / "all.txt").read_text().splitlines() == [A, C, B]


def test_an_older_listing_stays_when_nothing_can_be_read(program: Program) -> None:
    (program.folder / "all.txt").write_text("as it was")
    assert program("parse", "missing.xml", "*.xml", "-o", "all.txt").code == 2
    assert (program.folder / "all.txt").read_text() == "as it was"
