"""``sitemap jobs prune``, and the policy ``keep`` that other commands apply."""

import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.stops import ended_well, stoppable
from tests.many import Many
from tests.prune_kills import kill_prunes
from tests.web import urlset

pytestmark = pytest.mark.usefixtures("schema")

BUILD = ("analyze", "dist", "--base-url", "https://a.example", "--quiet")


@pytest.fixture
def built(program: Program) -> Program:
    """A program with five jobs over a local build, each with another document."""
    for night in range(5):
        analyze_build(program, night)
    return program


def analyze_build(program: Program, night: int, *options: str) -> Done:
    (program.folder / "dist").mkdir(exist_ok=True)
    pages = (f"https://a.example/{night}/{page}" for page in range(night + 1))
    (program.folder / "dist" / "sitemap.xml").write_bytes(urlset(*pages))
    done = program(*BUILD, *options)
    assert done.code == 0, done.err
    return done


def count_rows(database: Path, *tables: str) -> list[int]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return [connection.execute(f"SELECT count(*) FROM {each}").fetchone()[0] for each in tables]


def test_nothing_is_removed_without_a_rule(built: Program) -> None:
    done = built("jobs", "prune")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == "error: say which jobs to remove"
    assert "keep = 30 in sitemap.toml" in done.err
    analyze_build(built, 5)
    assert len(built.jobs()) == 6


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--keep", "0"), "0 is less than 1"),
        (("--older-than", "soon"), "not a duration"),
        (("--older-than", "200000d"), "too long"),
        (("--older-than", "90"), "no unit (--older-than 90)"),
        (("--keep", "1", "--domain", "b.example"), "unknown domain"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(
    options: tuple[str, ...], why: str, built: Program
) -> None:
    done = built("jobs", "prune", *options)
    assert done.code == 2
    assert why in done.err
    assert len(built.jobs()) == 5


def test_a_dry_run_counts_what_a_prune_removes(built: Program) -> None:
    dry = built("jobs", "prune", "--keep", "2", "--dry-run", "--format", "json").json
    assert len(built.jobs()) == 5
    text = built("jobs", "prune", "--keep", "2", "--dry-run", "-v")
    done = built("jobs", "prune", "--keep", "2", "--format", "json").json
    (of_domain,) = dry.pop("domains")
    assert (dry["dry_run"], dry["jobs"], dry["documents"], dry["urls"]) == (True, 3, 3, 1 + 2 + 3)
    assert of_domain == {"domain": "a.example", **{k: dry[k] for k in ("jobs", "documents", "urls", "bytes")}}
    assert text.lines[0].startswith("a.example  3 jobs and 3 documents with 6 URLs, about ")
    assert text.lines[1].startswith("would remove 3 jobs and 3 documents with 6 URLs, about ")
    assert done["domains"] == [{"domain": "a.example", "jobs": 3}]
    assert {**done, "dry_run": True, "bytes": 0, "domains": 0} == {**dry, "bytes": 0, "domains": 0}
    assert count_rows(built.database, "jobs", "sitemaps", "documents", "entries") == [2, 2, 2, 4 + 5]


def test_what_was_removed_is_printed_with_a_hint(built: Program) -> None:
    done = built("jobs", "prune", "--older-than", "0s", "--domain", "a.example")
    assert (done.code, done.lines[0][:48]) == (0, "removed 3 jobs and 3 documents with 6 URLs, abou")
    assert "sitemap db vacuum" in done.err
    again = built("jobs", "prune", "--older-than", "0s")
    assert (again.code, again.out, again.err) == (0, "nothing to remove\n", "")
    assert built("jobs", "prune", "--older-than", "0s", "--quiet").out == ""


@pytest.mark.parametrize("where", ["file", "environment", "flag"])
def test_a_policy_is_applied_after_each_job(where: str, built: Program) -> None:
    program, options = built, ()
    if where == "file":
        (built.folder / "sitemap.toml").write_text("keep = 3\n")
    elif where == "environment":
        program = built.having(SITEMAP_KEEP="3")
    else:
        options = ("--keep", "3")
    done = analyze_build(program, 5, *options)
    assert done.err == ""
    assert len(built.jobs()) == 3
    assert count_rows(built.database, "jobs", "sitemaps", "documents") == [3, 3, 3]
    if where != "flag":
        # It says what to keep for the command, too.
        assert program("jobs", "prune").out == "nothing to remove\n"


def test_checks_and_batches_apply_the_policy_to_the_domains_that_they_analyzed(
    program: Program, many: Many
) -> None:
    names = [f"http://{many.host(number)}" for number in range(3)]
    (program.folder / "list.txt").write_text("\n".join(names))
    for _ in range(3):
        assert program("batch", "list.txt", "--quiet").code == 0
    keeping = program.having(SITEMAP_KEEP="2")
    assert keeping("check", names[0], "--fail-on", "never", "--quiet").code == 0
    assert [len(program.jobs("--domain", each)) for each in names] == [2, 3, 3]
    (program.folder / "list.txt").write_text("\n".join(names[:2]))
    assert keeping("batch", "list.txt", "--quiet").code == 0
    assert [len(program.jobs("--domain", each)) for each in names] == [2, 2, 3]


def test_a_prune_that_is_interrupted_says_what_was_done(
    built: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stopping = stoppable(built, tmp_path_factory.mktemp("stop"))
    stop = stopping.at("sql DELETE FROM documents", "jobs", "prune", "--keep", "2")
    ended_well(stop, signal.SIGINT, stopping)
    assert stop.done.out == ""
    assert stop.done.err == "stopped; 3 jobs and 0 documents removed so far; the next prune continues\n"
    assert built("jobs", "prune", "--keep", "2").lines[0].startswith("removed 0 jobs and 3 documents")
    assert count_rows(built.database, "jobs", "documents") == [2, 2]


def test_a_removed_domain_takes_its_documents_along(built: Program) -> None:
    assert built("domains", "remove", "a.example", "--yes").code == 0
    assert count_rows(built.database, "jobs", "sitemaps", "documents", "entries") == [0, 0, 0, 0]
    assert built("domains", "list").out == ""
    assert built("db", "info", "--format", "json").json["domains"] == 0


def test_prunes_that_are_killed_beside_a_job_lose_nothing(program: Program) -> None:
    def ask(query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(program.database, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    done = kill_prunes(program, ask, "sqlite", 2, 5_000, random.Random(3))
    assert (done.killed, done.faults) == (2, [])
