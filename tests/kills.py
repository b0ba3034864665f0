"""Batches that are killed and stopped at random moments, and gone on with, until they are done.

Run as ``python -m tests.kills [--kills 200] [--terms 100] [--sites 500] [--processes 2]
[--database sqlite|postgres]``. A moment is a number of requests that the sites have received, so that it
comes before the end of the batch however busy the machine is. A signal goes to the command or, as often, to
one of the processes that it started. After each signal to the command none of its processes is left. After
each batch its results are those of a run that nobody disturbed, whatever was finished was not begun again, no
temporary file is left, and the database is sound.
"""

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.acceptance.command import Program
from tests.many import Many
from tests.patience import stretched
from tests.postgres import serving

LOOPBACK = {"SITEMAP_ALLOW_PRIVATE": "1", "SITEMAP_RETRIES": "0"}
# A process that is asked to stop has this long.
STOPS_WITHIN = 5.0
# Requests for each site: robots.txt, the index and its two sitemaps.
REQUESTS = 4
# A batch with fewer sites left, as a share of all, is left alone: signals would come to the same few sites.
ALONE_FROM = 0.1
# The share of signals that come while the program starts, and the longest pauses in seconds before a signal:
# in these, and after the last request that was waited for.
STARTING = 0.1
STARTING_PAUSE = 1.0
PAUSE = 0.1
# Seconds between two looks at what a program has done.
LOOK_SECONDS = 0.002

Ask = Callable[[str], list[tuple[Any, ...]]]

JOBS = """
    SELECT d.name, j.id, j.status, j.verdict, j.urls, j.new_urls, j.finished_at FROM jobs j
    JOIN domains d ON d.id = j.domain_id WHERE j.tenant = '{tenant}' ORDER BY d.name, j.id
"""
SITEMAPS = """
    SELECT s.url, s.urls, s.error, s.unchanged, d.urls, d.children, d.complete,
        (SELECT count(*) FROM entries e WHERE e.document_id = d.id)
    FROM sitemaps s JOIN jobs j ON j.id = s.job_id JOIN documents d ON d.id = s.document_id
    WHERE j.tenant = '{tenant}' ORDER BY s.url
"""
ORPHANS = """
    SELECT count(*) FROM documents d WHERE NOT EXISTS (SELECT 1 FROM sitemaps s WHERE s.document_id = d.id)
"""


@dataclass(slots=True)
class Tally:
    """What was done, and what was not as it should be."""

    stops: Counter[int] = field(default_factory=Counter)
    early: int = 0
    children: int = 0
    batches: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def check(self, holds: object, told: str) -> None:
        """Note a fault."""
        if not holds:
            self.faults.append(f"batch {self.batches}: {told}")


def main() -> int:
    """Kill and stop as often as was asked; whether something was not as it should be."""
    options = _options()
    chance = random.Random(options.seed)
    left = [signal.SIGKILL] * options.kills + [signal.SIGTERM] * options.terms
    chance.shuffle(left)
    tally = Tally()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        many = stack.enter_context(Many.serving())
        program, ask = stack.enter_context(database(folder, options.database))
        (folder / "list.txt").write_text("".join(f"http://{many.host(n)}\n" for n in range(options.sites)))
        (folder / "tmp").mkdir()
        program = program.having(SITEMAP_PROCESSES=str(options.processes), TMPDIR=str(folder / "tmp"))
        disturber = Disturber(many, left, chance, tally)
        clean = program.having(SITEMAP_TENANT="clean")
        tally.check(clean("batch", "list.txt", "--quiet").code == 0, "the clean run failed")
        wanted = _results(ask, "clean")
        while left:
            tally.batches += 1
            tenant = f"t{tally.batches}"
            disturber.run_batch(program.having(SITEMAP_TENANT=tenant), ask, tenant, options.sites)
            tally.check(_results(ask, tenant) == wanted, "other results than the clean run's")
            tally.check(not find_unsound(ask, options.database), "the database is not sound")
            tally.check(not (left_over := _list_strange(folder)), f"files are left: {left_over}")
            say(f"{tally.batches} batches, {dict(tally.stops)}, {len(left)} left, faults: {tally.faults}")
        orphans = ask(ORPHANS)[0][0]
    say(
        f"{options.database}: {tally.batches} batches of {options.sites} domains, "
        f"{tally.stops[signal.SIGKILL]} SIGKILLs, {tally.stops[signal.SIGTERM]} SIGTERMs "
        f"(the slowest stop took {tally.slowest:.1f} s; {tally.children} of all went to a child process), "
        f"{tally.early} ended before their signal; documents without a sitemap: {orphans}; "
        f"faults: {len(tally.faults)}"
    )
    for fault in tally.faults:
        say(fault)
    return 1 if tally.faults else 0


@dataclass(frozen=True, slots=True)
class Disturber:
    """Sends the signals that are left, each after a random number of requests to the sites."""

    many: Many
    left: list[signal.Signals]
    chance: random.Random
    tally: Tally

    def run_batch(self, program: Program, ask: Ask, tenant: str, sites: int) -> None:
        """Run one batch to its end, and break it off on the way as long as there are signals left."""
        arguments, done = ["batch", "list.txt"], dict[str, Any]()
        while True:
            with program.start(*arguments, "--quiet", stdout=subprocess.PIPE) as process:
                killed = self.tally.children
                code = self._wait(process, sites - len(done), sites)
                killed = self.tally.children - killed
                told = process.stderr.read().decode() if process.stderr else ""
            rows = ask(JOBS.format(tenant=tenant))
            again = [name for name, job, *row in rows if job in done and done[job] != row]
            self.tally.check(not again, f"finished and done again: {again[:3]}")
            done = {job: row for _, job, *row in rows if row[0] == "completed"}
            if code is None:
                if rows and all(row[2] == "completed" for row in rows):
                    # It was at its end, but for saying so.
                    return
                arguments = ["batch", "--resume"] if rows else ["batch", "list.txt"]
                continue
            interrupted = [name for name, _, status, *_ in rows if status == "interrupted"]
            self.tally.check(code == (3 if interrupted else 0), f"exit code {code}: {told}")
            # One line for each process that was killed while it ran jobs.
            lines = told.count("\n")
            self.tally.check(lines <= killed and bool(lines) == bool(interrupted), f"printed: {told}")
            if code not in (0, 3) or all(row[2] == "completed" for row in rows):
                return
            arguments = ["batch", "--resume"]

    def _wait(self, process: "subprocess.Popen[bytes]", sites_left: int, sites: int) -> int | None:
        """Send signals at random moments; the exit code of a process that ended by itself, else None.

        A command one of whose processes was killed goes on, and gets another signal.
        """
        hits, chance = self.many.server.hits, self.chance
        hits.clear()
        while self.left and (rest := sites_left - len(hits) // REQUESTS) > ALONE_FROM * sites:
            if not hits and chance.random() < STARTING:
                requests, pause = 0, STARTING_PAUSE
            else:
                requests, pause = len(hits) + chance.randint(1, REQUESTS * rest), PAUSE
            if not wait_until(process, partial(self._have_come, requests), chance.uniform(0, pause)):
                self.tally.early += 1
                break
            number = self.left.pop()
            self.tally.stops[number] += 1
            children = find_children(process)
            if not children or number != signal.SIGKILL or chance.random() < 0.5:
                self._stop(process, number, children)
                return None
            chance.choice(children).kill()
            self.tally.children += 1
        return process.wait()

    def _have_come(self, requests: int) -> bool:
        return len(self.many.server.hits) >= requests

    def _stop(
        self, process: "subprocess.Popen[bytes]", number: signal.Signals, children: list[psutil.Process]
    ) -> None:
        """Send a signal to the command, and wait until it and its processes are gone."""
        process.send_signal(number)
        tally, began = self.tally, time.monotonic()
        code, took = process.wait(), time.monotonic() - began
        tally.slowest = max(tally.slowest, took)
        tally.check(took < stretched(STOPS_WITHIN), f"signal {number} took too long")
        # It may have been at its end already, or not have been able to listen yet.
        expected = {-number, 128 + number, 0} if number == signal.SIGTERM else {-number}
        tally.check(code in expected, f"exit code {code} after signal {number}")
        _, orphans = psutil.wait_procs(children, timeout=stretched(STOPS_WITHIN))
        tally.check(not orphans, f"processes are left: {orphans}")


def wait_until(process: "subprocess.Popen[bytes]", is_reached: Callable[[], bool], pause: float) -> bool:
    """Wait until something is reached, and then for a pause; whether the process has not ended by then."""
    while not is_reached():
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_SECONDS)
            return False
    with suppress(subprocess.TimeoutExpired):
        process.wait(pause)
        return False
    return True


def find_children(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """The processes that a process has started and that are not gone, with their own ones."""
    with suppress(psutil.NoSuchProcess):
        found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
        return found
    return []


def _list_strange(folder: Path) -> list[str]:
    """The files that are neither the list nor the database; temporary ones also."""
    known = ("list.txt", "sitemap.db", "tmp")
    strange = [each for each in folder.iterdir() if not each.name.startswith(known)]
    return [each.name for each in (*strange, *(folder / "tmp").iterdir())]


def _results(ask: Ask, tenant: str) -> list[tuple[Any, ...]]:
    """What is recorded of each domain and sitemap, without what differs from run to run."""
    jobs = [(name, *row[:-1]) for name, _, *row in ask(JOBS.format(tenant=tenant))]
    return [*jobs, *ask(SITEMAPS.format(tenant=tenant))]


def find_unsound(ask: Ask, database: str) -> list[tuple[Any, ...]]:
    """Return what is wrong with a SQLite database; nothing on Postgres."""
    if database == "postgres":
        return []
    return [row for row in ask("PRAGMA integrity_check") if row != ("ok",)] + ask("PRAGMA foreign_key_check")


@contextmanager
def database(folder: Path, kind: str) -> Iterator[tuple[Program, Ask]]:
    """The program with an empty database, and a way to ask that."""
    program = Program(folder, LOOPBACK)
    if kind == "sqlite":

        def ask(query: str) -> list[tuple[Any, ...]]:
            with sqlite3.connect(program.database, timeout=30) as connection:
                found = connection.execute(query).fetchall()
            connection.close()
            return found

        yield program, ask
        return
    with serving() as url:
        program = program.having(SITEMAP_DATABASE=url)
        upgraded = program("db", "upgrade")
        if upgraded.code:
            raise SystemExit(upgraded.err)

        def ask_server(query: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(url) as connection:
                return connection.execute(query.encode()).fetchall()

        yield program, ask_server


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="SIGKILLs")
    parser.add_argument("--terms", type=int, default=100, metavar="N", help="SIGTERMs")
    parser.add_argument("--sites", type=int, default=500, metavar="N", help="domains of a batch")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="processes of a batch")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random moments")
    return parser.parse_args()


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
