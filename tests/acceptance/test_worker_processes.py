"""A worker in several processes: one command, one stop, and nothing is lost with one of them."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.acceptance.command import Program, ends
from tests.acceptance.test_batch_processes import Halfway, holders
from tests.acceptance.test_worker import enqueue
from tests.many import Many
from tests.patience import PATIENCE, stretched

MANY = 8
TWO = ("--drain", "--processes", "2", "--concurrency", str(MANY))


@pytest.fixture
def shared(program: Program, upgraded_postgres_url: str) -> Program:
    """The program with a Postgres database that has a queue."""
    return program.having(SITEMAP_DATABASE=upgraded_postgres_url)


@contextmanager
def working(program: Program, many: Many) -> Iterator[Halfway]:
    """A worker whose jobs all wait for their last sitemap, and its processes."""
    assert enqueue(program, *(many.host(n) for n in range(MANY))).code == 0
    many.gate.clear()
    # On a busy machine the heartbeats of a living worker are late.
    options = (*TWO, "--dead-after", f"{stretched(2):.1f}")
    with program.start("worker", *options, start_new_session=True) as process:
        for _ in range(MANY):
            assert many.last.acquire(timeout=PATIENCE)
        yield Halfway(process, psutil.Process(process.pid).children(recursive=True))
        many.gate.set()


def verdicts(program: Program) -> Counter[str]:
    return Counter(job["verdict"] for job in program.jobs())


def test_two_processes_share_the_queue(shared: Program, many: Many) -> None:
    with working(shared, many) as worker:
        many.gate.set()
        done = ends(worker.process)
        worker.wait_for_children()
    assert done.code == 0, done.err
    hosts = [many.host(n) for n in range(MANY)]
    assert Counter(line.split()[2] for line in done.err.splitlines()) == dict.fromkeys(hosts, 1)
    assert many.finished() == dict.fromkeys(hosts, 1)
    assert verdicts(shared) == {"ok": MANY}
    assert len({*holders(shared).values()}) == 2


def test_a_signal_to_all_processes_stops_the_worker_once(shared: Program, many: Many) -> None:
    with working(shared, many) as worker:
        os.killpg(worker.process.pid, signal.SIGTERM)
        done = ends(worker.process)
        worker.wait_for_children()
        many.gate.set()
    assert (done.code, done.err) == (143, "")
    assert shared("jobs", "list").lines[-1].startswith(f"queue: {MANY} waiting, 0 running")
    assert shared("worker", "--drain").code == 0
    assert verdicts(shared) == {"ok": MANY}


def test_a_killed_process_is_replaced_and_its_jobs_are_taken_over(shared: Program, many: Many) -> None:
    with working(shared, many) as worker:
        killed = worker.children[0]
        killed.kill()
        many.gate.set()
        done = ends(worker.process)
    assert done.code == 0, done.err
    warning = f"warning: process {killed.pid} ended with killed by signal 9; other workers take over its jobs"
    assert done.err.splitlines().count(warning) == 1
    assert verdicts(shared) == {"ok": MANY}


def test_when_the_parent_is_killed_the_workers_stop(shared: Program, many: Many) -> None:
    with working(shared, many) as worker:
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.wait_for_children()
        many.gate.set()
    assert shared("worker", "--drain").code == 0
    assert verdicts(shared) == {"ok": MANY}


def test_a_worker_without_a_queue_starts_no_process(program: Program) -> None:
    done = program("worker", *TWO)
    assert (done.code, done.err.count("\n")) == (2, 2)
    assert done.err.startswith("error: the job queue needs Postgres")
