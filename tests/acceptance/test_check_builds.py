"""``sitemap check`` of a local build: before it is published, and against what is."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A local build with one fragment."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "robots.txt").write_text("User-agent: *\nSitemap: https://example.com/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset("https://example.com/", "https://example.com/new#top"))
    return folder


def test_a_build_is_checked_before_it_is_published(program: Program, build: Path) -> None:
    done = program(
        "check", str(build), "--base-url", "https://example.com", "--format", "json", "--select", "SM306"
    )
    (finding,) = done.json["findings"]
    assert (finding["sitemap"], finding["loc"]) == (
        "https://example.com/sitemap.xml",
        "https://example.com/new#top",
    )


@pytest.mark.parametrize("form", ["text", "markdown", "junit"])
def test_reports_for_people_name_the_file_of_a_build(form: str, program: Program, build: Path) -> None:
    options = ("--base-url", "https://example.com", "--format", form, "--select", "SM306")
    out = program("check", "dist", *options).out.replace("&#46;", ".").replace("&#58;", ":")
    assert "dist/sitemap.xml:" in out
    assert "https://example.com/sitemap.xml:" not in out


def test_a_build_for_a_sub_path_says_nothing_of_the_root_of_the_host(
    program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "robots.txt").write_text("User-agent: *\nSitemap: https://user.example/repo/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset("https://user.example/repo/", "https://user.example/repo/a"))
    base = "https://user.example/repo/"
    options = ("--base-url", base, "--select", "SM4", "--select", "SM6", "--format", "json")
    done = program("check", str(folder), *options)
    (finding,) = done.json["findings"]
    assert (finding["rule"], finding["sitemap"]) == ("SM606", f"{base}robots.txt")
    assert "at the root of the host only" in finding["message"]

    (folder / "sitemap.xml").write_bytes(urlset("https://user.example/repo/a"))
    done = program("check", str(folder), "--base-url", base, "--select", "SM413", "--format", "json")
    assert [each["message"] for each in done.json["findings"]] == [f"{base} is in no sitemap"]
    again = program("check", "--job", "last", "--select", "SM413", "--format", "json")
    assert again.json["findings"] == done.json["findings"]


def test_a_build_says_nothing_of_the_robots_txt_of_other_hosts(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "robots.txt").write_text("User-agent: *\nSitemap: https://www.shop.example/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset("https://staging.shop.example/"))
    options = ("--base-url", "https://staging.shop.example/", "--select", "SM6", "--format", "json")
    found = program("check", str(folder), *options).json["findings"]
    assert not [each for each in found if each["sitemap"] == "https://www.shop.example/robots.txt"]


def test_a_finding_in_a_build_names_its_file(program: Program, build: Path) -> None:
    options = ("--base-url", "https://example.com", "--format", "sarif", "--select", "SM306")
    done = program("check", str(build), *options)
    (result,) = done.json["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dist/sitemap.xml"


def test_a_build_is_held_against_production(program: Program, build: Path, site: Site) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset("https://example.com/", "https://example.com/old"))
    options = ("--base-url", "https://example.com", "--against", f"{site.url}/", "--format", "json")
    done = program("check", str(build), *options, "--select", "SM8")
    found = {each["rule"]: (each["loc"], each["severity"]) for each in done.json["findings"]}
    assert found == {
        "SM806": ("https://example.com/old", "warning"),
        "SM807": ("https://example.com/new#top", "info"),
    }


def test_a_site_is_held_against_a_file_of_addresses(program: Program, build: Path) -> None:
    (program.folder / "crawled.txt").write_text("https://example.com/\nhttps://example.com/orphan\n")
    options = ("--base-url", "https://example.com", "--against", "crawled.txt", "--format", "json")
    done = program("check", str(build), *options, "--select", "SM711,SM713")
    assert [
        (each["severity"], each["count"], each["loc"], each["message"]) for each in done.json["findings"]
    ] == [
        ("info", 1, "https://example.com/new#top", "in a sitemap but not in crawled.txt"),
        ("warning", 1, "https://example.com/orphan", "in crawled.txt but in no sitemap"),
    ]


def test_production_that_cannot_be_read_is_nothing_to_compare_with(program: Program, build: Path) -> None:
    done = program(
        "check", str(build), "--base-url", "https://example.com", "--against", "http://127.0.0.1:1/"
    )
    assert done.code == 4
    assert "nothing to compare with" in done.err


def test_the_order_of_elements_is_judged_when_it_is_asked_for(program: Program, build: Path) -> None:
    entry = b"<url><lastmod>2026-01-01</lastmod><loc>https://example.com/late</loc></url>"
    (build / "sitemap.xml").write_bytes(urlset("https://example.com/").replace(b"<url>", entry + b"<url>", 1))
    check = (
        "check",
        str(build),
        "--base-url",
        "https://example.com",
        "--format",
        "json",
        "--fail-on",
        "info",
    )
    assert program(*check, "--select", "SM2").code == 0
    done = program(*check, "--select", "SM2", "--xsd")
    (finding,) = done.json["findings"]
    assert (done.code, finding["rule"], finding["loc"]) == (1, "SM211", "https://example.com/late")
    assert program(*check, "--select", "SM2", "--xsd", "--ignore", "schema-order").code == 0


SPELLINGS = {
    "https://www.example.com": "https://www.example.com/",
    "https://www.example.com/gr%C3%B6%C3%9Fe": "https://www.example.com/größe",
    "https://WWW.example.com/c": "https://www.example.com/c",
    "https://www.example.com:443/d": "https://www.example.com/d",
    "https://www.example.com/e%2fe": "https://www.example.com/e%2Fe",
    "https://www.example.com/~u": "https://www.example.com/%7Eu",
    "https://www.example.com/f/../g?ä": "https://www.example.com/g?%C3%A4",
    "https://müller.example/": "https://xn--mller-kva.example/",
}


def write_build(folder: Path, *urls: str) -> Path:
    folder.mkdir()
    (folder / "sitemap.xml").write_bytes(urlset(*urls))
    return folder


@pytest.mark.parametrize("against", ["crawled.txt", "crawled.csv", "production"])
def test_two_spellings_of_a_url_are_no_difference(program: Program, against: str) -> None:
    build = write_build(
        program.folder / "build", *SPELLINGS, "https://www.example.com/A", "https://www.example.com/%41"
    )
    listed = [*SPELLINGS.values(), "https://www.example.com/a%2Fa", "https://www.example.com/a/a"]
    if against == "production":
        write_build(program.folder / against, *listed)
    else:
        (program.folder / against).write_text(
            "\n".join([*(["Address"] if "csv" in against else []), *listed])
        )
    options = ("--base-url", "https://www.example.com/", "--against", against, "--format", "json")
    done = program("check", str(build), *options, "--select", "SM711,SM713", "--select", "SM806,SM807")
    one, other = done.json["findings"]
    missing, extra = (one, other) if against == "production" else (other, one)
    assert (missing["count"], missing["loc"]) == (2, "https://www.example.com/a%2Fa")
    spelled = "https://www.example.com/%41" if against == "production" else "https://www.example.com/A"
    assert (extra["count"], extra["loc"]) == (1, spelled)


@pytest.mark.parametrize(
    "site", ["https://müller.example/", "https://xn--mller-kva.example/", "https://MÜLLER.example./"]
)
def test_a_host_in_letters_and_in_punycode_is_one_host(program: Program, site: str) -> None:
    build = write_build(
        program.folder / "build",
        "https://müller.example/",
        "https://xn--mller-kva.example/private/b",
        "https://müller.example/private/c",
    )
    (build / "robots.txt").write_text(f"User-agent: *\nDisallow: /private/\nSitemap: {site}sitemap.xml\n")
    done = program("check", str(build), "--base-url", site, "--format", "json")
    found = {each["rule"]: each["count"] for each in done.json["findings"]}
    assert found["SM706"] == 2
    assert not found.keys() & {"SM308", "SM309", "SM412", "SM413"}


def test_a_domain_is_found_in_every_spelling(program: Program, site: Site) -> None:
    port = site.url.rpartition(":")[2]
    robots(site, f"Sitemap: http://xn--mller-kva.example:{port}/sitemap.xml")
    listed = f"http://müller.example:{port}/"
    site.routes["/sitemap.xml"] = Answer(urlset(listed))
    pin = f"müller.example:{port}:127.0.0.1"
    for name in ("müller.example", "xn--mller-kva.example"):
        assert program("analyze", f"http://{name}:{port}/", "--resolve", pin, "-q").code == 0
    for name in (
        "müller.example",
        "xn--mller-kva.example",
        "MÜLLER.example",
        "müller\u3002example",
        "müller.example.",
    ):
        domain = f"{name}:{port}"
        assert program("urls", domain).out == f"{listed}\n"
        jobs = program("jobs", "list", "--domain", domain, "--format", "jsonl").out.splitlines()
        assert [json.loads(each)["domain"] for each in jobs] == [f"müller.example:{port}"] * 2
        assert program("tree", domain).code == 0
        assert program("domains", "tag", domain, "shop").code == 0
        assert (
            program("domains", "show", domain, "--format", "json").json["domain"] == f"müller.example:{port}"
        )
    assert program("domains", "add", f"XN--MLLER-KVA.example:{port}").code == 0
    for part in ("mülle", "xn--ml"):
        rows = program("domains", "list", "--match", part, "--format", "jsonl").out.splitlines()
        assert [json.loads(each)["domain"] for each in rows] == [f"müller.example:{port}"]
