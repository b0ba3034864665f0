"""``sitemap check --format csv``: a row for every place, not only for the examples."""

import csv
import io
from collections import Counter

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, gz, index, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

HEADER = "rule,name,severity,url,sitemap,line,column,value,message,file"
MANY = 1_200
XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
Row = dict[str, str]


def read_rows(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def count_rows(done: Done) -> dict[tuple[str, str, str], int]:
    assert done.stdout.startswith(f"{HEADER}\r\n".encode()), done.err
    return Counter((row["rule"], row["severity"], row["sitemap"]) for row in read_rows(done.out))


@pytest.fixture
def shop(site: Site) -> Site:
    """A site with more places of several kinds of findings than any report shows as examples."""
    robots(site, f"Sitemap: {site.url}/index.xml")
    names = ("fragments", "dates", "copies", "languages", "again")
    site.routes["/index.xml"] = Answer(index(*(f"{site.url}/{name}.xml" for name in names)))
    pages = [f"{site.url}/{n}" for n in range(MANY)]
    site.routes["/fragments.xml"] = Answer(urlset(*(f"{page}#x" for page in pages), lastmod="2026-01-01"))
    site.routes["/dates.xml"] = Answer(gz(urlset(*(f"{page}-d" for page in pages), lastmod="2026-13-01")))
    site.routes["/copies.xml"] = Answer(urlset(*(f"{page}-c" for page in pages for _ in range(2))))
    site.routes["/again.xml"] = Answer(urlset(*(f"{page}-c" for page in pages)))
    entries = "".join(
        f'<url><loc>{page}-e</loc><xhtml:link rel="alternate" hreflang="en" href="{page}-e"/>'
        f'<xhtml:link rel="alternate" hreflang="de" href="{page}-de"/></url>\n'
        for page in pages
    )
    head = urlset().decode().replace("xmlns=", f"{XHTML} xmlns=")
    site.routes["/languages.xml"] = Answer(head.replace("</urlset>", f"{entries}</urlset>").encode())
    return site


def test_there_are_as_many_rows_as_places(shared: Program, shop: Site) -> None:
    job = shared("analyze", shop.url, "--format", "jsonl").records[0]["job_id"]
    options = ("check", "--job", job, "--fail-on", "never", "--ignore", "SM8")
    findings = shared(*options, "--format", "json").json["findings"]
    expected = {(each["rule"], each["severity"], each["sitemap"] or ""): each["count"] for each in findings}
    done = shared(*options, "--format", "csv")
    assert done.code == 0
    assert count_rows(done) == expected
    for rule in ("SM306", "SM311", "SM321", "SM325", "SM411", "SM541"):
        assert sum(count for key, count in expected.items() if key[0] == rule) >= MANY, rule
    assert shared(*options, "--format", "csv").stdout == done.stdout
    by_rule = {row["rule"]: row for row in reversed(read_rows(done.out))}
    dates = f"{shop.url}/dates.xml"
    assert by_rule["SM321"] == {
        "rule": "SM321",
        "name": "lastmod-invalid",
        "severity": "warning",
        "url": f"{shop.url}/0-d",
        "sitemap": dates,
        "line": "3",
        "column": "",
        "value": "2026-13-01",
        "message": "not a date: '2026-13-01'",
        "file": "",
    }
    assert (by_rule["SM306"]["url"], by_rule["SM306"]["line"]) == (f"{shop.url}/0#x", "3")
    assert (by_rule["SM311"]["url"], by_rule["SM311"]["line"]) == (f"{shop.url}/0-c", "4")
    assert (by_rule["SM541"]["value"], by_rule["SM541"]["line"]) == (f"{shop.url}/0-de", "3")
    last = [row for row in read_rows(done.out) if row["rule"] == "SM321"][-1]
    assert (last["url"], last["line"]) == (f"{shop.url}/{MANY - 1}-d", str(MANY + 2))


def test_a_list_of_urls_is_compared_place_by_place(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(*(f"{site.url}/{n}" for n in range(60))))
    listed = [f"{site.url}/{n}" for n in range(30, 100)]
    (program.folder / "list.txt").write_text("\n".join(listed))
    done = program("check", site.url, "--against", "list.txt", "--select", "SM711,SM713", "--format", "csv")
    rows = [row["url"] for row in read_rows(done.out)]
    missing, extra = listed[30:], [f"{site.url}/{n}" for n in range(30)]
    assert rows == [*extra, *missing], done.err


def test_values_that_spreadsheets_would_run_are_guarded(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a", lastmod="=1+1", priority="@x"))
    done = program("check", site.url, "--select", "SM321,SM333", "--format", "csv")
    assert {row["value"] for row in read_rows(done.out)} == {"'=1+1", "'@x"}


def test_it_goes_to_a_file_beside_another_format(program: Program, shop: Site) -> None:
    done = program("check", shop.url, "--select", "SM306", "--format", "text", "--format", "csv:places.csv")
    assert "SM306 loc-fragment" in done.out
    assert f"and {MANY - 5:,} more" in done.out
    rows = read_rows((program.folder / "places.csv").read_bytes().decode())
    assert [row["url"] for row in rows] == [f"{shop.url}/{n}#x" for n in range(MANY)]


def test_a_site_without_findings_gives_the_header_alone(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a"))
    done = program("check", site.url, "--select", "SM306", "--format", "csv")
    assert (done.code, done.out) == (0, f"{HEADER}\r\n")


def test_exceptions_baselines_and_probes_count(program: Program, shop: Site) -> None:
    target = (f"{shop.url}/fragments.xml", "--select", "SM306,SM701", "--format", "csv")
    assert len(read_rows(program("check", *target, "--ignore-at", "SM306 /1?*: known").out)) < MANY
    program("check", *target, "--write-baseline", "known.json")
    assert program("check", *target, "--baseline", "known.json").out == f"{HEADER}\r\n"
    probed = read_rows(program("check", *target, "--probe=30").out)
    assert Counter(row["rule"] for row in probed) == {"SM306": MANY, "SM701": 30}


def test_several_targets_follow_each_other(program: Program, shop: Site) -> None:
    targets = [f"{shop.url}/fragments.xml", f"{shop.url}/dates.xml"]
    done = program("check", *targets, "--select", "SM306,SM321", "--format", "csv")
    assert [row["rule"] for row in read_rows(done.out)] == ["SM306"] * MANY + ["SM321"] * MANY


def test_a_table_of_places_is_written_for_excel_or_for_programs(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/", changefreq="=1+1"))
    program("analyze", site.url)
    plain, marked, raw = (
        program("check", "--job", "last", "--format", "csv", *flags)
        for flags in ((), ("--excel",), ("--raw-csv",))
    )
    assert marked.stdout == b"\xef\xbb\xbf" + plain.stdout
    assert (",'=1+1," in plain.out, ",'=1+1," in raw.out, ",=1+1," in raw.out) == (True, False, True)
    both = ("--format", "csv:places.csv", "--format", "json", "--excel")
    assert program("check", "--job", "last", *both).json["schema"] == "sitemap/check/1"
    assert (program.folder / "places.csv").read_bytes() == marked.stdout


@pytest.mark.parametrize("flag", ["--raw-csv", "--excel"])
@pytest.mark.parametrize("formats", [(), ("--format", "json"), ("--format", "text:a.txt")])
def test_flags_for_tables_need_a_table(shared: Program, flag: str, formats: tuple[str, ...]) -> None:
    done = shared("check", "a.example", *formats, flag)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: {flag} needs --format csv")
