"""Jobs that are run once more, and jobs that are given up."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.acceptance.command import Program, ends
from tests.many import Many
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("schema")


@pytest.fixture
def shops() -> Iterator[Many]:
    with Many.serving() as many:
        yield many


def listed(program: Program, *hosts: str) -> str:
    (program.folder / "shops.txt").write_text("\n".join(hosts))
    return "shops.txt"


def verdicts(program: Program) -> list[tuple[str, str]]:
    """Domain and verdict of each job, the oldest first."""
    return [(job["domain"], job["verdict"]) for job in reversed(program.jobs())]


def test_jobs_are_retried_by_verdict_and_only_while_it_is_still_theirs(program: Program, shops: Many) -> None:
    good, bad, gone = shops.host(1), shops.host(2), "nobody.invalid"
    shops.down = {bad}
    assert program("batch", listed(program, good, bad, gone)).code == 3
    again = program("jobs", "retry", "--verdict", "blocked,timeout")
    assert (again.code, again.lines[0]) == (4, "retry  completed  1 site")
    shops.down = set()
    assert program("jobs", "retry", "--verdict", "blocked,timeout").code == 0
    none = program("jobs", "retry", "--verdict", "blocked,timeout")
    assert (none.code, none.out, none.err) == (0, "", "nothing to retry\n")
    first, *later = verdicts(program)[0:3], *verdicts(program)[3:]
    assert sorted(first) == sorted([(good, "ok"), (bad, "blocked"), (gone, "dns")])
    assert later == [(bad, "blocked"), (bad, "ok")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_retry_that_was_interrupted_is_retried(program: Program, shops: Many, number: int) -> None:
    host = shops.host(1)
    shops.down = {host}
    assert program("analyze", host).code == 4
    shops.down = set()
    shops.gate.clear()
    with program.start("jobs", "retry", "--status", "failed") as process:
        assert shops.last.acquire(timeout=PATIENCE)
        process.send_signal(number)
        ends(process)
    shops.gate.set()
    again = program("jobs", "retry", "--status", "failed")
    assert again.code == 0
    assert verdicts(program)[-1] == (host, "ok")
    assert program("jobs", "retry", "--status", "failed").err == "nothing to retry\n"


def test_jobs_are_retried_by_id_batch_and_domain(program: Program, shops: Many) -> None:
    one, two, three = (shops.host(n) for n in (1, 2, 3))
    shops.down = {one, two, three}
    assert program("analyze", three).code == 4
    assert program("batch", listed(program, one, two)).code == 4
    (batch,) = program("batch", "list", "--format", "jsonl").records
    shops.down = set()
    of_domain = ("--verdict", "blocked", "--batch", batch["batch_id"], "--domain", one)
    (only,) = program("jobs", "retry", *of_domain, "--format", "jsonl").records
    assert (only["domain"], only["verdict"]) == (one, "ok")
    (only,) = program("jobs", "retry", only["job_id"][:23], "--format", "jsonl").records
    assert (only["domain"], only["verdict"]) == (one, "ok")
    of_batch = program(
        "jobs", "retry", "--status", "failed", "--batch", batch["batch_id"], "--format", "jsonl"
    )
    assert [each["domain"] for each in of_batch.records] == [two]
    assert [job["verdict"] for job in program.jobs("--domain", three)] == ["blocked"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the jobs to retry"),
        (("--verdict", "blocked,slow"), "unknown verdict (slow): valid values: ok, partial"),
        (("--status", "bad"), "unknown status (bad): valid values: pending"),
        (("--verdict", "dns", "--batch", "0123"), "unknown batch (0123)"),
        (("0123",), "unknown job (0123)"),
        (("0123", "--verdict", "dns"), "name jobs by their ids, or by how they ended: not both"),
    ],
)
def test_what_to_retry_must_be_said(program: Program, arguments: tuple[str, ...], told: str) -> None:
    done = program("jobs", "retry", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {told}")


def test_a_local_build_is_not_retried_because_its_address_is_not_known(program: Program) -> None:
    (program.folder / "dist").mkdir()
    (program.folder / "dist" / "sitemap.xml").write_bytes(b"<html></html>")
    assert program("analyze", "./dist", "--base-url", "https://a.example").code == 4
    (job,) = program.jobs()
    done = program("jobs", "retry", job["job_id"])
    assert done.code == 3
    assert done.err.splitlines() == [
        "warning: a local build cannot be retried (./dist): analyze it again",
        "nothing to retry",
    ]


def wait_until_recorded(program: Program, job_id: str, sitemaps: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(program("jobs", "show", job_id, "--format", "json").json["sitemaps"]) < sitemaps:
        assert time.monotonic() < until


def test_a_running_job_that_is_cancelled_stops_and_keeps_what_it_read(program: Program, shops: Many) -> None:
    shops.gate.clear()
    with program.start("analyze", shops.host(1)) as running:
        shops.last.acquire()
        (job,) = program.jobs("--status", "running")
        # What arrived is recorded within a moment.
        wait_until_recorded(program, job["job_id"], sitemaps=2)
        done = program("jobs", "cancel", job["job_id"])
        shops.gate.set()
        stopped = ends(running)
    assert (done.code, done.err) == (0, "1 job cancelled\n")
    assert stopped.code == 130
    shown = program("jobs", "show", job["job_id"], "--format", "json").json
    assert (shown["status"], shown["verdict"]) == ("cancelled", "cancelled")
    assert [each["url"].rpartition("/")[2] for each in shown["sitemaps"]] == ["index.xml", "a.xml"]
    assert shown["totals"]["urls"] == 3
    again = program("jobs", "cancel", job["job_id"])
    assert (again.code, again.err) == (0, "nothing to cancel: already ended\n")


def test_a_batch_that_is_cancelled_asks_no_further_site(program: Program, shops: Many) -> None:
    hosts = [shops.host(n) for n in range(1, 9)]
    shops.gate.clear()
    with program.start("batch", listed(program, *hosts), "--concurrency", "1") as running:
        shops.last.acquire()
        (batch,) = program("batch", "list", "--format", "jsonl").records
        done = program("jobs", "cancel", "--batch", batch["batch_id"])
        shops.gate.set()
        stopped = ends(running)
    assert (done.code, done.err) == (0, "8 jobs cancelled\n")
    assert stopped.code == 130
    assert {hit.host for hit in shops.server.hits} == {hosts[0]}
    assert {job["status"] for job in program.jobs()} == {"cancelled"}
    assert program("batch", "--resume").code == 2


def test_an_interrupted_batch_that_is_cancelled_is_at_its_end(program: Program, shops: Many) -> None:
    hosts = [shops.host(n) for n in range(1, 9)]
    shops.gate.clear()
    with program.start("batch", listed(program, *hosts), "--concurrency", "1") as running:
        shops.last.acquire()
        running.kill()
    shops.gate.set()
    (batch,) = program("batch", "list", "--format", "jsonl").records
    assert batch["status"] == "interrupted"
    assert program("jobs", "cancel", "--batch", batch["batch_id"]).err == "8 jobs cancelled\n"
    assert program("batch", "show", batch["batch_id"], "--format", "json").json["status"] == "completed"


def test_what_to_cancel_must_be_said(program: Program) -> None:
    done = program("jobs", "cancel")
    assert (done.code, done.err.splitlines()[0]) == (2, "error: name the jobs to cancel")
