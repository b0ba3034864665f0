"""A night of many domains in which Postgres is restarted: everything is reported, and nothing twice.

Run as ``python -m tests.night [--domains 200] [--restarts 5] [--processes 2] [--workers]``.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.acceptance.command import Done, Program, ends
from tests.many import Many
from tests.patience import PATIENCE
from tests.postgres import RestartableServer, restartable

LOOPBACK = {"SITEMAP_ALLOW_PRIVATE": "1", "SITEMAP_RETRIES": "0", "SITEMAP_CONCURRENCY": "4"}
# Requests for each site: robots.txt, the index and its two sitemaps.
REQUESTS = 4
WORKERS = 2
# Seconds after which a worker counts as dead.
DEAD_AFTER = 5

JOBS = """
    SELECT d.name, j.status, j.verdict, j.urls,
        (SELECT count(*) FROM sitemaps s WHERE s.job_id = j.id),
        (SELECT count(DISTINCT url) FROM sitemaps s WHERE s.job_id = j.id)
    FROM jobs j JOIN domains d ON d.id = j.domain_id ORDER BY d.name, j.id
"""
BATCHES = "SELECT status FROM batches"
WORKING = "SELECT count(*) FROM sitemap_queue.procrastinate_workers"
POLL_SECONDS = 0.1
WHOLE = ("completed", "ok", 5, 3, 3)
# What is recorded of every tenth site: its last sitemap is answered by 503.
IN_PART = ("partial", "partial", 3, 3, 3)
TENTH = 10
# The exit code of a batch with sites that were read in part.
READ_IN_PART = 3


@dataclass(frozen=True, slots=True)
class Night:
    """What a night left: how each process ended, the rows of its jobs, and the status of its batches.

    ``failing`` are the hosts that do not answer everything, ``code`` is the right exit code.
    """

    failing: set[str]
    code: int
    ended: list[Done]
    jobs: list[tuple[Any, ...]]
    batches: list[str]

    def find_faults(self, domains: int) -> list[str]:
        """Return what is not as it should be."""
        faults = [
            f"exit code {each.code}: {each.err[-2000:]}" for each in self.ended if each.code != self.code
        ]
        faults += [f"a traceback: {each.err[-2000:]}" for each in self.ended if "Traceback" in each.err]
        names = [name for name, *_ in self.jobs]
        if len(names) != domains or len(set(names)) != domains:
            faults.append(f"{len(names)} jobs of {len(set(names))} domains instead of {domains}")
        for name, *recorded in self.jobs:
            if tuple(recorded) != (IN_PART if name in self.failing else WHOLE):
                faults.append(f"{name}: {recorded}")
        if self.batches != ["completed"]:
            faults.append(f"batches: {self.batches}")
        return faults


def spend_night(
    folder: Path, *, domains: int, restarts: int, workers: bool, processes: int | None = None
) -> Night:
    """Analyze domains by a batch or by workers, and restart Postgres meanwhile."""
    with Many.serving() as many, restartable() as server:
        program = Program(folder, {**LOOPBACK, "SITEMAP_DATABASE": server.url})
        program = program.having(SITEMAP_PROCESSES=None if processes is None else str(processes))
        (folder / "sitemap.toml").touch()
        (folder / "list.txt").write_text("".join(f"http://{many.host(n)}\n" for n in range(domains)))
        assert program.fresh("db", "upgrade").code == 0
        many.delay = 0.05
        # No site is finished before all workers are there: one that starts while Postgres is down exits.
        many.gate.clear()
        many.failing = {many.host(n) for n in range(0, domains, TENTH)}
        with contextlib.ExitStack() as stack:
            processes = []
            if workers:
                queued = program.fresh("batch", "list.txt", "--enqueue")
                assert queued.code == 0, queued.err
                commands = [("worker", "--drain", "--dead-after", DEAD_AFTER)] * WORKERS
            else:
                commands = [("batch", "list.txt")]
            for number, words in enumerate(commands):
                errors = stack.enter_context((folder / f"stderr-{number}").open("wb"))
                started = program.start(*words, stdout=subprocess.DEVNULL, stderr=errors)
                processes.append(stack.enter_context(started))
            if workers:
                _await_workers(server)
            many.gate.set()
            _restart(many, server, domains, restarts)
            ended = [ends(each) for each in processes]
        ended = [Done(each.code, b"", (folder / f"stderr-{n}").read_bytes()) for n, each in enumerate(ended)]
        with psycopg.connect(server.url) as connection:
            jobs = connection.execute(JOBS.encode()).fetchall()
            batches = [status for (status,) in connection.execute(BATCHES.encode()).fetchall()]
    return Night(many.failing, 0 if workers else READ_IN_PART, ended, jobs, batches)


def _await_workers(server: RestartableServer) -> None:
    """Wait until all workers are connected and take jobs."""
    until = time.monotonic() + PATIENCE
    with psycopg.connect(server.url, autocommit=True) as connection:
        while connection.execute(WORKING.encode()).fetchone() != (WORKERS,):
            assert time.monotonic() < until, "a worker has not started"
            time.sleep(POLL_SECONDS)


def _restart(many: Many, server: RestartableServer, domains: int, restarts: int) -> None:
    """Restart the server when the same share of the requests has come since the last time."""
    share = domains * REQUESTS // (restarts + 1)
    for _ in range(restarts):
        for _ in range(share):
            assert many.asked.acquire(timeout=PATIENCE), "nothing is requested any more"
        server.stop()
        server.start()


def main() -> int:
    """Spend a night, and say what is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.night", description=__doc__)
    parser.add_argument("--domains", type=int, default=200, metavar="N")
    parser.add_argument("--restarts", type=int, default=5, metavar="N")
    parser.add_argument("--processes", type=int, metavar="N", help="of the batch, or of each worker")
    parser.add_argument("--workers", action="store_true", help="workers instead of a batch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sitemap-night-") as folder:
        night = spend_night(Path(folder), **vars(options))
    faults = night.find_faults(options.domains)
    sys.stdout.write("".join(f"{each}\n" for each in [*faults, f"faults: {len(faults)}"]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
