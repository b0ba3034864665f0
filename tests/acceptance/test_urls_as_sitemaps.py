"""Sitemaps written by ``urls --format xml``: never larger than the protocol allows."""

import gzip
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sitemap_cli.output.formats import xml
from sitemap_cli.output.sitemap_folder import open_sitemap_folder
from tests.acceptance.command import Program
from tests.web import urlset

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
HOME = "https://www.example.com"
MANY = 60_000


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
        (("--base-url", "www.example.com", "-o", "x"), "not a URL (--base-url www.example.com)"),
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


def test_sitemaps_are_split_by_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_BYTES", 400)
    rows = [(f"{HOME}/{'x' * 40}{n}", None, None, None) for n in range(10)]
    with open_sitemap_folder(tmp_path) as folder:
        with xml.open_folder(folder, ("loc", "lastmod", "changefreq", "priority")) as write:
            write(rows)
        folder.write_index(f"{HOME}/")
    sizes = [each.stat().st_size for each in tmp_path.glob("sitemap-*.xml")]
    assert len(sizes) > 1
    assert max(sizes) <= 400


def test_a_folder_that_fails_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_text("as it was")

    def fail() -> None:
        with open_sitemap_folder(tmp_path) as folder:
            folder.write_sitemap(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [each.name for each in tmp_path.iterdir()] == ["sitemap.xml"]
    assert (tmp_path / "sitemap.xml").read_text() == "as it was"
