"""``sitemap urls`` and ``sitemap tree``: every format, every filter, the same bytes every time."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import LOOPBACK, Recorded
from tests.web import XMLNS, Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

PATHS = ["/page-0", "/page-1", "/page-2", "/old", "/page-0"]


def listed(recorded: Recorded, *arguments: object) -> Done:
    done = recorded.program("urls", recorded.domain, *arguments)
    assert (done.code, done.err) == (0, ""), done.err
    return done


def test_text_is_an_address_on_each_line_in_the_order_of_the_files(recorded: Recorded) -> None:
    assert listed(recorded).lines == [recorded.url + path for path in PATHS]


def test_jsonl_has_the_fields_of_an_entry_and_its_file(recorded: Recorded) -> None:
    first, *rest = listed(recorded, "--format", "jsonl").records
    assert first == {
        "loc": f"{recorded.url}/page-0",
        "lastmod": "2026-01-02",
        "lastmod_utc": "2026-01-02T00:00:00Z",
        "changefreq": "daily",
        "priority": "0.8",
        "line": 3,
        "sitemap": f"{recorded.url}/a.xml",
    }
    assert "changefreq" not in rest[-1]


def test_csv_has_a_heading_and_a_row_for_each(recorded: Recorded) -> None:
    text = listed(recorded, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.startswith("loc,lastmod,lastmod_utc,changefreq,priority,line,extensions,sitemap\r\n")
    assert [row["loc"] for row in rows] == [recorded.url + path for path in PATHS]
    assert rows[0]["lastmod_utc"] == "2026-01-02T00:00:00Z"


def test_xml_is_a_sitemap(recorded: Recorded) -> None:
    done = recorded.program("urls", recorded.domain, "--format", "xml")
    root = ET.fromstring(done.stdout)
    assert root.tag == f"{{{XMLNS}}}urlset"
    listed_once = [recorded.url + path for path in dict.fromkeys(PATHS)]
    assert [each.text for each in root.iter(f"{{{XMLNS}}}loc")] == listed_once
    assert done.err == "1 repeated URL left out: each is listed once, where it came first\n"


def test_parquet_is_a_table(recorded: Recorded, tmp_path: Path) -> None:
    listed(recorded, "--format", "parquet", "-o", tmp_path / "urls.parquet")
    table = pq.read_table(tmp_path / "urls.parquet")
    assert table.num_rows == len(PATHS)
    assert str(table.schema.field("lastmod_utc").type) == "timestamp[ms, tz=UTC]"


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (["--match", "page"], ["/page-0", "/page-1", "/page-2", "/page-0"]),
        (["--match", "page", "--exclude", "[01]$"], ["/page-2"]),
        (["--since", "2025-06-01"], ["/page-0", "/page-1", "/page-2"]),
        (["--sitemap", r"\.gz$"], ["/old", "/page-0"]),
        (["--limit", "2"], ["/page-0", "/page-1"]),
        (["--limit", "4", "--exclude", "page-1"], ["/page-0", "/page-2", "/old", "/page-0"]),
        (["--limit", "0"], []),
        (["--match", "nothing like it"], []),
    ],
)
def test_filters_choose(filters: list[str], paths: list[str], recorded: Recorded) -> None:
    assert listed(recorded, *filters).lines == [recorded.url + path for path in paths]


@pytest.mark.parametrize("form", ["text", "csv", "jsonl", "xml"])
def test_nothing_found_is_still_a_document(form: str, recorded: Recorded) -> None:
    done = listed(recorded, "--match", "nothing like it", "--format", form)
    assert len(done.lines) == {"text": 0, "csv": 1, "jsonl": 0, "xml": 4}[form]


def test_a_job_can_be_named_by_the_beginning_of_its_id(recorded: Recorded) -> None:
    done = recorded.program("urls", "--job", recorded.partial[:18])
    assert done.lines == [f"{recorded.url}{path}" for path in PATHS[:3]]


def test_the_last_complete_job_counts_not_the_last_one(recorded: Recorded) -> None:
    assert listed(recorded).lines == recorded.program("urls", "--job", recorded.complete).lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: name a DOMAIN or a job"),
        (["a.example"], "error: unknown domain (a.example)"),
        (["--job", "ffff"], "error: unknown job (ffff)"),
        (["a.example", "--match", "("], "error: not a regular expression (--match ():"),
        (["a.example", "--since", "soon"], "error: not a date (--since soon)"),
        (["a.example", "--raw-csv"], "error: --raw-csv needs --format csv"),
    ],
)
def test_what_cannot_be_listed_is_an_error_of_usage(
    arguments: list[str], message: str, recorded: Recorded
) -> None:
    done = recorded.program("urls", *arguments)
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith(message)


@pytest.mark.parametrize("form", ["csv", "jsonl", "xml", "text"])
def test_the_same_database_gives_the_same_bytes(form: str, recorded: Recorded) -> None:
    seeds = [recorded.program.having(PYTHONHASHSEED=seed) for seed in ("1", "2")]
    first, second = (program("urls", recorded.domain, "--format", form).stdout for program in seeds)
    assert first == second


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_extensions_are_kept_in_either_database(
    form: str, database_url: str, tmp_path: Path, site: Site
) -> None:
    program = Program(tmp_path, {**LOOPBACK, "SITEMAP_DATABASE": database_url})
    image = b"<image:image><image:loc>http://a.example/i.png</image:loc></image:image>"
    site.routes["/sitemap.xml"] = answer_with(image, site)
    assert program("db", "upgrade").code == 0
    assert program("analyze", f"{site.url}/sitemap.xml").code == 0
    assert images(program("urls", site.netloc, "--format", form), form) == [{"loc": "http://a.example/i.png"}]


def answer_with(extension: bytes, site: Site) -> Answer:
    namespace = b'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    return Answer(
        b'<urlset xmlns="%s" %s><url><loc>%s/</loc>%s</url></urlset>'
        % (XMLNS.encode(), namespace, site.url.encode(), extension)
    )


def images(done: Done, form: str) -> Any:
    assert done.code == 0, done.err
    if form == "jsonl":
        return done.records[0]["images"]
    (row,) = csv.DictReader(io.StringIO(done.out, newline=""))
    return json.loads(row["extensions"])["images"]


def test_a_tree_draws_children_below_their_index(recorded: Recorded) -> None:
    done = recorded.program("tree", recorded.domain)
    assert (done.code, done.err) == (0, "")
    assert [line.split("  ")[0] for line in done.lines] == [
        f"{recorded.url}/index.xml",
        "├── /a.xml",
        "└── /b.xml.gz",
    ]


def test_a_tree_is_a_list_of_sitemaps_for_programs(recorded: Recorded) -> None:
    done = recorded.program("tree", recorded.domain, "--format", "json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert (found["schema"], found["domain"], found["verdict"]) == ("sitemap/tree/1", recorded.domain, "ok")
    names = {each["url"].removeprefix(recorded.url): each["parent"] for each in found["sitemaps"]}
    assert names == dict.fromkeys(("/a.xml", "/b.xml.gz"), f"{recorded.url}/index.xml") | {"/index.xml": None}
    shown = recorded.program("jobs", "show", found["job_id"], "--format", "json").json
    assert found["sitemaps"] == shown["sitemaps"]


def test_a_tree_can_be_of_another_job(recorded: Recorded) -> None:
    done = recorded.program("tree", recorded.domain, "--job", recorded.partial)
    assert "500" in done.lines[-1]


@pytest.mark.parametrize("option", ["--match", "--exclude", "--sitemap"])
def test_a_pattern_that_takes_exponential_time_is_an_error(
    option: str, program: Program, tmp_path: Path
) -> None:
    name = f"{'a' * 60}!"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / f"{name}.xml").write_bytes(urlset(f"https://a.example/{name}"))
    target = ("site/" + f"{name}.xml", "--base-url", f"https://a.example/{name}.xml")
    assert program("analyze", *target, "--quiet").code == 0
    hasty = program.waiting({"sitemap_cli.patterns.LONGEST_SEARCH": 0.2})
    done = hasty("urls", "--job", "last", option, "(a+)+$")
    assert (done.code, done.out) == (2, "")
    error = f"error: the regular expression is too slow ({option} (a+)+$): one of the texts takes more than"
    assert done.err.startswith(error)
    assert hasty("urls", "--job", "last", option, "a+!").code == 0
