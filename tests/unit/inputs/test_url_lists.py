"""The pages in the exports of other programs are found, in every language and encoding that they write."""

import gzip
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sitemap_cli.crawl.targets import identify_domain
from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.target_list import TargetReader
from sitemap_cli.inputs.url_lists import UrlFile, extract_urls
from sitemap_cli.model.url_spellings import UrlSpellings

BASE = "https://shop.example/"
SPELLINGS = UrlSpellings()


@dataclass
class Extracted:
    """What was extracted: the file, its URLs, and what was reported."""

    file: UrlFile
    urls: list[str]
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def extract(folder: Path, name: str, data: bytes, base: str | None = BASE) -> Extracted:
    (folder / name).write_bytes(data)
    (folder / "copies").mkdir(exist_ok=True)
    notes, warnings = list[str](), list[str]()
    file = extract_urls(
        str(folder / name), folder / "copies", base, SPELLINGS, warn=warnings.append, note=notes.append
    )
    return Extracted(file, file.path.read_text().split(), notes, warnings)


def table(heads: list[str], *rows: list[str], by: str = ",", quote: str = '"', end: str = "\r\n") -> str:
    lines = [by.join(f"{quote}{each}{quote}" for each in row) for row in (heads, *rows)]
    return end.join(lines) + end


def crawl(heads: str, no: str, **form: str) -> str:
    """Return an export of Screaming Frog."""
    page, yes = "text/html; charset=UTF-8", "Indexable"
    rows = [
        ["https://shop.example/", page, "200", "OK", yes, "", "3.25"],
        ["https://shop.example/a/", page, "200", "OK", yes, "", "12.75"],
        ["https://shop.example/old", page, "404", "Not Found", no, "Client Error", "1.00"],
        ["https://shop.example/login/", page, "200", "OK", no, "noindex", "1.00"],
        ["https://shop.example/logo", "image/png", "200", "OK", yes, "", "1.00"],
    ]
    return table([*heads.split(";"), "Link Score"], *rows, **form)


# The headings and the value of a page that is not indexable, by language.
FROG = {
    "en": ("Address;Content Type;Status Code;Status;Indexability;Indexability Status", "Non-Indexable"),
    "de": (
        "Adresse;Inhaltstyp;Statuscode;Status;Indexierbarkeit;Indexierbarkeitsstatus",
        "Nicht indexierbar",
    ),
    "fr": (
        "Adresse;Type de contenu;Code de réponse;Statut;Indexabilité;Statut d'indexabilité",
        "Non indexable",
    ),
    "es": (
        "Dirección;Tipo de contenido;Código de respuesta;Respuesta;Indexabilidad;Estado de indexabilidad",
        "No indexable",
    ),
    "it": (
        "Indirizzo;Tipo di contenuto;Codice di stato;Stato;Indicizzabilità;Stato di indicizzabilità",
        "Non indicizzabile",
    ),
}
PAGES = ["https://shop.example/", "https://shop.example/a/"]
FORMS = {
    "csv": ("crawl.csv", "utf-8", {}),
    "csv with a mark": ("crawl.csv", "utf-8-sig", {}),
    "semicolons": ("crawl.csv", "utf-8-sig", {"by": ";"}),
    "without quotes": ("crawl.csv", "utf-8", {"quote": "", "end": "\n"}),
    "tsv in utf-16": ("crawl.tsv", "utf-16", {"by": "\t"}),
    "csv in utf-16": ("crawl.csv", "utf-16", {"by": "\t"}),
    "text": ("crawl.txt", "utf-8", {"by": "\t"}),
    "windows-1252": ("crawl.csv", "cp1252", {"by": ";"}),
}


@pytest.mark.parametrize("language", FROG)
@pytest.mark.parametrize("form", FORMS)
def test_screaming_frog(tmp_path: Path, language: str, form: str) -> None:
    name, codec, options = FORMS[form]
    found = extract(tmp_path, name, crawl(*FROG[language], **options).encode(codec))
    assert (found.urls, found.warnings) == (PAGES, [])
    rows = found.file.compared.left_out
    refused = {reason: (each.count, each.is_unlistable) for reason, each in rows.items()}
    assert refused == {
        "status 404": (1, True),
        "not indexable (noindex)": (1, True),
        "assets": (1, False),
    }
    assert found.notes[-1].endswith(
        "crawl" + name[5:] + ": 3 rows are left out: 1 with status 404, 1 not indexable (noindex), 1 asset"
    )


CONSOLE = [
    "Top pages,Clicks,Impressions,CTR,Position",
    "Häufigste Seiten,Klicks,Impressionen,CTR,Position",
    "Die häufigsten Seiten,Klicks,Impressionen,CTR,Position",
    "Pages les plus populaires,Clics,Impressions,CTR,Position",
    "Páginas principales,Clics,Impresiones,CTR,Posición",
    "Pagine principali,Clic,Impressioni,CTR,Posizione",
    "上位のページ,クリック数,表示回数,CTR,掲載順位",
    "Самые популярные страницы,Клики,Показы,CTR,Позиция",
    "인기 페이지,클릭수,노출,CTR,게재순위",
]


@pytest.mark.parametrize("heading", CONSOLE)
@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_search_console(tmp_path: Path, heading: str, by: str) -> None:
    rows = [[each, "100", "2000", "5.25%", "13.25"] for each in PAGES]
    text = table(heading.split(","), *rows, by=by, quote="", end="\n")
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        found = extract(tmp_path, "Seiten.csv", text.encode(codec))
        assert (found.urls, found.notes, found.warnings) == (PAGES, [], [])


def test_search_console_with_percentages_in_commas(tmp_path: Path) -> None:
    rows = "".join(f'{each},100,2000,"5,25 %","13,2"\n' for each in PAGES)
    found = extract(
        tmp_path, "Seiten.csv", f"Häufigste Seiten,Klicks,Impressionen,CTR,Position\n{rows}".encode()
    )
    assert (found.urls, found.warnings) == (PAGES, [])


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        # Ahrefs: Site Audit, and Top pages with a rank in front.
        (
            ["PR", "URL", "Organic traffic", "HTTP status code", "Content type", "Is indexable page"],
            [
                ["12.50", PAGES[0], "8.25", "200", "text/html", "true"],
                ["3.10", PAGES[1], "1.55", "200", "text/html", "true"],
                ["0.00", "https://shop.example/x", "0.00", "301", "text/html", "false"],
                ["0.00", "https://shop.example/y", "0.00", "200", "text/html", "false"],
            ],
        ),
        (
            ["#", "Traffic", "Target URL", "Referring page URL"],
            [
                ["1", "10.55", PAGES[0], "https://other.example/"],
                ["2", "9.55", PAGES[1], "https://x.example/"],
            ],
        ),
        # Sitebulb
        (
            ["URL", "Crawl Depth", "HTTP Status Code", "HTTP Status", "Content Type", "Indexable"],
            [
                [PAGES[0], "0", "200", "OK", "text/html", "Yes"],
                [PAGES[1], "1", "200", "OK", "text/html", "Yes"],
                ["https://shop.example/n", "1", "200", "OK", "text/html", "No"],
            ],
        ),
        # A heading in a language that is not known, and a canonical URL beside.
        (["Ссылка", "Каноническая"], [[PAGES[0], PAGES[0]], [PAGES[1], PAGES[1]]]),
        (["Host", "URL"], [["shop.example", PAGES[0]], ["shop.example", PAGES[1]]]),
        (["Page", "Address"], [["Home", PAGES[0]], ["Lamps", PAGES[1]]]),
    ],
)
@pytest.mark.parametrize(("name", "codec", "by"), [("a.csv", "utf-8", ","), ("a.csv", "utf-16", "\t")])
def test_other_crawlers(
    tmp_path: Path, heads: list[str], rows: list[list[str]], name: str, codec: str, by: str
) -> None:
    found = extract(tmp_path, name, table(heads, *rows, by=by).encode(codec))
    assert (found.urls, found.warnings) == (PAGES, [])


ANALYTICS = [
    "Page path and screen class",
    "Landing page + query string",
    "Seitenpfad und Bildschirmklasse",
    "Chemin de la page et classe de l'écran",
    "Ruta de la página y clase de pantalla",
    "ページパスとスクリーン クラス",
]
COMMENTS = "# ----------------\n# Pages and screens\n# Start date: 20261101\n# ----------------\n\n"


@pytest.mark.parametrize("heading", ANALYTICS)
def test_google_analytics(tmp_path: Path, heading: str) -> None:
    rows = "/,10,1.25\n/a/,5,2.25\n(not set),3,1.00\n"
    found = extract(tmp_path, "pages.csv", f"{COMMENTS}{heading},Views,Rate\n{rows}".encode())
    assert (found.urls, found.warnings) == (PAGES, [])
    assert found.notes[0].endswith("1 row is left out: 1 without a URL")
    assert found.file.has_paths


def test_google_analytics_with_hosts_and_a_row_of_sums(tmp_path: Path) -> None:
    rows = "shop.example,/,10\nblog.example,/a/,5\n,,15\n"
    found = extract(tmp_path, "pages.csv", f"{COMMENTS}Hostname,Page path,Views\n{rows}".encode())
    assert (found.urls, found.warnings) == ([PAGES[0], "https://blog.example/a/"], [])


def test_urls_without_a_scheme(tmp_path: Path) -> None:
    text = "Full page URL,Views\nshop.example/,10\nshop.example/a/,5\n"
    assert extract(tmp_path, "pages.csv", text.encode()).urls == PAGES
    assert extract(tmp_path, "pages.txt", b"shop.example/\nshop.example/a/\n").urls == PAGES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("list.json", PAGES),
        ("rows.json", {"rows": [{"keys": [each], "clicks": 3} for each in PAGES]}),
        (
            "pages.json",
            [{"url": each, "status": 200} for each in [*PAGES]]
            + [{"url": "https://x.example", "status": 404}],
        ),
        ("hosts.json", {"results": [{"host": "shop.example", "url": each} for each in PAGES]}),
    ],
)
def test_json(tmp_path: Path, name: str, value: object) -> None:
    for indent in (None, 2):
        found = extract(tmp_path, name, json.dumps(value, indent=indent).encode())
        assert (found.urls, found.warnings) == (PAGES, [])


def test_json_that_is_nested_too_deeply_is_no_list_and_takes_no_time(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no URL in the list"):
        extract(tmp_path, "deep.json", b'{"a":' * 200_000)


def test_json_lines(tmp_path: Path) -> None:
    rows = [{"loc": each, "status_code": 200} for each in PAGES] + [{"loc": f"{BASE}b", "status_code": 410}]
    text = "\n".join(map(json.dumps, rows))
    for name in ("pages.jsonl", "pages.ndjson", "pages.txt"):
        found = extract(tmp_path, name, text.encode())
        assert (found.urls, found.warnings, list(found.file.compared.left_out)) == (PAGES, [], ["status 410"])


def test_assets_are_left_out_of_plain_lists(tmp_path: Path) -> None:
    lines = [*PAGES, f"{BASE}a.css?v=1", f"{BASE}logo.png", f"{BASE}robots.txt"]
    for name in ("urls.txt", "urls", "urls.csv"):
        found = extract(tmp_path, name, "\n".join(lines).encode())
        assert found.urls == PAGES
        assert found.notes == [f"{tmp_path / name}: 3 rows are left out: 3 assets"]


TIME = "[27/Nov/2026:10:00:00 +0000]"


def write_log(prefix: str = "") -> str:
    requests = ["/ 200", "/a/ 200", "/a/ 200", "/gone 404", "/gone 404", "/moved 301", "/x.css 200", "/e 500"]
    pairs = [each.split() for each in requests]
    return "".join(
        f'{prefix}1.2.3.4 - - {TIME} "GET {path} HTTP/1.1" {code} 5 "-" "x"\n' for path, code in pairs
    )


@pytest.mark.parametrize("prefix", ["", "shop.example:443 "])
@pytest.mark.parametrize("name", ["access.log", "access.log.gz", "access.log.1"])
def test_logs(tmp_path: Path, name: str, prefix: str) -> None:
    data = write_log(prefix).encode()
    found = extract(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
    assert (found.urls, found.warnings, found.file.compared.is_log) == (PAGES, [], True)
    rows = found.file.compared.left_out
    assert {reason: (each.count, len(each.pages)) for reason, each in rows.items()} == {
        "status 404": (2, 1),
        "status 3xx": (1, 0),
        "status 5xx": (1, 0),
        "assets": (1, 0),
    }


def test_a_list_of_paths_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        extract(tmp_path, "paths.txt", b"/a\n/b\n", base=None)
    assert raised.value.what == "no URL in the list"


@pytest.mark.parametrize("name", ["sitemap.xml", "page.html"])
def test_documents_are_left_to_their_parser(tmp_path: Path, name: str) -> None:
    found = extract(tmp_path, name, b"<?xml version='1.0'?><urlset/>")
    assert found.file.path == tmp_path / name


def test_a_spreadsheet_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        extract(tmp_path, "crawl.xlsx", b"PK\x03\x04" + bytes(100))
    assert raised.value.hint == "save it as CSV"


def list_domains(path: Path) -> tuple[list[str], list[str]]:
    """Return the domains that a list names, as `sitemap domains import` reads them, and the warnings."""
    warnings = list[str]()
    reader = TargetReader(
        str(path), None, warn=warnings.append, note=lambda _: None, identify=identify_domain
    )
    return [each.target.domain for each in reader], warnings


@pytest.mark.parametrize("language", FROG)
@pytest.mark.parametrize("form", FORMS)
def test_a_crawl_is_a_list_of_domains_too(tmp_path: Path, language: str, form: str) -> None:
    name, codec, options = FORMS[form]
    (tmp_path / name).write_bytes(crawl(*FROG[language], **options).encode(codec))
    assert list_domains(tmp_path / name) == (["shop.example"], [])


@pytest.mark.parametrize("heading", CONSOLE)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_an_export_of_search_console_is_a_list_of_domains_too(
    tmp_path: Path, heading: str, codec: str
) -> None:
    rows = [[each, "100", "2000", "5.25%", "13.25"] for each in PAGES]
    text = table(heading.split(","), *rows, by="\t", quote="", end="\n")
    (tmp_path / "Seiten.tsv").write_bytes(text.encode(codec))
    assert list_domains(tmp_path / "Seiten.tsv") == (["shop.example"], [])


def test_rows_of_an_api_are_a_list_of_domains_too(tmp_path: Path) -> None:
    value = {"rows": [{"keys": [each], "clicks": 3} for each in PAGES]}
    (tmp_path / "rows.json").write_text(json.dumps(value))
    assert list_domains(tmp_path / "rows.json") == (["shop.example"], [])


def test_the_virtual_hosts_of_a_log_are_a_list_of_domains_too(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(write_log("shop.example:443 ") + write_log("blog.example:8080 "))
    assert list_domains(tmp_path / "access.log") == (["shop.example", "blog.example:8080"], [])


def test_a_log_without_hosts_is_no_list_of_domains(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(write_log())
    with pytest.raises(UsageError) as raised:
        list_domains(tmp_path / "access.log")
    assert raised.value.why == "it is an access log whose requests name no host"


def test_the_pages_in_the_zip_file_of_search_console(tmp_path: Path) -> None:
    tables = {
        "Chart.csv": "Date,Clicks\n2026-11-01,3\n",
        "Queries.csv": "Top queries,Clicks\nlamps,3\n",
        "Pages.csv": "Top pages,Clicks\n" + "".join(f"{each},3\n" for each in PAGES),
    }
    with zipfile.ZipFile(tmp_path / "Performance.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    data = (tmp_path / "Performance.zip").read_bytes()
    found = extract(tmp_path, "Performance.zip", data)
    assert (found.urls, found.warnings) == (PAGES, [])
    assert list_domains(tmp_path / "Performance.zip") == (["shop.example"], [])


@pytest.mark.parametrize("cut", [60, 1])
def test_a_damaged_zip_file_is_refused(tmp_path: Path, cut: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Pages.csv", "\n".join(PAGES))
    with pytest.raises(UsageError):
        extract(tmp_path, "b.zip", (tmp_path / "a.zip").read_bytes()[:-cut])
