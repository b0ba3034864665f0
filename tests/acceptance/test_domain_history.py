"""The history of domains: what changed, which sites got worse, and whether lastmods can be trusted."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from tests.acceptance.command import Program
from tests.acceptance.terminal import harmful, shown
from tests.many import Many
from tests.web import urlset

pytestmark = pytest.mark.usefixtures("schema")


def change_site(many: Many, host: str, paths: Sequence[str], lastmod: str = "2026-11-01") -> None:
    """Let a site list other URLs in its first sitemap; the second one lists two."""
    many.changed[f"http://{host}/a.xml"] = urlset(
        *(f"http://{host}/{each}" for each in paths), lastmod=lastmod
    )


def make_paths(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def list_domains(program: Program, *options: str) -> dict[str, Any]:
    done = program("domains", "list", "--format", "jsonl", *options)
    assert done.code == 0, done.err
    return {each["domain"]: each for each in done.records}


def test_domains_that_got_worse_are_listed_with_the_reason(program: Program, many: Many) -> None:
    fails, part, drops, same, grows = hosts = [many.host(number) for number in range(5)]
    for host in hosts:
        change_site(many, host, make_paths(8))
    assert program("batch", "-", stdin="\n".join(hosts).encode()).code == 0
    many.down, many.failing = {fails}, {part}
    change_site(many, drops, make_paths(6))
    change_site(many, grows, make_paths(9))
    assert program("batch", "-", "--refresh", stdin="\n".join(hosts).encode()).code == 3
    rows = list_domains(program)
    assert {each: rows[each]["change"] for each in hosts} == {
        fails: None,
        part: None,
        drops: -2,
        same: 0,
        grows: 1,
    }
    assert (rows[drops]["change_percent"], rows[drops]["removed"], rows[grows]["added"]) == (-20.0, 2, 1)
    assert rows[part]["comparison"] == "worse"
    assert rows[part]["findings"]["error"] == 1
    worse = list_domains(program, "--worse")
    assert {name: row["worse"] for name, row in worse.items()} == {
        fails: "newly failing, was ok",
        part: "read in part, was ok; 1 error, 0 before",
        drops: "20% fewer URLs",
    }
    assert len(list_domains(program, "--worse", "--limit", "2")) == 2
    table = program("domains", "list", "--worse").out
    assert "-2 -20.0%" in table
    assert "newly failing, was ok" in table
    heads = next(csv.reader(io.StringIO(program("domains", "list", "--format", "csv").out)))
    columns = "verdict urls change change_percent added removed errors warnings infos finished_at"
    assert columns in " ".join(heads)
    assert program("domains", "list", "--worse", "--verdict", "dns").err == "no domain matches\n"


def test_a_domain_is_shown_with_its_last_jobs(program: Program, many: Many) -> None:
    host = many.host(1)
    nights = [(20, "2026-11-01"), (24, "2026-11-02"), (24, "2026-11-03"), (24, "2026-11-04")]
    for count, lastmod in nights:
        change_site(many, host, make_paths(count), lastmod)
        done = program("analyze", f"http://{host}/", "--refresh")
        assert done.code == 0
    assert "(26 unique, 0 new, 24 changed since 20" in done.lines[1]
    last = program("jobs", "show", "last", "--format", "json").json
    assert last["totals"]["changed_urls"] == 24
    assert last["totals"]["changed_since"][:10] in done.lines[1]
    assert "(0 new, 24 changed since 20" in program("check", "--job", "last").lines[0]
    many.failing = {host}
    assert program("analyze", f"http://{host}/").code == 3
    assert program("analyze", f"http://{host}/a/").code == 4
    found = program("domains", "show", host, "--format", "json").json
    keys = ("status", "urls", "added", "removed", "changed")
    assert [tuple(each[key] for key in keys) for each in found["jobs"]] == [
        ("partial", 24, 0, 0, None),
        ("completed", 26, 0, 0, 24),
        ("completed", 26, 0, 0, 24),
        ("completed", 26, 4, 0, 20),
        ("completed", 22, None, None, None),
    ]
    assert found["jobs"][0]["findings"]["error"] == 1
    trust = found["lastmod_trust"]
    assert (trust["reliable"], trust["jobs"], trust["mass_changes"]) == (False, 4, 3)
    oldest = found["jobs"][-1]["job_id"]
    assert program("jobs", "show", oldest, "--format", "json").json["lastmod_trust"] == trust
    assert [each["target"] for each in found["histories"]] == [f"http://{host}/a/"]
    rows = list(csv.DictReader(io.StringIO(program("domains", "show", host, "--format", "csv").out)))
    assert [row["changed"] for row in rows] == ["", "24", "24", "20", ""]
    few = program("domains", "show", host, "--limit", "2")
    assert "Last 2 jobs" in few.lines
    text = program("domains", "show", host).out
    assert "lastmod reliable: no, because nearly all lastmods changed in each of the last 3 jobs" in text
    assert "trend: ▁███  26 different URLs, 22 on " in text
    screen = shown(program, "domains", "show", host, columns=80)
    assert "█" in screen
    assert not harmful(screen)
    assert max(map(len, screen.splitlines())) < 300  # with colours


def test_a_domain_of_which_only_a_build_was_read_shows_that_build(program: Program) -> None:
    (program.folder / "dist").mkdir()
    (program.folder / "dist" / "sitemap.xml").write_bytes(urlset("https://a.example/"))
    assert program("analyze", "dist", "--base-url", "https://a.example").code == 0
    shown = program("domains", "show", "a.example", "-o", "shown.txt")
    assert (shown.code, shown.out, shown.err) == (0, "", "")
    lines = (program.folder / "shown.txt").read_text().splitlines()
    assert lines[-2] == "Parts and builds"
    assert lines[-1].startswith("dist (build)  ok  1 URL")
    assert program("domains", "add", "never.example").code == 0
    rows = program("domains", "list", "--format", "jsonl").records
    assert [row["only_builds"] for row in rows] == [True, False]
    listed = [line.split() for line in program("domains", "list").lines]
    assert listed == [["domain", "verdict"], ["a.example", "only", "builds"], ["never.example"]]


def test_a_domain_without_jobs_has_no_history(program: Program) -> None:
    assert program("domains", "add", "a.example").code == 0
    found = program("domains", "show", "a.example", "--format", "json").json
    assert (found["jobs"], found["lastmod_trust"], found["histories"]) == ([], None, [])
    assert program("domains", "show", "a.example").lines[0] == "a.example"
    assert (
        program("domains", "show", "a.example", "--format", "csv").lines[0].startswith("job_id,finished_at")
    )
