"""What every command prints as JSON is valid by its JSON Schema, and has no field that is not documented."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sitemap_cli.model.json_documents import JsonDocument, list_json_documents
from sitemap_cli.output.json_schema import build_schema, format_reference, list_structs
from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.web import Answer, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

ROOT = Path(__file__).parents[2]
DOCUMENTS = list(list_json_documents())
OPEN = {"UrlLine", "ListedUrl", "DiffChange", "ChangedLine"}
"""Objects to which extensions add fields of their own."""

LINES = {
    "parse": {"url", "sitemap", "problem", "summary", "total"},
    "robots": {"sitemap", "group", "problem", "test"},
    "probe-line": {"page", "summary"},
    "indexnow-line": {"batch", "summary"},
    "diff-line": {"added", "removed", "changed", "summary"},
}
"""The kinds of lines that the commands of this test print."""

BROKEN = b"""<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://a.example/1</loc><lastmod>2026-01-02</lastmod><changefreq>daily</changefreq>
  <priority>0.8</priority></url>
<url><loc>/relative</loc><image:image><image:loc>https://a.example/1.png</image:loc></image:image></url>
</urlset>"""
INDEX = b"""<?xml version="1.0"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/a.xml</loc><lastmod>2026-01-02</lastmod></sitemap></sitemapindex>"""
ROBOTS = b"User-agent: *\nCrawl-delay: 2\nDisallow: /private\nAllow\n\nUser-agent: b\n\nSitemap: https://a.example/s.xml\n"

Printed = Mapping[str, list[Any]]
"""What the commands printed, by the names of the documents; of JSON Lines all lines."""


def print_documents(program: Program) -> Printed:
    for name, data in {"broken.xml": BROKEN, "index.xml": INDEX, "robots.txt": ROBOTS}.items():
        (program.folder / name).write_bytes(data)
    robots = ("robots", "robots.txt", "--base-url", "https://a.example/", "--test", "/private", "--test", "/")
    return {
        "parse": [
            *program("parse", "broken.xml", "--format", "jsonl").records,
            *program("parse", "broken.xml", "index.xml", "--format", "jsonl").records,
        ],
        "robots": program(*robots, "--format", "jsonl").records,
        "rule": [
            program("rules", "show", "SM303", "--format", "json").json,
            *program("rules", "show", "SM303", "SM304", "--format", "jsonl").records,
        ],
        "rules": [program("rules", "list", "--format", "json").json],
        "rules-line": program("rules", "list", "--format", "jsonl").records,
        "database": [program("db", "info", "--format", "json").json],
        "database-check": [program("db", "check", "--format", "json").json],
    }


def print_jobs(program: Program, site: Site) -> Printed:
    whole = program("analyze", f"{site.url}/", "--format", "json").json
    probes = program("probe", site.netloc, "--format", "jsonl").records
    probe = program("probe", site.netloc, "--format", "json").json
    pages = [f"{site.url}/page-{number}" for number in (0, 2, 3)]
    site.routes["/a.xml"] = Answer(urlset(*pages, lastmod="2026-01-03", changefreq="daily", priority="0.7"))
    program("analyze", f"{site.url}/")
    difference = program("diff", site.netloc, "--format", "json").json
    changes = program("diff", site.netloc, "--format", "jsonl").records
    site.routes["/b.xml.gz"] = Answer(status=500)
    partial = program("analyze", f"{site.url}/", "--format", "jsonl").records
    job_id = partial[0]["job_id"]
    return {
        "analyze": [whole],
        "job": partial,
        "job-document": [program("jobs", "show", job_id, "--format", "json").json],
        "probe": [probe],
        "probe-line": probes,
        "check": [program("check", "--job", job_id, "--format", "json").json],
        "check-line": program("check", "--job", job_id, "--format", "jsonl").records,
        "prune": [
            program("jobs", "prune", "--keep", "1", *options, "--format", "json").json
            for options in (("--dry-run",), ())
        ],
        "diff": [difference],
        "diff-line": changes,
        "report": [program("report", site.netloc, "--format", "json").json],
        "tree": [program("tree", site.netloc, "--format", "json").json],
        "urls": program("urls", site.netloc, "--format", "jsonl").records,
    }


def print_catalog(program: Program, site: Site) -> Printed:
    (program.folder / "list.txt").write_text(f"{site.netloc}\nmissing.invalid\n")
    results = program("batch", "list.txt", "--format", "jsonl").records
    program("domains", "add", "b.example", "--tag", "x", "--note", "a note")
    program(
        "domains", "set", "b.example", "--delay", "2", "--user-agent", "me", "--header-from", "X-A=VARIABLE"
    )
    batches = program("batch", "list", "--format", "json").json
    names = ("b.example", site.netloc)
    return {
        "job": results,
        "jobs": [program("jobs", "list", "--format", "json").json],
        "jobs-line": program("jobs", "list", "--format", "jsonl").records,
        "batches": [batches],
        "batches-line": program("batch", "list", "--format", "jsonl").records,
        "batch-row": program("batch", "show", batches[0]["batch_id"], "--format", "jsonl").records,
        "batch": [program("batch", "show", batches[0]["batch_id"], "--format", "json").json],
        "domain": [program("domains", "show", name, "--format", "json").json for name in names],
        "domain-job": [
            row for name in names for row in program("domains", "show", name, "--format", "jsonl").records
        ],
        "domains": [program("domains", "list", "--format", "json").json],
        "domains-line": program("domains", "list", "--format", "jsonl").records,
        "database": [program("db", "info", "--format", "json").json],
    }


def print_submissions(program: Program, site: Site) -> Printed:
    key = "73134416ae45434d98edc086e0bf6740"
    site.routes |= {f"/{key}.txt": Answer(key.encode()), "/indexnow": Answer()}
    words = ("indexnow", site.netloc, "--key", key, "--all", "--endpoint", f"{site.url}/indexnow")
    return {
        "indexnow": [program(*words, "--format", "json").json],
        "indexnow-line": program(*words, "--again", "--format", "jsonl").records,
        "submissions": [program("indexnow", site.netloc, "--history", "--format", "json").json],
        "submissions-line": program("indexnow", site.netloc, "--history", "--format", "jsonl").records,
    }


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that allows no other fields than those it describes."""
    for name, definition in schema["$defs"].items():
        if "properties" in definition and name not in OPEN:
            definition["additionalProperties"] = False
    return schema


def print_everything(program: Program) -> Printed:
    """Run every command that prints JSON, over a small site and in its database."""
    printed: dict[str, list[Any]] = {}
    with Site() as site:
        furnish(site)
        parts = [print_documents(program), print_jobs(program, site), print_catalog(program, site)]
        for part in [*parts, print_submissions(program, site)]:
            for name, values in part.items():
                printed.setdefault(name, []).extend(values)
    return printed


def test_what_is_printed_is_valid_and_documented(program: Program) -> None:
    printed = print_everything(program)
    faults = []
    for document in DOCUMENTS:
        validator = Draft202012Validator(closed(build_schema(document)))
        assert printed[document.name], document.name
        for value in printed[document.name]:
            faults += [f"{document.name}: {error.message}" for error in validator.iter_errors(value)]
    assert faults == []
    assert {name: {value["type"] for value in printed[name]} for name in LINES} == LINES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_schema_is_a_schema_and_says_what_each_field_means(document: JsonDocument) -> None:
    schema = build_schema(document)
    Draft202012Validator.check_schema(schema)
    for struct in list_structs(document.type_):
        fields = schema["$defs"][struct.__name__]["properties"]
        assert [name for name, field in fields.items() if not field.get("description")] == []


def test_a_schema_is_printed_by_its_name_or_by_the_field_of_a_document(program: Program) -> None:
    by_name, by_field = program("schema", "check"), program("schema", "sitemap/check/1")
    assert (by_name.code, by_name.json) == (0, by_field.json)
    assert by_name.json["$ref"] == "#/$defs/CheckDocument"


def test_without_a_name_the_names_are_listed(program: Program) -> None:
    done = program("schema")
    assert {line.split()[0] for line in done.lines[1:]} == {each.name for each in DOCUMENTS}


def test_an_unknown_name_is_a_mistake(program: Program) -> None:
    done = program("schema", "nothing")
    assert (done.code, done.out) == (2, "")


def test_the_reference_page_is_up_to_date(program: Program) -> None:
    page = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    assert page == f"{format_reference(DOCUMENTS)}\n"
    assert page == program("schema", "--format", "markdown").out
