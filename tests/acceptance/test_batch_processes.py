"""A batch in several processes: the same results as in one, whichever process is killed or stopped."""

import asyncio
import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest

from sitemap_cli.services.recording import jobs as jobs_service
from sitemap_cli.storage.database import Database
from tests.acceptance.command import Done, Program, ends
from tests.acceptance.test_batch import listed, results
from tests.many import Many
from tests.patience import PATIENCE, stretched

if TYPE_CHECKING:
    import subprocess

MANY = 12
TWO = ("--processes", "2")
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@dataclass(frozen=True, slots=True)
class Halfway:
    """A batch whose jobs all wait for their last sitemap, and its child processes."""

    process: "subprocess.Popen[bytes]"
    children: list[psutil.Process]

    def wait_for_children(self) -> None:
        _, alive = psutil.wait_procs(self.children, timeout=stretched(10))
        assert alive == []


@contextmanager
def halfway(program: Program, many: Many, *options: str, before_host: str = "") -> Iterator[Halfway]:
    """Start a batch of MANY sites, and yield it when each has requested its last sitemap."""
    many.gate.clear()
    file = listed(program, *(before_host + many.host(n) for n in range(MANY)))
    with program.start("batch", file, *TWO, *options, start_new_session=True) as process:
        for _ in range(MANY):
            assert many.last.acquire(timeout=PATIENCE)
        yield Halfway(process, psutil.Process(process.pid).children(recursive=True))
        many.gate.set()


def holders(program: Program) -> dict[str, str]:
    """The process that ran each job, by its domain."""

    async def load() -> dict[str, str]:
        async with Database.open(program.environment["SITEMAP_DATABASE"]) as db, db.reading() as session:
            rows = await jobs_service.list_jobs(session, "default")
            return {domain: str(job.holder) for job, domain in rows}

    return asyncio.run(load())


def statuses(program: Program) -> Counter[str]:
    return Counter(job["status"] for job in program.jobs())


def test_two_processes_record_and_print_the_same_as_one(shared: Program, many: Many) -> None:
    many.down.add(many.host(3))
    many.failing.add(many.host(5))
    file = listed(shared, *(many.host(n) for n in range(MANY)))
    outputs: list[tuple[int, str, list[str]]] = []
    found = []
    for tenant, processes in (("one", "1"), ("two", "2")):
        program = shared.having(SITEMAP_TENANT=tenant)
        done = program("batch", file, "--processes", processes)
        outputs.append((done.code, done.err, [line for line in done.lines if "batch " not in line]))
        found.append(results(program))
    assert outputs[0] == outputs[1]
    assert found[0] == found[1]
    used = {each for each in holders(shared.having(SITEMAP_TENANT="two")).values() if each != "None"}
    assert len(used) <= 2


def test_the_jobs_of_a_host_run_in_one_process_whatever_their_ports(program: Program, many: Many) -> None:
    with Many.serving() as other:
        hosts = [each.host(n) for n in range(MANY) for each in (many, other)]
        done = program("batch", listed(program, *hosts), *TWO)
    assert done.code == 0, done.err
    by_host = defaultdict(set)
    for domain, holder in holders(program).items():
        by_host[domain.partition(":")[0]].add(holder)
    assert {len(each) for each in by_host.values()} == {1}
    assert len(set().union(*by_host.values())) == 2


def test_each_result_is_printed_once_as_its_job_ends(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    done = program("batch", listed(program, *hosts), *TWO, "--format", "jsonl")
    assert (done.code, done.err) == (0, "")
    assert sorted(each["domain"] for each in done.records) == sorted(hosts)


def test_the_log_of_all_processes_is_one_log(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    done = program("batch", listed(program, *hosts), *TWO, "--log-format", "json")
    ended = [each for each in map(json.loads, done.err.splitlines()) if each["event"] == "job-finished"]
    assert sorted(each["domain"] for each in ended) == sorted(hosts)
    assert {"time", "level", "event", "job_id", "domain", "message", "verdict", "urls", "ms"} == set(ended[0])


def test_the_metrics_are_those_of_all_processes(program: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    counted = {}
    for processes in ("1", "2"):
        arguments = ("--refresh", "--processes", processes, "--metrics", "metrics.prom")
        assert program("batch", listed(program, *hosts), *arguments).code == 0
        lines = (program.folder / "metrics.prom").read_text().splitlines()
        samples = dict(each.rsplit(" ", 1) for each in lines if not each.startswith("#"))
        counted[processes] = samples["sitemap_fetch_seconds_count"]
        assert float(samples["sitemap_record_seconds_count"]) >= MANY
    assert counted["1"] == counted["2"]


def test_passwords_of_the_list_are_sent_and_never_in_the_arguments_or_environment(
    program: Program, many: Many
) -> None:
    with halfway(program, many, before_host="http://ada:s3cret@") as batch:
        for each in batch.children:
            assert "s3cret" not in " ".join([*each.cmdline(), *each.environ().values()])
        many.gate.set()
        assert ends(batch.process).code == 0
    assert {hit.headers["authorization"] for hit in many.server.hits} == {"Basic YWRhOnMzY3JldA=="}


def test_a_killed_process_is_replaced_and_only_its_running_jobs_are_interrupted(
    shared: Program, many: Many
) -> None:
    with halfway(shared, many) as batch:
        killed = batch.children[0]
        killed.kill()
        many.gate.set()
        done = ends(batch.process)
    found = statuses(shared)
    assert done.code == 3
    assert found["interrupted"] > 0
    assert found["interrupted"] + found["completed"] == MANY
    (warning,) = done.err.splitlines()
    assert warning.startswith(f"warning: process {killed.pid} ended with killed by signal 9; ")
    assert "repeat with: sitemap batch --resume " in warning
    errors = {job["error"] for job in shared.jobs() if job["status"] == "interrupted"}
    assert [each.startswith(f"process {killed.pid} on ") for each in errors] == [True]
    assert shared("batch", "--resume").code == 0
    assert statuses(shared) == {"completed": MANY}


def test_when_the_parent_is_killed_the_others_stop_and_record_it(shared: Program, many: Many) -> None:
    with halfway(shared, many) as batch:
        os.kill(batch.process.pid, signal.SIGKILL)
        batch.wait_for_children()
        jobs = shared.jobs()
    assert Counter((job["status"], job["error"]) for job in jobs) == {
        ("interrupted", "stopped before the end"): MANY
    }
    assert shared("batch", "--resume").code == 0
    assert statuses(shared) == {"completed": MANY}


def test_a_batch_resumed_at_once_waits_for_the_processes_of_the_killed_run(
    shared: Program, many: Many
) -> None:
    with halfway(shared, many) as batch:
        for each in batch.children:
            each.suspend()
        os.kill(batch.process.pid, signal.SIGKILL)
        batch.process.wait()
        with shared.start("batch", "--resume") as resumed:
            for each in batch.children:
                each.resume()
            many.gate.set()
            done = ends(resumed)
        batch.wait_for_children()
    assert (done.code, done.err) == (0, "")
    assert statuses(shared) == {"completed": MANY}


@pytest.mark.parametrize(("number", "code"), SIGNALS.items(), ids=[each.name for each in SIGNALS])
def test_a_signal_to_all_processes_stops_them_once(
    number: signal.Signals, code: int, program: Program, many: Many
) -> None:
    with halfway(program, many) as batch:
        os.killpg(batch.process.pid, number)
        done = ends(batch.process)
        batch.wait_for_children()
    (recorded,) = program("batch", "list", "--format", "jsonl").records
    note = f"stopped; resume with: sitemap batch --resume {recorded['batch_id']}\n"
    assert done == Done(code, b"", note.encode())
    assert statuses(program) == {"interrupted": MANY}
    assert program("batch", "--resume").code == 0
    assert statuses(program) == {"completed": MANY}


def test_a_reader_that_closes_the_pipe_ends_all_processes(program: Program, many: Many) -> None:
    with halfway(program, many, "--format", "jsonl") as batch:
        assert batch.process.stdout is not None
        batch.process.stdout.close()
        many.gate.set()
        assert batch.process.wait(PATIENCE) == 0
        batch.wait_for_children()
        assert batch.process.stderr is not None
        assert batch.process.stderr.read() == b""
    assert statuses(program)["running"] == 0


def test_a_second_signal_ends_the_parent_at_once_and_the_others_follow(program: Program, many: Many) -> None:
    with halfway(program, many) as batch:
        for each in batch.children:
            each.suspend()
        batch.process.send_signal(signal.SIGINT)
        while batch.process.poll() is None:
            batch.process.send_signal(signal.SIGINT)
        assert batch.process.returncode == -signal.SIGINT
        for each in batch.children:
            each.resume()
        batch.wait_for_children()
    assert statuses(program)["running"] == 0


def test_a_stop_does_not_wait_for_a_process_that_hangs(program: Program, many: Many) -> None:
    with halfway(program, many) as batch:
        batch.children[0].suspend()
        batch.process.send_signal(signal.SIGTERM)
        assert ends(batch.process).code == 143
        batch.wait_for_children()
    assert statuses(program) == {"interrupted": MANY}


# What keeps a process from being started, or from being ready.
REFUSALS = {
    "none left": """
import asyncio, errno
async def refuse(*_, **__): raise BlockingIOError(errno.EAGAIN, "none left")
asyncio.create_subprocess_exec = refuse
""",
    "exit code 9": """
import os, sys
if "sitemap_cli.cli.framework.child_main" in sys.orig_argv: os._exit(9)
""",
    "out of memory or processes: no thread can be started": """
import sys, threading
def refuse(_): raise RuntimeError("can't start new thread")
if "sitemap_cli.cli.framework.child_main" in sys.orig_argv: threading.Thread.start = refuse
""",
}


@pytest.mark.parametrize(("why", "refusal"), REFUSALS.items(), ids=REFUSALS)
def test_without_another_process_the_batch_runs_in_its_own(
    why: str, refusal: str, program: Program, many: Many
) -> None:
    hosts = [many.host(n) for n in range(MANY)]
    (program.folder / "sitecustomize.py").write_text(refusal)
    done = program.having(PYTHONPATH=str(program.folder))("batch", listed(program, *hosts), *TWO)
    assert (done.code, done.err) == (
        0,
        f"warning: no other process can run jobs, so this one does: {why}\n",
    )
    assert statuses(program) == {"completed": MANY}


def test_an_error_of_the_database_in_one_process_ends_the_batch(program: Program, many: Many) -> None:
    many.gate.clear()
    with halfway(program, many) as batch:
        program.database.replace(program.folder / "moved.db")
        many.gate.set()
        done = ends(batch.process)
        batch.wait_for_children()
    assert done.code == 5
    assert done.err.splitlines()[-1].startswith(("error: ", "hint: "))
    assert done.err.count("error: ") == 1
