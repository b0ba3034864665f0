"""``sitemap urls`` over several domains, with chosen columns and extensions, in both databases."""

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import LOOPBACK
from tests.many import Many
from tests.postgres import new_database

IMAGES = "http://www.google.com/schemas/sitemap-image/1.1"
XHTML = "http://www.w3.org/1999/xhtml"

# An entry with two images, one with an image and a language, one with a pagemap that speaks of images.
GALLERY = """<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="{images}" xmlns:xhtml="{xhtml}">
<url><loc>{base}/a/0</loc><lastmod>2026-11-01</lastmod><image:image><image:loc>{base}/1.png</image:loc></image:image>
<image:image><image:loc>{base}/2.png</image:loc></image:image></url>
<url><loc>{base}/a/1</loc><image:image><image:loc>{base}/3.png</image:loc></image:image>
<xhtml:link rel="alternate" hreflang="de" href="{base}/de/a/1"/></url>
<url><loc>{base}/a/2</loc><PageMap xmlns="http://www.google.com/schemas/sitemap-pagemap/1.0">
<DataObject type="images"><Attribute name="images">x</Attribute></DataObject></PageMap></url>
</urlset>"""

PATHS = ("/a/0", "/a/1", "/a/2", "/b/0", "/b/1")


@dataclass(frozen=True, slots=True)
class Catalog:
    """Domains in a database, by what their jobs were like; others are only known."""

    program: Program
    gallery: str
    partial: str
    failing: str
    never: str

    def list(self, *arguments: object) -> Done:
        """List URLs."""
        done = self.program("urls", *arguments)
        assert done.code == 0, done.err
        return done

    @property
    def recorded(self) -> tuple[str, ...]:
        """The domains that have URLs, in the order of their names."""
        return self.gallery, self.partial, self.failing


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("catalog")
    program = Program(folder, LOOPBACK)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), program.database)
        yield from fill(program)
        return
    server = request.getfixturevalue("postgres_server")
    with new_database(server, request.getfixturevalue("postgres_template")) as (_, url):
        yield from fill(program.having(SITEMAP_DATABASE=url))


def fill(program: Program) -> Iterator[Catalog]:
    with Many.serving() as many:
        catalog = Catalog(program, *(many.host(number) for number in range(4)))
        base = f"http://{catalog.gallery}"
        many.changed[f"{base}/a.xml"] = GALLERY.format(base=base, images=IMAGES, xhtml=XHTML).encode()
        many.failing.add(catalog.partial)
        analyzed = (catalog.gallery, catalog.partial, catalog.failing)
        assert program("batch", "-", "--tag", "shop", stdin="\n".join(analyzed).encode()).code == 3
        many.down.add(catalog.failing)
        assert program("analyze", catalog.failing).code == 4
        # Neither a part of the site nor a local build is the last job of the site.
        assert program("analyze", f"{base}/b/", "--quiet").code == 0
        (program.folder / "dist").mkdir()
        shutil.copy(__file__, program.folder / "dist" / "page.py")
        (program.folder / "dist" / "sitemap.txt").write_text(f"{base}/built\n")
        assert program("analyze", "dist", "--base-url", base, "--quiet").code == 0
        assert program("domains", "add", catalog.never, "--tag", "new").code == 0
        yield catalog


def rows(done: Done) -> list[list[str]]:
    return list(csv.reader(io.StringIO(done.out, newline="")))


def test_all_domains_are_listed_with_their_last_complete_jobs(catalog: Catalog) -> None:
    done = catalog.list("--all-domains")
    expected = [
        f"{domain}\thttp://{domain}{path}"
        for domain, paths in zip(catalog.recorded, (PATHS, PATHS[:3], PATHS), strict=True)
        for path in paths
    ]
    assert done.lines == expected
    assert done.err == (
        "1 domain without a complete job: the newest that recorded something is listed; "
        "1 domain without any recorded sitemap left out\n"
    )


@pytest.mark.parametrize("form", ["csv", "jsonl", "text", "parquet"])
def test_every_format_has_a_column_for_the_domain(form: str, catalog: Catalog) -> None:
    file = catalog.program.folder / f"all.{form}"
    catalog.list("--tag", "shop", "--match", "/a/1$", "--format", form, "-o", file)
    found = [[each["domain"], each["loc"]] for each in read_table(file)]
    assert found == [[domain, f"http://{domain}/a/1"] for domain in catalog.recorded]


def read_table(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".parquet":
        table: list[dict[str, Any]] = pq.read_table(file).to_pylist()
        return table
    text = file.read_text()
    if file.suffix == ".text":
        return [dict(zip(("domain", "loc"), line.split("\t"), strict=True)) for line in text.splitlines()]
    if file.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    return Done(0, text.encode(), b"").records


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--limit", "1"], [(0, "/a/0")]),
        (["--limit", "6", "--exclude", "/a/"], [(0, "/b/0"), (0, "/b/1"), (2, "/b/0"), (2, "/b/1")]),
        (["--has", "image"], [(0, "/a/0"), (0, "/a/1")]),
        (["--has", "images,alternates"], [(0, "/a/1")]),
        (["--has", "image", "--has", "alternates"], [(0, "/a/1")]),
        (["--has", "image", "--since", "2026-01-01"], [(0, "/a/0")]),
        (["--has", "image", "--exclude", "0$", "--limit", "5"], [(0, "/a/1")]),
        (["--has", "video"], []),
        (["--section", "/b", "--sitemap", "b.xml"], [(0, "/b/0"), (0, "/b/1"), (2, "/b/0"), (2, "/b/1")]),
    ],
)
def test_filters_choose_from_all_domains(
    options: list[str], found: list[tuple[int, str]], catalog: Catalog
) -> None:
    done = catalog.list("--all-domains", "--quiet", "--columns", "loc", *options)
    assert done.lines == [f"http://{catalog.recorded[at]}{path}" for at, path in found]
    of_one = catalog.list(catalog.gallery, *options)
    assert of_one.lines == [f"http://{catalog.gallery}{path}" for at, path in found if at == 0]


def test_columns_are_chosen_and_ordered(catalog: Catalog) -> None:
    names = "section,images,alternates,lastmod_utc,loc,domain,sitemap"
    base = f"http://{catalog.gallery}"
    options = (catalog.gallery, "--columns", names, "--match", "/(a/0|a/1|b/0)$")
    head, *found = rows(catalog.list(*options, "--format", "csv"))
    assert head == names.split(",")
    time = "2026-11-01T00:00:00Z"
    assert found == [
        ["/a/", "2", "0", time, f"{base}/a/0", catalog.gallery, f"{base}/a.xml"],
        ["/a/", "1", "1", "", f"{base}/a/1", catalog.gallery, f"{base}/a.xml"],
        ["/b/", "0", "0", "", f"{base}/b/0", catalog.gallery, f"{base}/b.xml"],
    ]
    assert catalog.list(*options).lines == ["\t".join(each) for each in found]
    first, second, third = catalog.list(*options, "--format", "jsonl").records
    assert list(first) == ["section", "images", "lastmod_utc", "loc", "domain", "sitemap"]
    assert first["images"] == [{"loc": f"{base}/1.png"}, {"loc": f"{base}/2.png"}]
    assert second["alternates"] == [{"hreflang": "de", "href": f"{base}/de/a/1"}]
    assert "images" not in third


def test_columns_of_a_table_have_types(catalog: Catalog) -> None:
    file = catalog.program.folder / "typed.parquet"
    names = "images,line,lastmod_utc,priority,domain"
    catalog.list(catalog.gallery, "--columns", names, "--format", "parquet", "-o", file)
    table = pq.read_table(file)
    kinds = ["int64", "int64", "timestamp[ms, tz=UTC]", "string", "string"]
    assert [(each.name, str(each.type)) for each in table.schema] == list(
        zip(names.split(","), kinds, strict=True)
    )
    assert table["images"].to_pylist() == [2, 1, 0, 0, 0]


@pytest.mark.parametrize("columns", ["sitemap", "priority", "images,news", "domain,priority,sitemap"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "text"])
def test_each_url_is_a_row_even_if_nothing_varies(columns: str, form: str, catalog: Catalog) -> None:
    done = catalog.list(catalog.failing, "--quiet", "--columns", columns, "--format", form)
    assert len(done.lines) == len(PATHS) + (form == "csv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--columns", "loc,lastmd"], "error: unknown column (--columns lastmd): valid values: loc,"),
        (["--has", "imgae"], "error: unknown extension (--has imgae): valid values: image, video, news,"),
        (["--columns", "loc", "--format", "xml"], "error: --format xml cannot be combined with --columns"),
        (["--tag", "shop"], "error: --tag lists several domains: name no DOMAIN and no --job with it"),
        (["--all-domains"], "error: --all-domains lists several domains: name no DOMAIN and no --job"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(
    arguments: list[str], message: str, catalog: Catalog
) -> None:
    done = catalog.program("urls", catalog.gallery, *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)


def test_a_mistyped_column_is_suggested(catalog: Catalog) -> None:
    done = catalog.program("urls", catalog.gallery, "--columns", "lastmd")
    assert done.err.endswith("hint: did you mean lastmod?\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--all-domains", "--format", "xml"], "error: --format xml cannot be combined with --all-domains"),
        (["--tag", "none"], "error: no domain has this tag (none)\n"),
        (["--tag", "new"], "error: no job recorded anything (tag new)\n"),
    ],
)
def test_where_no_domain_can_be_listed_nothing_is_written(
    arguments: list[str], message: str, catalog: Catalog
) -> None:
    file = catalog.program.folder / "none.csv"
    done = catalog.program("urls", "--format", "csv", *arguments, "-o", file)
    assert (done.code, done.out, file.exists()) == (2, "", False)
    assert done.err.startswith(message)


@pytest.mark.parametrize("name", ["DOMAINS_PER_PAGE", "SITEMAPS_PER_PAGE"])
def test_domains_are_read_page_by_page(name: str, catalog: Catalog) -> None:
    small = catalog.program.waiting({f"sitemap_cli.cli.framework.url_sources.{name}": 1})
    assert small("urls", "--all-domains").out == catalog.list("--all-domains").out
