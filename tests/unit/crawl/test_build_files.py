"""Files behind URLs, hosts and their rules: the tables in ``tests/data/builds``."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitemap_cli.crawl.build.build_reader import BuildReader
from sitemap_cli.crawl.build.host_shapes import HOSTS, Outcome, Shape
from sitemap_cli.crawl.build.page_files import PageFiles
from sitemap_cli.crawl.build.path_patterns import (
    PathPattern,
    compile_glob,
    compile_redirects_source,
    compile_regex,
    compile_template,
)
from sitemap_cli.crawl.build.serving import describe_outcomes
from sitemap_cli.crawl.build.site_folder import SiteFolder
from sitemap_cli.crawl.pages.probed_page import ListedPage

DATA = Path(__file__).parents[2] / "data" / "builds"
SITE = "https://example.com"
PAGE = "<!doctype html><html><head><title>A page</title></head></html>"
STATUS = {None: 200, Outcome.REDIRECT: 301, Outcome.MISSING: 404}
DOCUMENT = Path(__file__).parents[3] / "docs" / "how-to" / "local-builds.md"


def load(name: str) -> Mapping[str, Any]:
    return dict(yaml.safe_load((DATA / name).read_text()))


def list_urls(name: str) -> list[tuple[str, str]]:
    return [(build, url) for build, case in load(name).items() for url in case["urls"]]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text, indent=1))


@pytest.mark.parametrize(("build", "url"), list_urls("mappings.yaml"))
def test_a_url_has_the_file_that_hosts_serve(build: str, url: str, tmp_path: Path) -> None:
    case = load("mappings.yaml")[build]
    write(tmp_path, {name: f"{PAGE}{name}" for name in case["files"]})
    files = PageFiles(SiteFolder(tmp_path), case.get("base", f"{SITE}/"))
    path = files.parse_url(url if ":" in url else f"{SITE}{url}")
    expected = case["urls"][url]
    if expected == "outside":
        assert path is None
        return
    assert path is not None
    match = files.find(path)
    found = None if match is None else [match.file, match.shape.value, match.twin]
    assert found == (None if expected is None else [*expected, None][:3])


@pytest.mark.parametrize("host", load("hosts.yaml"))
def test_hosts_do_what_was_measured(host: str) -> None:
    measured = load("hosts.yaml")[host]
    assert {shape.value: STATUS[HOSTS[host].get(shape)] for shape in Shape} == measured


def test_all_hosts_are_in_the_table() -> None:
    assert load("hosts.yaml").keys() == HOSTS.keys()


def test_the_document_names_the_hosts_of_each_shape(tmp_path: Path) -> None:
    rules = BuildReader(tmp_path, SITE).rules
    text = DOCUMENT.read_text()
    for shape in (Shape.FOLDER, Shape.FILE, Shape.FILE_SLASH):
        served = describe_outcomes(shape, rules)
        assert served is not None
        for part in served.message.partition(": ")[2].split("; "):
            assert part.partition(" to the URL ")[0] in text


@pytest.mark.parametrize(("build", "url"), list_urls("rules.yaml"))
def test_rules_of_hosts_are_applied(build: str, url: str, tmp_path: Path) -> None:
    case = load("rules.yaml")[build]
    folder = tmp_path / "dist"
    write(
        folder, {"index.html": PAGE, **dict.fromkeys(case.get("present", ()), PAGE), **case.get("files", {})}
    )
    write(tmp_path, case.get("beside", {}))
    reader = BuildReader(folder, SITE)
    assert len(reader.rules.notes) == case.get("notes", 0)
    built = reader.read_page(ListedPage(f"{SITE}{url}"))
    assert built is not None
    page, fact, expected = built.page, built.fact, case["urls"][url]
    if expected is None:
        assert (page.hops, page.noindex) == (None, None)
    elif expected[0] == "noindex":
        place = fact.places["page-noindex"]
        assert (page.noindex, Path(place.file).name, place.line) == ("header", *expected[1:])
    elif len(expected) == 3:
        place = fact.places["page-4xx"]
        assert (page.status_code, Path(place.file).name, place.line) == tuple(expected)
    else:
        place = fact.places["page-redirect"]
        assert page.hops is not None
        assert page.hops[0] == [f"{SITE}{url}", page.hops[0][1]]
        first = page.hops[1][0] if len(page.hops) > 1 else page.final_url
        found = page.hops[0][1], first.removeprefix(SITE), Path(place.file).name, place.line
        # Firebase redirects with 301, Vercel with 308, by settings.
        status = found[0] if "Slash" in (fact.redirect or "") else expected[0]
        assert found == (status, *expected[1:])


@pytest.mark.parametrize(
    "source",
    ["/((a+)+)b", "/:x(.*)*", "/:x([a-z]+)+", "/(.*)(.*)(.*)", "/{a}", "/(unclosed", "/)"],
)
def test_sources_whose_search_could_take_long_are_not_judged(source: str) -> None:
    assert compile_template(source) is None


@pytest.mark.parametrize(
    ("compile_source", "source"),
    [
        (compile_template, "/" + "".join(f":a{number}" for number in range(8)) + "!"),
        (compile_template, "/" + "(a|aa)" * 60 + "!"),
        (compile_template, "/:x(a|a)*!"),
        (compile_template, "/" + "".join(f":a{number}(a)?" for number in range(40)) + "!"),
        (compile_redirects_source, "/:a-:b-:c-:d-:e!"),
        (compile_glob, "/:a-:b-:c-:d-:e-x"),
        (compile_glob, "/" + "{a,aa}" * 50 + "x"),
        (compile_regex, "^/" + "a?" * 30 + "a" * 30 + "$"),
        (compile_regex, "^/" + ".{0,900}" * 4 + "!$"),
        (compile_regex, "^/" + "(a|aa)" * 50 + "!"),
    ],
)
def test_sources_with_very_many_ways_to_match_are_not_judged(
    compile_source: Callable[[str], PathPattern | None], source: str
) -> None:
    assert compile_source(source) is None


@pytest.mark.parametrize(
    ("compile_source", "source", "path"),
    [
        (compile_template, "/:lang(de|en|fr|es|it|nl|pl|pt|ja|ko|zh)/:a/:b/:c/:d", "/de/1/2/3/4"),
        (compile_template, "/blog/:year(\\d{4})-:month(\\d{2})-:slug", "/blog/2026-11-a-post"),
        (compile_template, "/old/:path*", "/old/a/b/c"),
        (compile_redirects_source, "/:year-:month-:day-:title", "/2026-11-29-title"),
        (compile_glob, "/docs/**/*.@(htm|html)", "/docs/a/b/c.html"),
        (compile_regex, "^/old/(.*)/(.*)$", "/old/" + "a" * 400 + "/b"),
    ],
)
def test_usual_sources_are_judged(
    compile_source: Callable[[str], PathPattern | None], source: str, path: str
) -> None:
    pattern = compile_source(source)
    assert pattern is not None
    assert pattern.match(path) is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vercel.json", "[" * 1_000_000),
        ("vercel.json", " " * (4 * 1024 * 1024) + "{}"),
        ("netlify.toml", "a" + ".a" * 400_000 + "=1"),
        ("netlify.toml", "a=" + "[" * 400_000),
        ("firebase.json", "\ufeff\0"),
    ],
    ids=["deep JSON", "large JSON", "deep key", "deep TOML", "no JSON"],
)
def test_hostile_configuration_is_not_judged(name: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, {"index.html": PAGE, name: text})
    reader = BuildReader(tmp_path, SITE)
    assert reader.rules.notes == [f"{tmp_path / name} is not valid, so its rules are not judged"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("staticwebapp.config.json", '{"routes": [{"route": "/b", "redirect": "/x", "methods": 1}]}'),
        ("netlify.toml", '[[redirects]]\nfrom="/b"\nto="http://["'),
        ("_redirects", "/b http://[ 301!"),
    ],
)
def test_values_of_configuration_may_be_odd(name: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, {"index.html": PAGE, name: text})
    assert BuildReader(tmp_path, SITE).read_page(ListedPage(f"{SITE}/b")) is not None


def test_the_lines_of_very_many_rules_are_found_quickly(tmp_path: Path) -> None:
    rule = '{"source": "/\\u0061/b", "destination": "/c"}'
    write(tmp_path, {"vercel.json": '{"redirects": [\n' + ",\n".join([rule] * 80_000) + "]}"})
    assert len(BuildReader(tmp_path, SITE).rules.rules) == 80_000


def test_very_many_rules_are_looked_up_quickly_and_some_are_left_out(tmp_path: Path) -> None:
    static = "".join(f"/old/{number} /new/{number}\n" for number in range(20_000))
    dynamic = "".join(f"/{number}/* /x/:splat\n" for number in range(2_001))
    write(tmp_path, {"_redirects": static + dynamic})
    reader = BuildReader(tmp_path, SITE)
    built = reader.read_page(ListedPage(f"{SITE}/old/19999"))
    assert built is not None
    assert built.fact.places["page-redirect"].line == 20_000
    assert len(reader.rules.notes) == 1


def test_redirects_are_followed_to_their_end(tmp_path: Path) -> None:
    write(tmp_path, {"c/index.html": PAGE, "_redirects": "/a /b\n/b /c/\n/x /y\n/y /x\n/z /nowhere\n"})
    reader = BuildReader(tmp_path, SITE)

    def read(url: str) -> tuple[int, str, int | None, str | None]:
        built = reader.read_page(ListedPage(f"{SITE}{url}"))
        assert built is not None
        page = built.page
        return len(page.hops or ()), page.final_url.removeprefix(SITE), page.status_code, page.error

    assert read("/a") == (2, "/c/", 200, None)
    assert read("/x")[2:] == (301, "redirect-loop")
    assert read("/z") == (1, "/nowhere", 404, None)


def test_names_are_compared_exactly(tmp_path: Path) -> None:
    write(tmp_path, {"Blog/Index.html": PAGE, "café/index.html": PAGE})
    folder = SiteFolder(tmp_path)
    assert not folder.is_file("blog/Index.html")
    assert folder.is_file("Blog/Index.html")
    assert folder.find_similar("blog/index.html") == "Blog/Index.html"
    assert folder.find_similar("cafe\u0301/index.html") == "café/index.html"
    assert folder.find_similar("none/index.html") is None
    assert folder.find_similar("Blog/Index.html") is None


def test_symbolic_links_are_followed_within_the_folder_only(tmp_path: Path) -> None:
    root = tmp_path / "dist"
    write(root, {"real/index.html": PAGE})
    write(tmp_path, {"secret.html": PAGE, "elsewhere/index.html": PAGE})
    (root / "copy").symlink_to("real")
    (root / "out.html").symlink_to(tmp_path / "secret.html")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "loop").symlink_to("loop")
    (root / "up").symlink_to(".")
    (root / "gone.html").symlink_to("nothing.html")
    reader = BuildReader(root, SITE)
    folder = reader.folder
    assert folder.is_file("copy/index.html")
    assert folder.is_file("up/up/real/index.html")
    for each in ("out.html", "out/index.html", "loop", "loop/index.html", "gone.html"):
        assert not folder.is_file(each)
    assert list(folder.iterate_files((".html",))) == ["real/index.html"]
    built = reader.read_page(ListedPage(f"{SITE}/out"))
    assert built is not None
    assert built.fact.missing is not None
    assert "symbolic link that leads out" in built.fact.missing


def test_odd_files_are_no_pages(tmp_path: Path) -> None:
    write(tmp_path, {"deep/x.html/index.html": PAGE, "bad.html": PAGE})
    (tmp_path / "bad.html").write_bytes(b"\xff\xfe\x00<html>")
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "line\nbreak\x1b[31m.html").write_text(PAGE)
    name = os.fsdecode(b"latin-\xe9.html")
    (tmp_path / name).write_text(PAGE)
    reader = BuildReader(tmp_path, SITE)
    assert "pipe.html" not in list(reader.folder.iterate_files((".html",)))
    urls = ["/pipe", "/bad", "/line%0Abreak%1B[31m", "/latin-%E9", f"/{'x' * 5000}/", f"/{'a/' * 5000}"]
    found = [reader.read_page(ListedPage(f"{SITE}{url}")) for url in urls]
    assert [each.page.error if each else "outside" for each in found] == [
        "no-file",
        None,
        None,
        None,
        "no-file",
        "no-file",
    ]


def test_only_the_beginning_of_a_huge_file_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.html").open("wb") as file:
        file.write(b"<!doctype html><html><head><title>Huge</title></head>")
        file.truncate(5 * 1024**3)
    built = BuildReader(tmp_path, SITE).read_page(ListedPage(f"{SITE}/huge"))
    assert built is not None
    assert built.page.title == "Huge"


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": PAGE, "b.html": PAGE})
    reader = BuildReader(tmp_path, SITE)
    reader.read_page(ListedPage(f"{SITE}/b"))
    # The names of the folder are known by now.
    (tmp_path / "a.html").unlink()
    built = reader.read_page(ListedPage(f"{SITE}/a"))
    assert built is not None
    assert built.page.error == "file-unreadable"


def test_configuration_above_the_project_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = '{"redirects": [{"source": "/old", "destination": "/new"}]}'
    build = tmp_path / "work" / "site" / "dist"
    write(build, {"index.html": PAGE})
    write(tmp_path, {"vercel.json": rule})
    monkeypatch.chdir(tmp_path / "work")
    assert not BuildReader(build, SITE).rules.rules
    monkeypatch.chdir(tmp_path)
    assert BuildReader(build, SITE).rules.rules
    (tmp_path / "work" / "site" / ".git").mkdir()
    assert not BuildReader(build, SITE).rules.rules


def test_pages_have_lines_and_columns(tmp_path: Path) -> None:
    lines = [
        "<!doctype html>",
        '<html><head><title>A</title><meta name="robots" content="max-snippet:5">',
        '  <META NAME="GoogleBot" CONTENT="None">',
        '  <link rel="canonical" href="/b">',
        "</head></html>",
    ]
    write(tmp_path, {"a.html": "\r\n".join(lines)})
    built = BuildReader(tmp_path, SITE).read_page(ListedPage(f"{SITE}/a"))
    assert built is not None
    places = {name: (each.line, each.column) for name, each in built.fact.places.items()}
    assert places["page-noindex"] == (3, 3)
    assert places["page-canonicalised"] == (4, 3)
    assert built.page.noindex_for == ["googlebot"]
