"""``sitemap analyze``: shapes of what it prints, several targets, local folders, where output goes."""

from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.web import Answer, Site, gz, urlset

RESULT = {
    "domain": str,
    "target": str,
    "job_id": str,
    "status": str,
    "verdict": str,
    "error": None,
    "started_at": str,
    "finished_at": str,
    "duration_ms": int,
    "sitemaps": list,
    "totals": dict,
    "lastmod": dict,
    "findings": dict,
}
SITEMAP = {
    "url": str,
    "final_url": str,
    "parent": str,
    "discovered_by": str,
    "kind": str,
    "status_code": int,
    "error": None,
    "bytes": int,
    "wire_bytes": int,
    "urls": int,
    "children": int,
    "problems": int,
    "unchanged": bool,
    "etag": str,
    "last_modified": str,
    "generator": None,
    "ms": int,
}
AGES = ["future", "1d", "7d", "30d", "90d", "365d", "older", "missing", "invalid"]


@pytest.fixture
def shop(site: Site) -> Site:
    """A site with an index and two sitemaps."""
    furnish(site)
    return site


@pytest.fixture
def folder(program: Program) -> Path:
    """A site as a build leaves it on disk."""
    site = program.folder / "site"
    site.mkdir()
    (site / "robots.txt").write_text(
        "User-agent: *\nAllow: /\nSitemap: https://shop.example/sitemap.xml.gz\n"
    )
    (site / "sitemap.xml.gz").write_bytes(gz(urlset("https://shop.example/", "https://shop.example/a")))
    return site


def assert_shape(value: dict[str, object], shape: dict[str, type | None]) -> None:
    """Every field is there; one without a type must be null here."""
    for name, wanted in shape.items():
        assert name in value, name
        assert type(value[name]) is (wanted or type(None)), name


def test_a_result_has_every_field_of_the_contract(program: Program, shop: Site) -> None:
    done = program("analyze", f"{shop.url}/", "--format", "json")
    assert (done.code, done.err) == (0, "")
    assert list(done.json) == ["schema", "results"]
    assert done.json["schema"] == "sitemap/analyze/1"
    (result,) = done.json["results"]
    assert_shape(result, RESULT)
    assert result["domain"] == shop.netloc
    assert (result["target"], result["status"], result["verdict"]) == (
        f"{shop.url}/",
        "completed",
        "ok",
    )
    assert {name: result["totals"][name] for name in ("sitemaps", "urls", "unique_urls", "new_urls")} == {
        "sitemaps": 3,
        "urls": 5,
        "unique_urls": 4,
        "new_urls": None,
    }
    assert list(result["findings"]) == ["error", "warning", "info"]
    assert list(result["lastmod"]) == AGES
    assert sum(result["lastmod"].values()) == 5


def test_a_sitemap_of_a_result_has_every_field_of_the_contract(program: Program, shop: Site) -> None:
    (result,) = program("analyze", shop.url, "--format", "jsonl").records
    root, child, zipped = result["sitemaps"]
    assert_shape(child, SITEMAP)
    assert (root["parent"], root["discovered_by"], root["kind"], root["children"]) == (
        None,
        "robots",
        "index",
        2,
    )
    assert (child["parent"], child["discovered_by"], child["kind"]) == (root["url"], "index", "urlset")
    assert (child["etag"], child["last_modified"]) == ('"a"', "Fri, 02 Jan 2026 00:00:00 GMT")
    assert (child["status_code"], child["urls"], child["children"], child["unchanged"]) == (200, 3, 0, False)
    assert zipped["wire_bytes"] < zipped["bytes"]


def test_a_second_run_finds_nothing_new(program: Program, shop: Site) -> None:
    results = [program("analyze", shop.url, "--format", "jsonl").records[0] for _ in range(2)]
    assert [each["totals"]["new_urls"] for each in results] == [None, 0]
    assert results[1]["sitemaps"][1]["unchanged"]


def test_the_summary_says_what_was_found_and_what_to_do_next(program: Program, shop: Site) -> None:
    done = program("analyze", f"{shop.url}/")
    assert (done.code, done.err) == (0, "")
    assert done.lines[0] == f"{shop.url}/  ok"
    assert done.lines[1].startswith("5 URLs in 3 sitemaps (4 unique, first run)")
    assert f"{shop.url}/index.xml  index  2 sitemaps" in done.out
    assert "── /a.xml  urlset  3 URLs" in done.out
    assert "sitemap urls --job " in done.out


def test_quiet_prints_a_summary_only_when_something_is_new_removed_or_wrong(
    program: Program, shop: Site
) -> None:
    for _ in range(2):
        assert program("analyze", "--quiet", shop.url).stdout == b""
    shop.routes["/a.xml"] = Answer(urlset(f"{shop.url}/page-1", f"{shop.url}/other"))
    changed = program("analyze", "--quiet", shop.url)
    assert changed.code == 0
    assert "(4 unique, 1 new, 1 removed, 1 changed since 20" in changed.lines[1]
    shop.routes["/a.xml"] = Answer(status=403)
    done = program("analyze", "--quiet", shop.url)
    assert done.code == 3
    assert done.lines[0].endswith("  partial")


@pytest.mark.parametrize(
    ("paths", "code"),
    [(["a.xml", "b.xml.gz"], 0), (["a.xml", "gone.xml"], 3), (["gone.xml", "lost.xml"], 4)],
)
def test_several_targets_share_one_exit_code(
    paths: list[str], code: int, program: Program, shop: Site
) -> None:
    targets = [f"{shop.url}/{path}" for path in paths]
    done = program("analyze", *targets, "--format", "jsonl")
    assert done.code == code
    assert [each["target"] for each in done.records] == targets


def test_summaries_of_several_targets_stand_apart(program: Program, shop: Site) -> None:
    done = program("analyze", f"{shop.url}/a.xml", f"{shop.url}/b.xml.gz")
    at = done.lines.index(f"{shop.url}/b.xml.gz  ok")
    assert done.lines[at - 1] == ""
    assert done.lines[at - 2] != ""
    assert done.out.endswith("\n")
    assert not done.out.endswith("\n\n")


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_output_can_go_to_a_file(form: str, program: Program, shop: Site) -> None:
    done = program("analyze", f"{shop.url}/a.xml", f"{shop.url}/b.xml.gz", "--format", form, "-o", "result")
    assert (done.code, done.stdout, done.err) == (0, b"", "")
    written = (program.folder / "result").read_text()
    assert "/a.xml" in written
    assert "/b.xml.gz" in written
    assert [each.name for each in program.folder.glob("*result*")] == ["result"]


def test_a_dash_means_stdout(program: Program, shop: Site) -> None:
    assert program("analyze", f"{shop.url}/a.xml", "--format", "json", "-o", "-").json["results"]


def test_a_folder_is_read_as_what_will_be_published(program: Program, folder: Path) -> None:
    done = program("analyze", folder, "--base-url", "https://shop.example", "--format", "jsonl")
    assert done.code == 0, done.err
    (result,) = done.records
    assert (result["domain"], result["totals"]["urls"]) == ("shop.example", 2)
    assert result["sitemaps"][0]["url"] == "https://shop.example/sitemap.xml.gz"


def test_a_file_is_read_as_what_will_be_published(program: Program, folder: Path) -> None:
    done = program(
        "analyze", folder / "sitemap.xml.gz", "--base-url", "https://shop.example", "--format", "jsonl"
    )
    assert done.code == 0, done.err
    assert done.records[0]["sitemaps"][0]["url"] == "https://shop.example/sitemap.xml.gz"


def test_a_folder_without_an_address_is_an_error_of_usage(program: Program, folder: Path) -> None:
    done = program("analyze", folder)
    assert done.code == 2
    assert done.err == (
        f"error: a local folder or file needs a base URL ({folder})\n"
        "hint: pass the URL where it will be published: --base-url https://example.com\n"
    )


def test_a_list_of_sites_as_a_target_is_an_error_that_names_the_command_for_it(program: Program) -> None:
    (program.folder / "my sites.txt").write_text("a.example\nb.example\n")
    done = program("analyze", "my sites.txt")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "error: a local folder or file needs a base URL (my sites.txt)",
    )
    assert done.err.endswith("; read a list of sites with: sitemap batch 'my sites.txt'\n")


def test_nothing_is_recorded_when_one_of_the_targets_is_no_target(program: Program, shop: Site) -> None:
    assert program("analyze", shop.url, "ftp://example.com/").code == 2
    assert not program.database.exists()
    assert shop.hits == []


def test_the_reason_of_a_partial_run_is_what_was_lost_and_not_what_was_repaired(program: Program) -> None:
    repaired, half = b"Notice: x\n<?xml version='1.0'?>", b"<url><loc>https://a.example/half\n<url>"
    document = repaired + urlset("https://a.example/1", "https://a.example/2").partition(b"?>")[2]
    (program.folder / "site").mkdir()
    (program.folder / "site" / "sitemap.xml").write_bytes(document.replace(b"<url>", half, 1))
    done = program("analyze", "site", "--base-url", "https://a.example", "--format", "json")
    assert done.code == 3
    (sitemap,) = done.json["results"][0]["sitemaps"]
    assert (sitemap["error"], sitemap["urls"]) == ("not-well-formed", 2)


@pytest.mark.parametrize("base", ["https://shop.example", "https://shop.example/staging"])
def test_a_local_robots_txt_is_read_with_the_sitemaps_beside_it(
    base: str, program: Program, folder: Path
) -> None:
    lines = f"User-agent: *\nSitemap: {base}/sitemap.xml.gz\n"
    (folder / "robots.txt").write_text(lines)
    done = program("analyze", "site/robots.txt", "--base-url", base, "--format", "jsonl")
    assert done.code == 0, done.out
    (result,) = done.records
    assert (result["verdict"], result["totals"]["urls"]) == ("ok", 2)
