"""A site is compared with the pages of an export or a log that belong in its sitemaps, and no others."""

from collections.abc import Callable

import pytest

from tests.acceptance.command import Program
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
