"""Every command understands every word for a site, whichever of them was analyzed."""

import json
from collections.abc import Iterator

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Hit, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

HOSTS = ("shop.test", "shop.test.", "xn--mller-kva.test")
PATHS = ("/", "/blog/", "/blog/a", "/c")
# Words for the whole site, by its host and port.
WHOLE = (
    "shop.test:{port}",
    "shop.test:{port}/",
    "http://shop.test:{port}",
    "http://shop.test:{port}/",
    "HTTP://SHOP.test:{port}",
    "Shop.TEST:{port}",
    "shop.test.:{port}",
    "http://shop.test.:{port}/",
    "  shop.test:{port} ",
    "http://shop.test:{port}/#top",
    "http://user:secret@shop.test:{port}/",
    "m\u00fcller.test:{port}",
    "http://M\u00dcLLER.test:{port}/",
    "xn--mller-kva.test:{port}",
)
PARTS = ("http://shop.test:{port}/blog", "shop.test:{port}/blog", "shop.test:{port}/blog/")
FILES = (
    "http://shop.test:{port}/sitemap.xml",
    "shop.test:{port}/sitemap.xml",
    "http://shop.test:{port}/robots.txt",
)


@pytest.fixture
def shop() -> Iterator[Site]:
    def list_sitemap(hit: Hit) -> Answer:
        return Answer(f"Sitemap: http://{hit.host}/sitemap.xml\n".encode())

    def list_pages(hit: Hit) -> Answer:
        return Answer(urlset(*(f"http://{hit.host}{path}" for path in PATHS)))

    with Site() as site:
        site.routes["/robots.txt"], site.routes["/sitemap.xml"] = list_sitemap, list_pages
        for path in PATHS:
            site.routes[path] = Answer(b"<!doctype html><title>Lamps</title>")
        yield site


def resolve(site: Site) -> list[str]:
    return [word for host in HOSTS for word in ("--resolve", f"{host}:{site.port}:127.0.0.1")]


def read_all(program: Program, site: Site, word: str) -> dict[str, Done]:
    """Run every command that takes a target, after the site was analyzed."""
    return {
        "check": program("check", word, *resolve(site), "--select", "SM303", "--format", "json"),
        "probe": program("probe", word, *resolve(site), "--all", "--format", "jsonl"),
        "urls": program("urls", word),
        "tree": program("tree", word),
        "jobs": program("jobs", "list", "--domain", word, "--format", "jsonl"),
        "domains": program("domains", "show", word, "--format", "json"),
        "robots": program("robots", word, *resolve(site)),
    }


@pytest.mark.parametrize(
    ("word", "pages"),
    [*((each, 4) for each in WHOLE), *((each, 2) for each in PARTS), *((each, 4) for each in FILES)],
)
def test_every_command_takes_what_analyze_takes(program: Program, shop: Site, word: str, pages: int) -> None:
    word = word.format(port=shop.port)
    analyzed = program("analyze", word, *resolve(shop), "--format", "json")
    assert (analyzed.code, analyzed.json["results"][0]["totals"]["urls"]) == (0, pages), analyzed.err
    done = read_all(program, shop, word)
    assert {name: each.code for name, each in done.items()} == dict.fromkeys(done, 0), done
    assert len(done["urls"].lines) == pages
    assert done["probe"].records[-1]["answered"] == pages
    assert len(done["jobs"].records) == 2
    assert done["check"].json["targets"][0]["urls"] == pages


@pytest.mark.parametrize("word", [*WHOLE[:-3], *PARTS, *FILES])
def test_a_site_is_found_by_another_word_than_it_was_analyzed_by(
    program: Program, shop: Site, word: str
) -> None:
    analyzed = program("analyze", f"shop.test:{shop.port}", *resolve(shop), "--quiet")
    assert analyzed.code == 0
    word = word.format(port=shop.port)
    for command in (
        ("urls", word),
        ("tree", word),
        ("jobs", "list", "--domain", word, "--format", "jsonl"),
        ("domains", "show", word),
        ("probe", word, *resolve(shop), "--all", "--quiet"),
    ):
        done = program(*command)
        assert (done.code, bool(done.out) or "--quiet" in command) == (0, True), (command, done.err)


@pytest.mark.parametrize("word", ["http://shop.test:{port}/", "SHOP.test.:{port}"])
def test_the_catalog_takes_the_url_of_a_site_but_not_of_a_part(
    program: Program, shop: Site, word: str
) -> None:
    name = f"shop.test:{shop.port}"
    assert program("domains", "add", name).code == 0
    word = word.format(port=shop.port)
    assert program("domains", "note", word, "lamps").code == 0
    assert program("domains", "tag", word, "shop").code == 0
    (shown,) = program("domains", "list", "--format", "json").json
    assert (shown["domain"], shown["note"], shown["tags"]) == (name, "lamps", ["shop"])
    assert program("domains", "remove", f"{name}/blog", "--yes").code == 2
    assert json.loads(program("domains", "list", "--format", "json").out)
    assert program("domains", "remove", word, "--yes").code == 0
