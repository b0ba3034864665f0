"""Sitemaps written by ``urls --format xml``: valid, within all limits, and complete or not there."""

import datetime as dt
import gzip
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.output import sitemap_folder
from sitemap_cli.output import urlset as urlset_module
from sitemap_cli.output.formats import xml
from sitemap_cli.output.sitemap_folder import open_sitemap_folder
from sitemap_cli.output.sitemap_notes import SitemapNotes
from sitemap_cli.output.sitemap_values import encode_url
from sitemap_cli.output.urlset import Urlset
from sitemap_cli.urls import identify_url
from sitemap_cli.w3c_time import parse_w3c
from tests.acceptance.command import Program
from tests.web import urlset

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
HOME = "https://www.example.com"
MANY = 60_000
DOCUMENTS = Path(__file__).parents[1] / "data" / "parse"
EXTENSIONS = ("images", "videos", "news", "alternates", "mobile", "pagemap")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A program whose database has a site with more URLs than one sitemap may list."""
    program = Program(tmp_path_factory.mktemp("large"))
    halves = [range(MANY // 2), range(MANY // 2, MANY)]
    for half, numbers in enumerate(halves):
        (program.folder / f"{half}.xml").write_bytes(urlset(*(f"{HOME}/{n}" for n in numbers)))
    robots = "".join(f"Sitemap: {HOME}/{half}.xml\n" for half in range(len(halves)))
    (program.folder / "robots.txt").write_text(robots)
    done = program("analyze", ".", "--base-url", f"{HOME}/", "-q")
    assert done.code == 0, done.err + done.out
    program.folder.joinpath("job").write_text(program.jobs()[0]["job_id"])
    return program


def export(program: Program, *options: object) -> tuple[int, bytes, str]:
    job = program.folder.joinpath("job").read_text()
    done = program("urls", "--job", job, "--format", "xml", *options)
    return done.code, done.stdout, done.err


def list_locs(data: bytes) -> list[str]:
    return [each.text or "" for each in ET.fromstring(data).iter(LOC)]


@pytest.mark.parametrize("options", [(), ("-o", "-"), ("-o", "out.xml"), ("-o", "out.xml", "--gzip")])
def test_a_sitemap_over_the_limit_is_refused_before_anything_is_written(
    options: tuple[str, ...], large: Program
) -> None:
    code, out, err = export(large, *options)
    assert (code, out) == (2, b"")
    what = "error: too large for one sitemap (--format xml)"
    assert err.startswith(f"{what}: the protocol allows 50,000 URLs\n")
    assert "-o FOLDER" in err
    assert not (large.folder / "out.xml").exists()


def test_a_file_over_the_limit_keeps_what_was_there(large: Program) -> None:
    kept = large.folder / "kept.xml"
    kept.write_text("as it was")
    assert export(large, "-o", kept)[0] == 2
    assert kept.read_text() == "as it was"


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_gets_sitemaps_and_an_index(exists: bool, large: Program) -> None:
    folder = large.folder / f"out-{exists}"
    if exists:
        folder.mkdir()
    code, out, err = export(large, "-o", folder, "--base-url", "https://cdn.example/maps")
    assert (code, out) == (0, b""), err
    assert sorted(each.name for each in folder.iterdir()) == [
        "sitemap-1.xml",
        "sitemap-2.xml",
        "sitemap.xml",
    ]
    names = list_locs((folder / "sitemap.xml").read_bytes())
    assert names == ["https://cdn.example/maps/sitemap-1.xml", "https://cdn.example/maps/sitemap-2.xml"]
    locs = [list_locs((folder / Path(name).name).read_bytes()) for name in names]
    assert [len(each) for each in locs] == [50_000, 10_000]
    assert locs[0] + locs[1] == [f"{HOME}/{n}" for n in range(MANY)]


def test_what_a_folder_gets_passes_the_check(large: Program) -> None:
    assert export(large, "-o", "checked", "--base-url", f"{HOME}/")[0] == 0
    done = large("check", "checked", "--base-url", f"{HOME}/", "--select", "SM1", "--database", "other.db")
    assert done.code == 0, done.out


def test_the_sitemaps_of_a_folder_can_be_compressed(large: Program) -> None:
    code, _, err = export(large, "-o", "packed", "--gzip")
    assert (code, "--base-url" in err) == (0, True)
    folder = large.folder / "packed"
    names = list_locs((folder / "sitemap.xml").read_bytes())
    assert names == [f"{HOME}/sitemap-1.xml.gz", f"{HOME}/sitemap-2.xml.gz"]
    data = [gzip.decompress((folder / Path(name).name).read_bytes()) for name in names]
    assert sum(len(list_locs(each)) for each in data) == MANY


def test_a_single_sitemap_needs_no_index(large: Program) -> None:
    assert export(large, "-o", "single", "--limit", 50_000)[0] == 0
    assert [each.name for each in (large.folder / "single").iterdir()] == ["sitemap.xml"]
    _, out, _ = export(large, "--limit", 50_000)
    assert (large.folder / "single" / "sitemap.xml").read_bytes() == out
    _, packed, _ = export(large, "--limit", 50_000, "--gzip")
    assert gzip.decompress(packed) == out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--base-url", f"{HOME}/"), "--base-url needs --format xml and -o FOLDER"),
        (("--base-url", "www.example.com", "-o", "x"), "not a URL of a folder (--base-url www.example.com)"),
        (("--base-url", f"{HOME}/?a", "-o", "x"), f"not a URL of a folder (--base-url {HOME}/?a)"),
        (("--format", "csv", "--gzip"), "--gzip needs --format xml"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: tuple[str, ...], message: str, large: Program) -> None:
    code, _, err = export(large, *options)
    assert code == 2
    assert err.startswith(f"error: {message}\n")


@pytest.mark.parametrize("name", ["name.v2/", "site.example/"])
def test_a_name_with_a_slash_at_its_end_is_a_folder(name: str, large: Program) -> None:
    assert export(large, "-o", name, "--limit", 10)[0] == 0
    assert [each.name for each in (large.folder / name).iterdir()] == ["sitemap.xml"]


def test_a_folder_needs_a_format_of_several_files(large: Program) -> None:
    code, _, err = export(large, "-o", "urls/", "--format", "csv")
    assert (code, err.splitlines()[0]) == (2, "error: a folder needs --format xml (--output urls/)")
    assert not (large.folder / "urls").exists()


def test_a_folder_below_none_is_an_error(large: Program) -> None:
    code, _, err = export(large, "-o", "missing/folder")
    assert (code, err) == (5, "error: cannot write (missing/folder): No such file or directory\n")


FIELDS = ("loc", "lastmod", "lastmod_utc", "extensions")
NEWS = '{"news": {"title": "a"}}'


def write_folder(path: Path, rows: list[tuple[str | None, ...]], **options: Any) -> SitemapNotes:
    """Write rows, of the :data:`FIELDS`, as sitemaps to a folder."""
    notes = SitemapNotes()
    with open_sitemap_folder(path, notes=notes, **options) as folder:
        with xml.open_folder(folder, FIELDS) as write:
            write([*map(TextColumn.join, zip(*rows, strict=True))])
        folder.write_index(f"{HOME}/a'b/")
    return notes


def list_files(path: Path) -> dict[str, list[str]]:
    return {each.name: list_locs(each.read_bytes()) for each in sorted(path.iterdir())}


def make_rows(count: int, extensions: str | None = None) -> list[tuple[str | None, ...]]:
    return [(f"{HOME}/{n}", None, None, extensions) for n in range(count)]


@pytest.mark.parametrize(
    ("limit", "most"), [("MAX_URLS", 3), ("MAX_NEWS", 3), ("_MAX_DATA", 330)], ids=["URLs", "news", "bytes"]
)
def test_sitemaps_are_split_at_each_limit(
    limit: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urlset_module, limit, most)
    write_folder(tmp_path, make_rows(8, NEWS))
    found = list_files(tmp_path)
    names = [f"{HOME}/a'b/sitemap-{n}.xml" for n in (1, 2, 3)]
    assert found.pop("sitemap.xml") == names
    assert [len(locs) for locs in found.values()] == [3, 3, 2]
    assert [loc for locs in found.values() for loc in locs] == [f"{HOME}/{n}" for n in range(8)]


def test_an_entry_that_no_sitemap_can_contain_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urlset_module, "_MAX_DATA", 80)
    large = (f"{HOME}/{'a' * 90}", None, None, None)
    notes = write_folder(tmp_path, [large, *make_rows(1), large, large])
    assert list_files(tmp_path) == {"sitemap.xml": [f"{HOME}/0"]}
    assert notes.list_texts() == ["3 URLs left out with an entry that is larger than a sitemap may be"]


def test_an_index_is_split_and_has_the_newest_lastmods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urlset_module, "MAX_URLS", 2)
    monkeypatch.setattr(sitemap_folder, "MAX_CHILDREN", 2)
    moments = ["2026-01-01", None, "2026-01-02T10:00:00+02:00", "2026-01-02", None, "soon"]
    rows = [
        (f"{HOME}/{n}", moment, None if seconds is None else str(seconds), None)
        for n, moment in enumerate(moments)
        for seconds in [None if moment is None else parse_w3c(moment)]
    ]
    write_folder(tmp_path, rows)
    found = list_files(tmp_path)
    assert [len(found[name]) for name in ("sitemap.xml", "sitemap-index-2.xml")] == [2, 1]
    first = ET.parse(tmp_path / "sitemap.xml").getroot()
    assert [each.findtext("{*}lastmod") for each in first] == ["2026-01-01", "2026-01-02T08:00:00Z"]
    (last,) = ET.parse(tmp_path / "sitemap-index-2.xml").getroot()
    assert last.findtext("{*}lastmod") is None


@pytest.mark.parametrize("packed", [False, True])
def test_a_smaller_export_removes_the_sitemaps_of_a_larger_one_and_no_other_file(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urlset_module, "MAX_URLS", 2)
    write_folder(tmp_path, make_rows(9), gzip=packed)
    others = {
        "sitemap-7.xml": "<urlset/>",
        "sitemap-8.xml.gz": "\x1f",
        "robots.txt": "",
        "sitemap-news.xml": "",
    }
    for name, text in others.items():
        (tmp_path / name).write_text(text)
    (tmp_path / ".sitemap.killed").mkdir()
    notes = write_folder(tmp_path, make_rows(3))
    names = ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*names, *others])
    removed, kept = notes.list_texts()
    assert removed == f"{5 if packed else 3} files of an earlier export removed"
    assert kept.startswith("sitemap-7.xml, sitemap-8.xml.gz in the folder: kept")
    write_folder(tmp_path, make_rows(1), gzip=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["sitemap.xml.gz", *others])


def test_an_export_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    data = []
    for name in ("a", "b"):
        write_folder(tmp_path / name, make_rows(9, NEWS), gzip=True)
        data.append((tmp_path / name / "sitemap.xml.gz").read_bytes())
    assert data[0] == data[1]


def test_a_folder_into_which_another_process_exports_is_an_error(tmp_path: Path) -> None:
    write_folder(tmp_path, make_rows(1))
    with pytest.raises(StorageError, match="another export"), open_sitemap_folder(tmp_path):
        write_folder(tmp_path, make_rows(2))
    assert list_files(tmp_path) == {"sitemap.xml": [f"{HOME}/0"]}


@pytest.mark.parametrize("moves", range(5))
def test_there_is_no_index_while_its_sitemaps_are_of_two_exports(
    moves: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed while it moves files stops so."""
    monkeypatch.setattr(urlset_module, "MAX_URLS", 2)
    write_folder(tmp_path, make_rows(6))
    done, replace = list[str](), Path.replace

    def stop(self: Path, target: Path) -> Path:
        if len(done) == moves:
            raise ZeroDivisionError
        done.append(self.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    rows = [(f"{HOME}/new/{n}", None, None, None) for n in range(6)]
    with pytest.raises(ZeroDivisionError) if moves < 4 else nullcontext():
        write_folder(tmp_path, rows)
    found = list_files(tmp_path)
    assert ("sitemap.xml" in found) == (moves == 4)
    monkeypatch.undo()
    monkeypatch.setattr(urlset_module, "MAX_URLS", 2)
    write_folder(tmp_path, rows)
    found = list_files(tmp_path)
    assert [len(found[name]) for name in sorted(found)] == [2, 2, 2, 3]


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_fails_is_as_it_was(exists: bool, tmp_path: Path) -> None:
    path = tmp_path / "maps"
    if exists:
        path.mkdir()
        (path / "sitemap.xml").write_text("as it was")

    def fail() -> None:
        with open_sitemap_folder(path) as folder:
            folder.add_sitemap(Urlset())
            folder.write_sitemaps()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.exists() == exists
    if exists:
        assert [each.name for each in path.iterdir()] == ["sitemap.xml"]
        assert (path / "sitemap.xml").read_text() == "as it was"


BROKEN = """<urlset>
<url><loc>https://www.example.com/a b</loc><lastmod>31.01.2026</lastmod></url>
<url><loc>https://www.example.com/a%20b</loc></url>
<url><loc>https://shop.example/</loc><lastmod>soon</lastmod><changefreq>often</changefreq></url>
<url><loc>/c/</loc><priority>high</priority></url>
"""


@pytest.mark.parametrize("output", ["-", "maps/"])
def test_each_change_is_noted(output: str, program: Program, upgraded_database_url: str) -> None:
    program = program.having(SITEMAP_DATABASE=upgraded_database_url)
    (program.folder / "site").mkdir()
    (program.folder / "site" / "sitemap.xml").write_text(BROKEN)
    (program.folder / "site" / "robots.txt").write_text(
        f"Sitemap: {HOME}/sitemap.xml\nSitemap: {HOME}/other.xml"
    )
    (program.folder / "site" / "other.xml").write_bytes(urlset(f"{HOME}/a%20b", f"{HOME}/d"))
    program("analyze", "site", "--base-url", f"{HOME}/", "-q")
    job = program.jobs()[0]["job_id"]
    done = program("urls", "--job", job, "--format", "xml", "-o", output)
    assert done.code == 0, done.err
    data = (
        done.stdout if output == "-" else (program.folder / output.replace("/", "/sitemap.xml")).read_bytes()
    )
    assert sorted(list_locs(data)) == [
        "https://shop.example/",
        *(f"{HOME}/{path}" for path in ("a%20b", "c/", "d")),
    ]
    why = "a search engine accepts them only if the robots.txt there names these sitemaps"
    if output == "maps/":
        done = program("urls", "--job", job, "--format", "xml", "-o", "maps/", "--base-url", f"{HOME}/c/")
        above = "2 URLs not below https://www.example.com/c/: a search engine accepts them only if robots.txt"
        assert f"\n{above} names these sitemaps\n" in done.err
    for note in (
        "1 lastmod value rewritten as the date or time that it means",
        "2 repeated URLs left out: each is listed once, where it came first",
        "1 invalid lastmod value left out",
        "1 invalid changefreq value left out",
        "1 invalid priority value left out",
        f"1 URL not below {HOME}/, but at https://shop.example: {why}",
        "the job did not read the whole site: its sitemaps may lack URLs",
    ):
        assert note in done.err.splitlines()


def test_what_parse_reads_of_an_export_is_what_was_recorded(program: Program) -> None:
    """All documents of the tests of the parser as one site; it lists many URLs several times."""
    site = program.folder / "site"
    documents = [path for path in sorted(DOCUMENTS.iterdir()) if path.suffix != ".json"]
    site.mkdir()
    for path in documents:
        (site / path.name).write_bytes(path.read_bytes())
    names = [f"Sitemap: https://example.com/{path.name}\n" for path in documents]
    (site / "robots.txt").write_text("".join(names))
    program("analyze", "site", "--base-url", "https://example.com/", "-q")
    (job,) = program.jobs()
    listed = program("urls", "--job", job["job_id"], "--format", "jsonl").records
    assert program("urls", "--job", job["job_id"], "--format", "xml", "-o", "maps/").code == 0
    *read, summary, _ = program("parse", "maps", "--format", "jsonl").records
    assert (summary["problems"], len(read), len(listed) > 1_000) == (0, summary["urls"], True)
    first = dict[str, dict[str, Any]]()
    for each in listed:
        first.setdefault(identify_url(each["loc"]), each)
    possible = [each for each in first.values() if encode_url(each["loc"])]
    assert len(first) - len(possible) < 5
    for given, back in zip(possible, read, strict=True):
        assert identify_url(encode_url(given["loc"]) or "") == identify_url(back["loc"])
        assert parse_time(given) == parse_time(back)
        assert {key: given.get(key) for key in EXTENSIONS} == {key: back.get(key) for key in EXTENSIONS}


def parse_time(record: dict[str, Any]) -> dt.datetime | None:
    return dt.datetime.fromisoformat(record["lastmod_utc"]) if "lastmod_utc" in record else None
