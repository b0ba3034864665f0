"""Batches: one job for each domain of a list, whatever is in the list, and whenever the run is broken off."""

import asyncio
import json
import signal
from collections import Counter
from typing import Any

import msgspec
import pytest

from sitemap_cli.services.recording import jobs as jobs_service
from sitemap_cli.services.reporting import job_result as results_service
from sitemap_cli.storage.database import Database
from tests.acceptance.command import Done, Program, ends
from tests.many import Many
from tests.web import Answer, Site, urlset

MANY = 20
VOLATILE = {"job_id", "started_at", "finished_at", "duration_ms", "ms"}


def listed(program: Program, *lines: str, name: str = "list.txt") -> str:
    (program.folder / name).write_text("".join(f"{line}\n" for line in lines))
    return name


def results(program: Program) -> dict[str, Any]:
    """What is recorded of each domain, without what differs from run to run."""
    shown = asyncio.run(recorded(program.environment["SITEMAP_DATABASE"], program.variables))
    assert len({each["domain"] for each in shown}) == len(shown), "a domain has two jobs"
    return {each["domain"]: constant(each) for each in shown}


async def recorded(database: str, variables: dict[str, str]) -> list[dict[str, Any]]:
    """What ``jobs show`` prints of each job; a process for each would take longer than all the rest."""
    tenant = variables.get("SITEMAP_TENANT", "default")
    async with Database.open(database) as db, db.reading() as session:
        rows = await jobs_service.list_jobs(session, tenant)
        results = [await results_service.load_job_result(session, tenant, job.id) for job, _ in rows]
    return [msgspec.to_builtins(each) for each in results]


def constant(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: constant(each) for name, each in value.items() if name not in VOLATILE}
    return [constant(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("command", "requests"), [("batch", 1), ("analyze", 3)])
def test_a_site_of_a_batch_that_does_not_respond_is_requested_once(
    shared: Program, command: str, requests: int
) -> None:
    with Site() as silent:
        silent.routes["*"] = Answer(hang=True)
        given = listed(shared, silent.url) if command == "batch" else silent.url
        done = shared(command, given, "--idle-timeout", "0.3", "--retries", "2", "--no-known-paths")
    assert [job["verdict"] for job in shared.jobs()] == ["timeout"], done.err
    assert len([hit for hit in silent.hits if hit.path == "/robots.txt"]) == requests


def test_a_site_that_failed_slowly_is_the_first_of_the_next_batch(program: Program, many: Many) -> None:
    program = program.waiting({"sitemap_cli.tasks.batch.MIN_SLOW_SECONDS": 0.2})
    hosts = [many.host(n) for n in range(4)]
    options = ("--concurrency", "1", "--idle-timeout", "0.3", "--processes", "1")
    with Site() as silent:
        silent.routes["*"] = Answer(hang=True)
        given = listed(program, *hosts, silent.url)
        orders = []
        for _ in range(2):
            done = program("batch", given, *options)
            assert done.code == 3, done.err
            newest = sorted(program.jobs("--limit", "5"), key=lambda job: job["started_at"])
            orders.append([job["domain"] for job in newest])
    assert orders == [[*hosts, silent.netloc], [silent.netloc, *hosts]]


def test_every_domain_of_a_list_gets_a_job(shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(12)]
    done = shared("batch", listed(shared, *hosts))
    assert (done.code, done.err) == (0, "")
    assert done.lines[0] == "list.txt  completed  12 sites"
    assert done.lines[1] == "60 URLs"
    assert {(job["domain"], job["verdict"], job["urls"]) for job in shared.jobs()} == {
        (host, "ok", 5) for host in hosts
    }
    (batch,) = shared("batch", "list", "--format", "jsonl").records
    assert (batch["status"], batch["jobs"]) == ("completed", 12)
    assert {job["batch_id"] for job in shared.jobs()} == {batch["batch_id"]}
    assert shared("batch", "show", batch["batch_id"][:13], "--format", "json").json["verdicts"] == {"ok": 12}


def test_results_come_as_json_lines_when_each_job_ends(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(5)]
    done = program("batch", listed(program, *hosts), "--format", "jsonl")
    assert done.code == 0
    assert {each["domain"] for each in done.records} == set(hosts)
    alone = program("analyze", hosts[0], "--refresh", "--format", "jsonl").records[0]
    # Sections would take further statements for every site of a list.
    assert set(alone) - set(done.records[0]) == {"sections"}


def test_nothing_is_said_when_all_is_well_and_quiet_was_asked_for(program: Program, many: Many) -> None:
    done = program("batch", listed(program, many.host(1), many.host(2)), "--quiet")
    assert done == Done(0, b"", b"")


def test_a_quiet_batch_tells_of_what_changed(program: Program, many: Many) -> None:
    file = listed(program, many.host(1), many.host(2))
    for _ in range(2):
        assert program("batch", file, "--quiet") == Done(0, b"", b"")
    changed = f"http://{many.host(2)}"
    many.changed[f"{changed}/a.xml"] = urlset(f"{changed}/a/1", f"{changed}/new", lastmod="2026-11-01")
    done = program("batch", file, "--quiet")
    assert (done.code, done.lines[-1]) == (0, f"{many.host(2)}  1 new  2 removed")
    report = program("batch", "list", "--limit", "1", "--format", "json").json[0]
    shown = program("batch", "show", report["batch_id"], "--format", "json").json
    assert (shown["changed"], [each["domain"] for each in shown["changes"]]) == (1, [many.host(2)])


def test_a_quiet_batch_tells_of_what_failed(program: Program, many: Many) -> None:
    done = program("batch", listed(program, many.host(1), "nobody.invalid"), "--quiet")
    assert done.code == 3
    assert "nobody.invalid  dns" in done.out


def test_lines_that_name_nothing_or_the_same_again_are_told_and_the_rest_runs(
    program: Program, many: Many
) -> None:
    lines = (
        many.host(1),
        "# a comment",
        "not a domain",
        many.host(2),
        f"http://{many.host(1)}/",
        "file:///etc",
    )
    done = program("batch", listed(program, *lines))
    assert done.code == 3
    assert done.err.splitlines() == [
        "warning: line 3: more than one word (not a domain)",
        f"line 5: {many.host(1)} again, as in line 1",
        "warning: line 6: not a usable URL (file:///etc): only http and https URLs can be fetched",
    ]
    assert {job["domain"] for job in program.jobs()} == {many.host(1), many.host(2)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a list of domains"),
        (("missing.txt",), "cannot read the list (missing.txt): No such file or directory"),
        (("empty.txt",), "no domain in the list (empty.txt)"),
        (("--resume",), "no unfinished batch"),
        (("show", "0123"), "unknown batch (0123)"),
    ],
)
def test_a_batch_of_nothing_is_an_error(program: Program, arguments: tuple[str, ...], told: str) -> None:
    listed(program, "# nothing", name="empty.txt")
    done = program("batch", *arguments)
    assert done.code in (2, 4)
    assert done.err.startswith(f"error: {told}")


def test_a_list_comes_from_standard_input_too(program: Program, many: Many) -> None:
    lines = [json.dumps({"domain": many.host(n)}) for n in range(3)]
    assert program("batch", "-", stdin="\n".join(lines).encode()).code == 0
    assert len(program.jobs()) == 3


def test_a_list_does_not_name_local_files(program: Program, many: Many) -> None:
    (program.folder / "sitemap.xml").write_bytes(urlset("https://a.example/"))
    done = program("batch", listed(program, many.host(1), "./sitemap.xml"))
    assert "line 2: not a usable URL (./sitemap.xml)" in done.err
    assert done.code == 3


def test_a_killed_batch_goes_on_where_it_was_and_brings_the_same(shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    file = listed(shared, *hosts)
    for options in ((), ("--resume",)):
        with shared.start("batch", file, "--concurrency", 2, *options) as process:
            for _ in range(MANY):
                many.asked.acquire()
            process.kill()
    ended = {job["domain"] for job in shared.jobs() if job["status"] == "completed"}
    before = many.finished()
    done = shared("batch", "--resume")
    assert (done.code, done.lines[0]) == (0, f"list.txt  completed  {MANY} sites")
    assert done.lines[1] == f"{5 * MANY} URLs"
    assert ended
    assert {host for host in ended if many.finished()[host] > before[host]} == set(), "done again"
    broken = results(shared)
    whole = shared.having(SITEMAP_TENANT="whole")
    assert whole("batch", file).code == 0
    assert broken == results(whole)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_batch_that_can_be_gone_on_with(
    number: int, code: int, shared: Program, many: Many
) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    with shared.start("batch", listed(shared, *hosts)) as process:
        for _ in range(MANY):
            many.asked.acquire()
        many.gate.clear()
        process.send_signal(number)
        stopped = ends(process)
        many.gate.set()
    (batch,) = shared("batch", "list", "--format", "jsonl").records
    resume = f"sitemap batch --resume {batch['batch_id']}"
    assert (stopped.code, stopped.err) == (code, f"stopped; resume with: {resume}\n")
    assert batch["status"] == "interrupted"
    assert "running" not in {job["status"] for job in shared.jobs()}
    assert shared("batch", "--resume", batch["batch_id"]).code == 0
    assert {job["status"] for job in shared.jobs()} == {"completed"}
    assert len(shared.jobs()) == MANY


def test_a_batch_that_is_done_is_shown_again_by_its_id(program: Program, many: Many) -> None:
    """Whoever killed it may have come too late, and a script that goes on with it need not know."""
    file = listed(program, many.host(1), "nobody.invalid")
    first = program("batch", file)
    (batch,) = program("batch", "list", "--format", "json").json
    again = program("batch", "--resume", batch["batch_id"])
    assert (again.code, again.out) == (first.code, first.out)
    assert program("batch", "list", "--format", "json").json == [batch]
    assert program("batch", "--resume", file).code == 2


def test_two_runs_of_a_list_never_mix(shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(3)]
    file = listed(shared, *hosts)
    many.gate.clear()
    with shared.start("batch", file) as first:
        many.asked.acquire()
        refused = shared("batch", file)
        resumed = shared("batch", "--resume")
        with shared.start("batch", file, "--wait") as waiting:
            assert waiting.stderr is not None
            assert b"waiting: another run holds the lock" in waiting.stderr.readline()
            many.gate.set()
            assert (ends(first).code, ends(waiting).code) == (0, 0)
    for done in (refused, resumed):
        assert done.code == 75
        assert f"process {first.pid} on " in done.err
    assert Counter(job["domain"] for job in shared.jobs()) == dict.fromkeys(hosts, 2)


def test_a_domain_that_another_run_holds_is_put_off(shared: Program, many: Many) -> None:
    many.gate.clear()
    with shared.start("analyze", many.host(0)) as other:
        many.asked.acquire()
        file = listed(shared, many.host(0))
        put_off = shared("batch", file)
        many.gate.set()
        assert ends(other).code == 0
    assert put_off.code == 75
    assert f"error: another run holds the lock ({many.host(0)}): put off" in put_off.err
    assert "1 not finished" in put_off.out
    assert shared("batch", "--resume").code == 0
    assert [job["status"] for job in shared.jobs()] == ["completed", "completed"]


def test_another_tenant_sees_no_batch_of_ours(program: Program, many: Many) -> None:
    assert program("batch", listed(program, many.host(1))).code == 0
    (batch,) = program("batch", "list", "--format", "jsonl").records
    other = program.having(SITEMAP_TENANT="other")
    assert other("batch", "list", "--format", "jsonl").records == []
    assert other("batch", "show", batch["batch_id"]).code == 2
