"""Lists of targets in every form, from files and standard input, through every command that reads them."""

import gzip
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.many import Many
from tests.web import Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")


@pytest.fixture
def parts() -> Iterator[Site]:
    with Site() as site:
        for path in ("/de/sitemap.xml", "/fr/sitemap.xml"):
            site.routes[path] = Answer(urlset(f"{site.url}{path}/a"))
        yield site


def test_other_urls_of_a_host_are_other_targets(program: Program, parts: Site) -> None:
    lines = [f"{parts.url}/de/sitemap.xml", f"{parts.url}/fr/sitemap.xml", f"{parts.url}/de/sitemap.xml"]
    done = program("batch", "-", "--format", "jsonl", stdin="\n".join(lines).encode())
    assert (done.code, done.err) == (0, f"line 3: {lines[0]} again, as in line 1\n")
    assert {(each["target"], each["verdict"]) for each in done.records} == {(each, "ok") for each in lines}
    retried = program("jobs", "retry", "--verdict", "ok", "--format", "jsonl")
    assert {each["target"] for each in retried.records} == set(lines)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array_is_a_list(program: Program, many: Many, indent: int | None) -> None:
    hosts = [many.host(n) for n in range(3)]
    (program.folder / "sites.json").write_text(
        json.dumps([f"http://{each}/" for each in hosts], indent=indent)
    )
    done = program("batch", "sites.json", "--format", "jsonl")
    assert (done.code, done.err) == (0, "")
    assert {each["domain"] for each in done.records} == set(hosts)
    assert program("domains", "import", "sites.json").code == 0


def test_a_list_of_targets_comes_from_standard_input(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(2)]
    done = program("analyze", "-", "--format", "jsonl", stdin=" ".join(hosts).encode())
    assert (done.code, [each["domain"] for each in done.records]) == (0, hosts)
    done = program("check", "-", "--format", "json", stdin="\n".join([*hosts, "not a domain"]).encode())
    assert done.err == "warning: line 3: more than one word (not a domain)\n"
    assert (done.code, len(program.jobs())) == (3, 4)
    done = program("probe", "-", "--all", "--format", "jsonl", stdin=json.dumps(hosts).encode())
    assert [each["domain"] for each in done.records if each["type"] == "summary"] == hosts
    assert "-" not in {job["domain"] for job in program.jobs()}


@pytest.mark.parametrize("command", [("analyze", "-"), ("check", "-"), ("probe", "-"), ("batch", "-")])
def test_an_empty_list_on_standard_input_requests_nothing(program: Program, command: tuple[str, ...]) -> None:
    done = program(*command)
    assert (done.code, done.err) == (2, "error: no domain in the list (-)\n")
    done = program("check", "-", "-", stdin=b"a.example")
    assert (done.code, done.err) == (2, "error: standard input can be read only once (-)\n")


@pytest.mark.parametrize(
    "command", [("batch",), ("domains", "import"), ("parse",), ("check", "127.0.0.1", "--against")]
)
def test_a_missing_file_is_a_usage_error(program: Program, command: tuple[str, ...]) -> None:
    done = program(*command, "missing.txt")
    assert done.code == 2
    assert "(missing.txt)" in done.err
    assert "No such file" in done.err


def test_unusable_lines_are_shown_readable_and_not_all_of_them(program: Program, many: Many) -> None:
    lines = [many.host(1), *["M\u00fcller & S\u00f6hne"] * 3000]
    done = program("batch", "-", "--quiet", stdin="\n".join(lines).encode())
    told = done.err.splitlines()
    assert told[0] == "warning: line 2: more than one word (M\u00fcller & S\u00f6hne)"
    assert told[-1] == "warning: and 2,980 more lines that name no domain"
    assert (done.code, len(told)) == (3, 21)


def test_a_list_a_batch_and_a_tag_are_checked_in_one_run(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(2)]
    (program.folder / "list.csv").write_text("".join(f"{each},shop\n" for each in hosts))
    done = program("check", "list.csv", "--format", "json")
    assert [each["domain"] for each in done.json["targets"]] == hosts
    assert {each["domain"] for each in done.json["findings"]} <= {*hosts}
    assert program("batch", "list.csv", "--quiet").code == 0
    (batch,) = program("batch", "list", "--format", "json").json
    asked = len(many.server.hits)
    done = program("check", "--batch", batch["batch_id"], "--format", "json")
    assert (done.code, [each["domain"] for each in done.json["targets"]]) == (0, hosts)
    assert len(many.server.hits) == asked
    assert program("domains", "tag", hosts[0], "shop").code == 0
    done = program("check", "--tag", "shop", "--format", "json")
    assert [each["domain"] for each in done.json["targets"]] == hosts[:1]


def test_a_list_of_pages_of_one_site_is_a_sitemap(program: Program) -> None:
    (program.folder / "sitemap.txt").write_text("https://a.example/1\nhttps://a.example/2\n")
    done = program("check", "sitemap.txt")
    assert done.code == 2
    assert "needs a base URL" in done.err


EXPORTS = {
    "array.json": json.dumps(["{}/page-0", "{}/page-1", "{}/page-2", "{}/old", "{}/more"]),
    "lines.jsonl": "\n".join(
        json.dumps({"url": f"{{}}/{n}"}) for n in ("page-0", "page-1", "page-2", "old", "more")
    ),
    "spider.csv": '"Address","Status"\n"{}/page-0","200"\n"{}/page-1",""\n{}/page-2,\n{}/old,\n{}/more,',
    "pages.tsv": "Top pages\tClicks\n{}/page-0\t7\n{}/page-1\t\n{}/page-2\t\n{}/old\t\n{}/more\t",
    "commas.txt": "{}/page-0,{}/page-1,{}/page-2,{}/old,{}/more",
    "plain.txt": "{}/page-0\n{}/page-1\n{}/page-2\n{}/old\n{}/more\n",
    "blanks.txt": "{}/page-0 {}/page-1 {}/page-2 {}/old {}/more",
}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("stdin", [False, True])
def test_a_site_is_compared_with_a_list_of_urls(program: Program, name: str, *, stdin: bool) -> None:
    with Site() as site:
        furnish(site)
        text = EXPORTS[name].replace("{}", site.url)
        (program.folder / name).write_text(text)
        against = ("-",) if stdin else (name,)
        done = program(
            *("check", site.netloc, "--against", *against, "--select", "SM713"),
            *("--format", "json"),
            stdin=text.encode() if stdin else b"",
        )
    (finding,) = done.json["findings"]
    told = f"in {against[0]} but in no sitemap"
    assert (finding["count"], finding["message"], done.err) == (1, told, "")
    assert finding["loc"] == f"{site.url}/more"


@pytest.mark.parametrize("name", ["access.json", "access.log"])
def test_a_log_in_another_format_is_refused_with_what_to_do(name: str, program: Program) -> None:
    (program.folder / name).write_bytes(b'{"time":"10:00","request":"GET /a HTTP/1.1"}\n' * 3)
    done = program("check", "a.example", "--against", name)
    first, hint = done.err.splitlines()
    assert (done.code, first) == (2, f"error: not a log in a known format ({name})")
    assert hint.startswith("hint: extract its URLs")
    assert program.jobs() == []


def test_a_file_of_anything_else_is_no_list_of_urls(program: Program, site: Site) -> None:
    (program.folder / "notes.doc").write_bytes(b"\xd0\xcf\x11\xe0 no list")
    done = program("check", f"{site.url}/", "--against", "notes.doc")
    why = "it is neither a sitemap nor a list of URLs"
    assert (done.code, done.err) == (4, f"error: nothing to compare with (notes.doc): {why}\n")


URLS = ("/a", "/\u043a\u043e\u0442", "/new")
"""A page that the site lists, another one with letters beyond ASCII, and one that it does not list."""


def write_lines(site: str) -> str:
    return "".join(f"{site}{path}\n" for path in URLS)


def write_table(site: str) -> str:
    return "Name;URL\n" + "".join(f"\u0451;{site}{path}\n" for path in URLS)


def write_array(site: str) -> str:
    return json.dumps([f"{site}{path}" for path in URLS], ensure_ascii=False)


def write_log(site: str) -> str:
    line = '1.2.3.4 - - [28/Nov/2026:10:00:00 +0000] "{} {} HTTP/1.1" {} 12 "-" "x"\n'
    done = [("GET", path, 200) for path in (*map(quote, URLS), "/a")]
    return "".join(line.format(*each) for each in [*done, ("POST", "/form", 200), ("GET", "/gone", 404)])


LISTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "utf-8": ("utf-8", bytes),
    "a mark": ("utf-8-sig", bytes),
    "utf-16": ("utf-16", bytes),
    "utf-16-le": ("utf-16-le", bytes),
    "utf-16-be": ("utf-16-be", bytes),
    "utf-32": ("utf-32", bytes),
    "gzip": ("utf-8", gzip.compress),
}


@pytest.fixture
def cats() -> Iterator[Site]:
    with Site() as site:
        site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/sitemap.xml".encode())
        site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a", f"{site.url}/\u043a\u043e\u0442"))
        yield site


FORMS = [
    *((write, form) for write in (write_lines, write_table, write_array) for form in LISTS),
    *((write_log, form) for form in ("utf-8", "gzip")),
]


@pytest.mark.parametrize(("write", "form"), FORMS)
def test_a_list_to_compare_with_is_read_in_every_encoding(
    program: Program, cats: Site, write: Callable[[str], str], form: str
) -> None:
    codec, pack = LISTS[form]
    name = {write_table: "list.csv", write_array: "list.json"}.get(write, "list.txt")
    name += ".gz" if form == "gzip" else ""
    (program.folder / name).write_bytes(pack(write(cats.url).encode(codec)))
    options = ("--against", name, "--select", "SM713", "--format", "json")
    done = program("check", f"{cats.url}/", *options)
    left_out = f"{name}: 2 requests are left out: 1 with another method than GET, 1 with status 404\n"
    assert (done.code, done.err) == (0, left_out if write is write_log else "")
    assert [each["loc"] for each in done.json["findings"]] == [f"{cats.url}/new"]
    assert "sitemap-" not in str(program.jobs())


@pytest.mark.parametrize(
    ("codec", "letters"),
    [("windows-1251", "\u043a\u043e\u0442"), ("gbk", "\u4e2d\u56fd"), ("shift_jis", "\u65e5\u672c")],
)
@pytest.mark.parametrize("name", ["list.txt", "list.csv", "list.json"])
def test_a_url_in_an_unknown_encoding_is_reported_with_its_line(
    program: Program, cats: Site, name: str, codec: str, letters: str
) -> None:
    urls = [f"{cats.url}/a", f"{cats.url}/{letters}"]
    text = json.dumps(urls, ensure_ascii=False, indent=0) if "json" in name else "\n".join(["URL", *urls])
    (program.folder / name).write_bytes(text.replace("URL\n", "URL\n" if "csv" in name else "").encode(codec))
    done = program("check", f"{cats.url}/", "--against", name, "--select", "SM713", "--format", "json")
    line = 2 if name == "list.txt" else 3
    assert (done.code, f"warning: {name}: line {line}: not in UTF-8 (" in done.err) == (3, True)
    for command in (("domains", "import", name), ("batch", name, "--format", "jsonl")):
        imported = program(*command)
        assert imported.code == 3
        assert f"line {line}: not in UTF-8 (" in imported.err


def test_a_list_that_is_cut_is_compared_with_a_warning(program: Program, cats: Site) -> None:
    (program.folder / "list.txt.gz").write_bytes(gzip.compress(write_lines(cats.url).encode() * 500)[:-9])
    done = program("check", f"{cats.url}/", "--against", "list.txt.gz", "--select", "SM713")
    assert (done.code, "list.txt.gz was read in part" in done.err) == (3, True)
