"""``sitemap diff``: what changed between two recorded jobs, or between two files, folders or sites."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Program
from tests.patience import PATIENCE
from tests.web import Answer, Site, index, robots, urlset

SHOP = "https://shop.test"
FIRST = ["/a", "/b", "/products/1"]
SECOND = ["/b", "/products/1", "/products/2", "/products/3"]


def write(folder: Path, name: str, *paths: str, **fields: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(urlset(*(f"{SHOP}{each}" for each in paths), **fields))
    return path


def analyze(program: Program, *paths: str, **fields: str) -> str:
    write(program.folder / "dist", "sitemap.xml", *paths, **fields)
    done = program("analyze", "./dist", "--base-url", SHOP, "--format", "jsonl")
    assert done.code == 0, done.err
    return str(done.records[0]["job_id"])


def strip(urls: list[str]) -> list[str]:
    return [each.removeprefix(SHOP) for each in urls]


def diff(program: Program, *arguments: object) -> Any:
    done = program("diff", *arguments, "--format", "json")
    assert done.code == 0, done.err
    return done.json


def test_the_last_two_jobs_are_compared_or_those_that_are_named(shared: Program) -> None:
    first, second = analyze(shared, *FIRST), analyze(shared, *SECOND)
    third = analyze(shared, *SECOND, priority="0.5")
    found = diff(shared, "./dist")
    assert (found["from"], found["to"]) == (second, third)
    assert found["counts"] == {"added": 0, "removed": 0, "changed": 4, "unchanged": 0}
    found = diff(shared, "./dist", "--from", first, "--to", second)
    assert (strip(found["added"]), strip(found["removed"])) == (["/products/2", "/products/3"], ["/a"])
    assert found["counts"] == {"added": 2, "removed": 1, "changed": 0, "unchanged": 2}
    found = diff(shared, "./dist", "--from", first, "--section", "products")
    assert (found["section"], found["counts"]["removed"], found["counts"]["unchanged"]) == ("products", 0, 0)
    assert [(each["prefix"], each["from"], each["to"]) for each in found["sections"]] == [
        ("/products/", 1, 3)
    ]
    backwards = shared("diff", "./dist", "--from", third, "--to", first)
    assert backwards.code == 2
    assert "the older job is newer than the other one" in backwards.err


def test_a_first_run_has_nothing_to_compare_with(program: Program) -> None:
    analyze(program, *FIRST)
    done = program("diff", "./dist")
    assert done.code == 2
    assert "error: nothing to compare with (shop.test): first run: the job from " in done.err


def test_a_note_says_why_nothing_can_differ(program: Program) -> None:
    analyze(program, *FIRST)
    job_id = analyze(program, *SECOND)
    same = program("diff", "./dist", "--from", "today", "--to", "today")
    assert (same.code, same.err) == (0, f"both are job {job_id}, so nothing can differ\n")
    alone = program("diff", "./dist", "--from", "today")
    assert (alone.code, alone.err) == (0, f"both are job {job_id}, as there is no newer complete one\n")
    nothing = program("diff", "./dist", "--section", "/nowhere")
    assert (nothing.code, nothing.err) == (0, "neither lists a URL below /nowhere\n")
    assert program("diff", "./dist", "--section", "/products").err == ""
    assert program("jobs", "prune", "--keep", "1").code == 0
    pruned = program("diff", "./dist")
    assert (pruned.code, "(shop.test): older jobs were removed: the job from " in pruned.err) == (2, True)


def test_a_job_that_was_read_in_part_is_refused_unless_it_is_wanted(program: Program, site: Site) -> None:
    robots(site, f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(f"{site.url}/1.xml", f"{site.url}/2.xml"))
    for number in (1, 2):
        site.routes[f"/{number}.xml"] = Answer(urlset(f"{site.url}/{number}", f"{site.url}/both"))
    program("analyze", site.url)
    site.routes["/1.xml"] = Answer(urlset(f"{site.url}/1", f"{site.url}/new"))
    site.routes["/2.xml"] = Answer(status=500)
    partial = program("analyze", site.url, "--format", "jsonl").records[0]["job_id"]
    refused = program("diff", site.netloc, "--to", partial)
    assert (refused.code, refused.out) == (2, "")
    assert "the job is not complete" in refused.err
    assert "--partial" in refused.err
    done = program("diff", site.netloc, "--partial", "--format", "json")
    assert done.json["added"] == [f"{site.url}/new"]
    assert (done.json["removed"], done.json["counts"]["removed"], done.json["partial"]) == ([], None, True)
    assert f"job {partial} was read in part: removed URLs are not known" in done.err


def test_the_exit_code_says_whether_something_differs(program: Program) -> None:
    one, other = write(program.folder, "1.xml", *FIRST), write(program.folder, "2.xml", *SECOND)
    codes = [
        program("diff", *files, *options).code
        for files in ((one, one), (one, other))
        for options in ((), ("--exit-code",))
    ]
    assert codes == [0, 0, 0, 1]


def test_files_folders_and_standard_input_are_compared_without_a_database(program: Program) -> None:
    old = write(program.folder, "old.xml", *FIRST)
    new = write(program.folder / "new", "sitemap.xml", *SECOND)
    for arguments, stdin in (((old, new), b""), ((old, "new"), b""), ((old, "-"), new.read_bytes())):
        done = program("diff", *arguments, "--format", "jsonl", stdin=stdin)
        assert done.code == 0, done.err
        kinds = sorted(f"{each['type']} {each.get('loc', '')}".replace(SHOP, "") for each in done.records)
        assert kinds == ["added /products/2", "added /products/3", "removed /a", "summary "]
    assert not program.database.exists()


def test_sites_are_read_as_analyze_reads_them(program: Program, site: Site) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a", f"{site.url}/b"))
    old = program.folder / "old.xml"
    old.write_bytes(urlset(f"{site.url}/a"))
    found = diff(program, old, site.url)
    assert (found["added"], found["removed"]) == ([f"{site.url}/b"], [])
    assert not program.database.exists()


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [(403, 4, "nothing could be read"), (500, 3, "was read in part"), (404, 6, "no sitemap found")],
)
def test_what_cannot_be_read_is_not_compared(
    status: int, code: int, reason: str, program: Program, site: Site
) -> None:
    old = write(program.folder, "old.xml", *FIRST)
    if status != 404:
        robots(site, f"Sitemap: {site.url}/1.xml", f"Sitemap: {site.url}/2.xml")
    site.routes["/1.xml"] = Answer(urlset(f"{site.url}/a")) if status == 500 else Answer(status=status)
    site.routes["/2.xml"] = Answer(status=status)
    done = program("diff", old, site.url, "--no-known-paths", "--no-html")
    assert (done.code, done.out) == (code, "")
    assert reason in done.err
    if status == 500:
        assert program("diff", old, site.url, "--partial").code == 0


def test_what_helps_to_read_the_other_side_is_said(program: Program, site: Site) -> None:
    old = write(program.folder, "old.xml", *FIRST)
    refused = program.having(SITEMAP_ALLOW_PRIVATE=None)("diff", old, site.url)
    assert refused.code == 4
    assert "hint: the IP address is private; to allow it, use --allow-private\n" in refused.err


MISTAKES = {
    "two files and recorded jobs": (
        ("1.xml", "1.xml", "--from", "7d"),
        "--from and --to choose recorded jobs",
    ),
    "no domain": ((), "name a DOMAIN, or OLD and NEW\nhint: sitemap domains list "),
    "no domain with a date": (("--from", "7d"), "name a DOMAIN, or OLD and NEW\n"),
    "one file": (
        ("1.xml",),
        "no job of this folder or file (1.xml)\nhint: to compare files, name two: sitemap diff 1.xml NEW;",
    ),
    "no date": (("./dist", "--from", "soon"), "neither a job nor a date (--from soon)"),
    "no path": (("./dist", "--section", "/blog?x=1"), "not a path (--section /blog?x=1)"),
    "raw text": (("./dist", "--raw-csv"), "--raw-csv needs --format csv"),
    "text for Excel": (("./dist", "--excel"), "--excel needs --format csv"),
    "two inputs": (("-", "-"), "standard input can be read only once"),
    "no such file": (("1.xml", "nowhere.xml"), "no such folder or file (nowhere.xml)"),
    "no URL in a file": (("1.xml", "empty.xml"), "a local folder or file needs a base URL (empty.xml)"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_explained(case: str, program: Program) -> None:
    arguments, message = MISTAKES[case]
    write(program.folder, "1.xml", *FIRST)
    (program.folder / "empty.xml").write_bytes(urlset())
    done = program("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert f"error: {message}" in done.err


def test_an_output_file_is_complete_or_as_it_was(program: Program) -> None:
    one, other = write(program.folder, "1.xml", *FIRST), write(program.folder, "2.xml", *SECOND)
    output = program.folder / "changes.json"
    output.write_text("as it was")
    assert program("diff", one, "nowhere.xml", "-o", output).code == 2
    assert output.read_text() == "as it was"
    assert program("diff", one, other, "--format", "json", "-o", output).code == 0
    assert json.loads(output.read_text())["counts"]["added"] == 2
    missing = program("diff", one, other, "-o", program.folder / "none" / "x")
    assert missing.code == 5
    assert "cannot write" in missing.err


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "text"])
def test_a_reader_may_leave(format_: str, program: Program) -> None:
    one = write(program.folder, "1.xml", *(f"/old/{n}" for n in range(20_000)))
    other = write(program.folder, "2.xml", *(f"/new/{n}" for n in range(20_000)))
    command = [
        sys.executable,
        "-m",
        "sitemap_cli",
        "diff",
        one,
        other,
        "--format",
        format_,
        "--limit",
        "20000",
    ]
    temporary = program.folder / "tmp"
    temporary.mkdir()
    environment = {**os.environ, **program.environment, "TMPDIR": str(temporary)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment, cwd=program.folder) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(PATIENCE) in (0, 141, -13), errors
    assert errors == b""
    assert list(temporary.iterdir()) == []


def test_two_hosts_are_compared_as_they_are_or_by_path_and_parameters(program: Program) -> None:
    image = "https://shop.test/1.png"
    entry = '<url><loc>{}</loc><i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>{}</i:loc></i:image></url>'
    old, new = program.folder / "old.xml", program.folder / "new.xml"
    locs = [f"{SHOP}{path}" for path in ("/", "/a?x=1", "/old", "/ü")]
    old.write_bytes(f"<urlset>{''.join(entry.format(each, image) for each in locs)}</urlset>".encode())
    staging = old.read_text().replace("https://shop.test", "http://staging.shop.test:8080")
    new.write_text(staging.replace("/old", "/new").replace("/ü", "/%C3%BC"))
    assert diff(program, old, new)["counts"] == {"added": 4, "removed": 4, "changed": 0, "unchanged": 0}
    found = diff(program, old, new, "--ignore-host")
    assert found["counts"] == {"added": 1, "removed": 1, "changed": 0, "unchanged": 3}
    assert found["added"] == ["http://staging.shop.test:8080/new"]
    refused = program("diff", "shop.test", "--ignore-host")
    assert (refused.code, "--ignore-host needs OLD and NEW" in refused.err) == (2, True)
