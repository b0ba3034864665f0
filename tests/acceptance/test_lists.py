"""Lists of targets in every form, from files and standard input, through every command that reads them."""

import json
from collections.abc import Iterator

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.many import Many
from tests.web import Answer, Site, gz, urlset


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
            *("check", site.netloc, "--against", *against, "--select", "SM711"),
            *("--format", "json"),
            stdin=text.encode() if stdin else b"",
        )
    (finding,) = done.json["findings"]
    told = f"{site.url}/more is in {against[0]} but in no sitemap"
    assert (finding["count"], finding["message"], done.err) == (1, told, "")


LOG = (
    '192.0.2.1 - - [28/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 123 "-" "Googlebot/2.1"\n'
    '192.0.2.1 - me [28/Nov/2026:10:00:01 +0000] "GET /b HTTP/2.0" 404 12 "http://a.example/" "Mozilla/5.0"\n'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("access.log", LOG.encode()),
        ("access", LOG.encode()),
        ("access.log.gz", gz(LOG.encode())),
        ("access.json", b'{"time":"10:00","request":"GET /a HTTP/1.1"}\n' * 3),
    ],
)
def test_an_access_log_is_refused_with_what_to_do(name: str, content: bytes, program: Program) -> None:
    (program.folder / name).write_bytes(content)
    done = program("check", "a.example", "--against", name)
    assert done.code == 2
    first, hint = done.err.splitlines()
    assert first == f"error: cannot compare with an access log ({name}): it has no URLs"
    assert hint.startswith("hint: extract its URLs: awk ")
    assert program.jobs() == []


def test_a_file_of_anything_else_is_no_list_of_urls(program: Program, site: Site) -> None:
    (program.folder / "notes.doc").write_bytes(b"\xd0\xcf\x11\xe0 no list")
    done = program("check", f"{site.url}/", "--against", "notes.doc")
    why = "it is neither a sitemap nor a list of URLs"
    assert (done.code, done.err) == (4, f"error: nothing to compare with (notes.doc): {why}\n")
