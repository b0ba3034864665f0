"""A site is compared with the pages of an export or a log that belong in its sitemaps, and no others."""

from collections.abc import Callable

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import furnish
from tests.web import Answer, Site, redirect, urlset

# Address, content type, status and indexability; the site lists all but /more, which should be.
ROWS = (
    ("/page-0", "text/html", 200, "Indexable"),
    ("/page-1", "text/html", 200, "Indexable"),
    ("/page-2", "text/html", 200, "Indexable"),
    ("/old", "text/html", 200, "Indexable"),
    ("/more", "text/html; charset=utf-8", 200, "Indexable"),
    ("/gone", "text/html", 404, "Non-Indexable"),
    ("/moved", "text/html", 301, "Non-Indexable"),
    ("/hidden", "text/html", 200, "Non-Indexable"),
    ("/logo.png", "image/png", 200, "Indexable"),
    ("/site.css", "text/css", 200, "Indexable"),
)
LISTED = [path for path, *_ in ROWS[:5]]


def write_crawl(site: str) -> str:
    lines = "".join(f'"{site}{a}","{b}","{c}","{d}"\n' for a, b, c, d in ROWS)
    return f'"Address","Content Type","Status Code","Indexability"\n{lines}'


def write_analytics(_: str) -> str:
    lines = "".join(f"{path},1\n" for path in (*LISTED, "(not set)"))
    return f"# ---\n# Pages: 20261101-20261128\n#\nPage path and screen class,Views\n{lines}"


def write_log(_: str) -> str:
    line = '1.2.3.4 - - [28/Nov/2026:10:00:00 +0000] "GET {} HTTP/1.1" {} 12 "-" "x"\n'
    pages = [(a, c) for a, _, c, _ in ROWS if a != "/hidden"]
    return "".join(line.format(*each) for each in [*pages, ("/robots.txt", 200), ("/site-map.js", 304)])


@pytest.mark.parametrize(
    ("name", "write", "note"),
    [
        (
            "crawl.csv",
            write_crawl,
            "crawl.csv: 5 rows are left out: 2 assets, 1 with status 404, 1 with status 301",
        ),
        (
            "pages.csv",
            write_analytics,
            "pages.csv: 1 row",
        ),
        ("paths.txt", lambda _: "".join(f"{path}\n" for path in LISTED), ""),
        ("access.log", write_log, "access.log: 6 requests are left out: 4 assets"),
    ],
)
def test_only_pages_that_belong_in_a_sitemap_are_missing(
    program: Program, name: str, write: Callable[[str], str], note: str
) -> None:
    with Site() as site:
        furnish(site)
        (program.folder / name).write_text(write(site.url))
        options = ("--against", name, "--select", "SM713", "--format", "json")
        done = program("check", site.netloc, *options)
    (finding,) = done.json["findings"]
    expected = f"in {name} but in no sitemap"
    assert (finding["count"], finding["message"], done.code) == (1, expected, 0)
    assert finding["loc"] == f"{site.url}/more"
    assert done.err.startswith(note) if note else not done.err


def test_paths_belong_to_the_host_where_the_site_is_found(program: Program) -> None:
    with Site() as site:
        www = f"www.shop.test:{site.port}"
        site.routes["/robots.txt"] = lambda hit: (
            Answer(f"Sitemap: http://{www}/sitemap.xml\n".encode())
            if hit.host == www
            else redirect(f"http://{www}{hit.path}", 301)
        )
        site.routes["/sitemap.xml"] = Answer(urlset(*(f"http://{www}{path}" for path in LISTED[:4])))
        (program.folder / "access.log").write_text(write_log(""))
        names = (f"shop.test:{site.port}", www)
        resolve = [word for name in names for word in ("--resolve", f"{name}:127.0.0.1")]
        options = ("--against", "access.log", "--select", "SM713", "--format", "json")
        done = program("check", names[0], *resolve, *options)
    (finding,) = done.json["findings"]
    expected = "in access.log but in no sitemap"
    assert (finding["count"], finding["message"], done.code) == (1, expected, 0)


def check_list(program: Program, site: Site, lines: list[str], *options: str) -> Done:
    (program.folder / "list.txt").write_text("\n".join(lines))
    rules = ("--select", "SM711,SM713,SM714,SM723")
    return program("check", site.url, "--against", "list.txt", *rules, "--format", "json", *options)


def test_what_is_left_out_is_counted(program: Program, site: Site) -> None:
    furnish(site)
    listed = [f"{site.url}{path}" for path in LISTED[:4]]
    others = ["https://blog.other.test/", "https://other.test/a", f"{site.url}/cart", f"{site.url}/x.css"]
    done = check_list(program, site, [*listed, *others])
    assert (done.code, done.json["findings"]) == (0, [])
    utility = "for a cart, login, search, sorting or a later page"
    assert done.err.splitlines() == [
        "list.txt: 1 row is left out: 1 asset",
        f"list.txt: 3 URLs are left out of the comparison: 2 on other hosts, 1 {utility}",
    ]
    assert done.json["targets"][0]["compared"] == {
        "name": "list.txt",
        "urls": 5,
        "left_out": {"assets": 1, "on other hosts": 2, utility: 1},
    }


def test_a_list_of_another_site_is_no_reason_to_call_pages_orphans(program: Program, site: Site) -> None:
    furnish(site)
    done = check_list(program, site, ["https://other.test/", "https://other.test/a"])
    assert (done.code, done.json["findings"]) == (3, [])
    what = f"list.txt: no URL to compare {site.url}/ with; left out are 2 on other hosts"
    assert done.err == f"warning: {what}\n"


def test_other_spellings_are_the_same_page_unless_the_user_says_otherwise(
    program: Program, site: Site
) -> None:
    furnish(site)
    listed = [f"{site.url}{path}" for path in LISTED[1:4]]
    lines = [*listed, f"{site.url}/page-0/?utm_source=mail&sid=5#top"]
    done = check_list(program, site, lines, "--ignore-params", "sid,x*")
    (finding,) = done.json["findings"]
    assert (finding["rule"], finding["loc"]) == ("SM714", f"{site.url}/page-0")
    assert finding["causes"][0]["cause"] == "with or without a trailing slash"
    exact = check_list(program, site, lines, "--compare-exact", "--fail-on", "warning")
    assert [(each["rule"], each["count"]) for each in exact.json["findings"]] == [("SM711", 1), ("SM713", 1)]
    assert exact.code == 1


def test_a_part_of_a_site_is_compared_with_the_part_of_the_list(program: Program, site: Site) -> None:
    pages = [f"{site.url}/blog/a", f"{site.url}/c"]
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/sitemap.xml".encode())
    site.routes["/sitemap.xml"] = Answer(urlset(*pages))
    (program.folder / "list.txt").write_text("\n".join([*pages, f"{site.url}/blog/b", f"{site.url}/d"]))
    options = ("--against", "list.txt", "--select", "SM711,SM713", "--format", "json")
    done = program("check", f"{site.url}/blog/", *options)
    assert [(each["rule"], each["loc"]) for each in done.json["findings"]] == [
        ("SM713", f"{site.url}/blog/b")
    ]
    assert done.err == "list.txt: 2 URLs are left out of the comparison: 2 outside the checked part\n"


def test_a_recorded_job_is_compared_with_a_list(program: Program, site: Site) -> None:
    furnish(site)
    job = program("analyze", site.url, "--format", "json").json["results"][0]["job_id"]
    (program.folder / "list.csv").write_text(write_crawl(site.url))
    hits = len(site.hits)
    done = program("check", "--job", job, "--against", "list.csv", "--select", "SM713", "--format", "json")
    assert [each["loc"] for each in done.json["findings"]] == [f"{site.url}/more"], done.err
    assert (done.code, len(site.hits)) == (0, hits)
    (program.folder / "access.log").write_text(write_log(""))
    done = program("check", "--job", job, "--against", "access.log")
    assert (done.code, "needs a base URL" in done.err, "--base-url" in done.err) == (2, True, True)
