"""Analyses of a large site, read by several processes, that are killed at random moments.

Run as ``python -m tests.large_site_kills [--kills 200] [--terms 40] [--database sqlite|postgres]``. After
each signal no process and no temporary file is left, every recorded document is whole, and the next
analysis has the same result as one that was not disturbed.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.command import Program
from tests.kills import ORPHANS, database, find_unsound, say
from tests.patience import PATIENCE
from tests.web import Answer, Site, index, urlset

FILES, URLS = 16, 40_000
NAME = "a-page-with-a-long-name-as-shops-have-them/in-a-folder"

JOB = "SELECT verdict, status, sitemaps, urls, unique_urls FROM jobs ORDER BY id DESC LIMIT 1"
SITEMAPS = """
    SELECT url, urls, error FROM sitemaps WHERE job_id = (SELECT max(id) FROM jobs) ORDER BY url
"""
CUT = """
    SELECT count(*) FROM documents d
    WHERE d.urls <> (SELECT count(*) FROM entries e WHERE e.document_id = d.id)
"""
RUNNING = "SELECT count(*) FROM jobs WHERE status = 'running'"


@dataclass(slots=True)
class Tally:
    """The signals that were sent, when they came, and what was not as it should be."""

    sent: Counter[str] = field(default_factory=Counter)
    with_children: int = 0
    early: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, holds: object, message: str) -> None:
        """Note a fault."""
        if not holds:
            self.faults.append(message)


def main() -> int:
    """Send the signals; return whether something was not as it should be."""
    options = _parse_options()
    chance, tally = random.Random(options.seed), Tally()
    numbers = [signal.SIGKILL] * options.kills + [signal.SIGTERM] * options.terms
    chance.shuffle(numbers)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "tmp").mkdir()
        site = stack.enter_context(Site())
        _fill(site)
        program, ask = stack.enter_context(database(folder, options.database))
        program = program.having(TMPDIR=str(folder / "tmp"))
        command = ("analyze", site.url, "--quiet", "--processes", "2")
        seconds = _measure(program, command, tally)
        expected = ask(JOB), ask(SITEMAPS)
        for at, number in enumerate(numbers, 1):
            _forget(program)
            _disturb(program, command, number, chance.uniform(0.2, 1.0) * seconds, tally)
            tally.check(not list((folder / "tmp").iterdir()), f"{at}: temporary files are left")
            tally.check(ask(CUT)[0][0] == 0, f"{at}: a document is cut")
            tally.check(not find_unsound(ask, options.database), f"{at}: the database is not sound")
            tally.check(program(*command).code == 0, f"{at}: the next analysis failed")
            tally.check((ask(JOB), ask(SITEMAPS)) == expected, f"{at}: another result")
            tally.check(ask(RUNNING)[0][0] == 0, f"{at}: a job is still running")
            tally.check(ask(ORPHANS)[0][0] == 0, f"{at}: a document without a sitemap")
            if at % 20 == 0:
                say(f"{at} signals, faults: {tally.faults}")
    say(
        f"{options.database}: {dict(tally.sent)}, {tally.with_children} while other processes were reading, "
        f"{tally.early} analyses ended before their signal; faults: {len(tally.faults)}"
    )
    for fault in tally.faults:
        say(fault)
    return 1 if tally.faults else 0


def _fill(site: Site) -> None:
    """Let a site serve large sitemaps, each of some megabytes."""
    names = [f"{site.url}/{number}.xml" for number in range(FILES)]
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/index.xml\n".encode())
    site.routes["/index.xml"] = Answer(index(*names))
    for number in range(FILES):
        pages = (f"{site.url}/{number}/{NAME}/{page}" for page in range(URLS))
        site.routes[f"/{number}.xml"] = Answer(urlset(*pages, lastmod="2026-11-01"))


def _measure(program: Program, command: tuple[str, ...], tally: Tally) -> float:
    """Return the seconds that an analysis takes, the second time."""
    began = 0.0
    for _ in range(2):
        _forget(program)
        began = time.monotonic()
        with program.start(*command, stdout=subprocess.DEVNULL) as process:
            tally.check(process.wait() == 0, "an analysis that was not disturbed failed")
    return time.monotonic() - began


def _forget(program: Program) -> None:
    """Remove the site from the database, so that everything is read again."""
    for each in program("domains", "list", "--format", "jsonl").records:
        program("domains", "remove", each["domain"], "--yes")


def _disturb(
    program: Program, command: tuple[str, ...], number: signal.Signals, seconds: float, tally: Tally
) -> None:
    """Start an analysis, send it a signal, and wait until its processes are gone."""
    with program.start(*command, stdout=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            children = _list_children(process.pid)
            process.send_signal(number)
            tally.sent[number.name] += 1
            tally.with_children += bool(children)
        else:
            tally.early += 1
            return
        process.wait(PATIENCE)
    until = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{each}").exists() for each in children) and time.monotonic() < until:
        time.sleep(0.01)
    tally.check(not any(Path(f"/proc/{each}").exists() for each in children), "a process is left")


def _list_children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are not gone."""
    listed: Any = subprocess.run(("pgrep", "-P", str(pid)), stdout=subprocess.PIPE, check=False)
    return [int(line) for line in listed.stdout.split()]


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.large_site_kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="number of SIGKILLs")
    parser.add_argument("--terms", type=int, default=40, metavar="N", help="number of SIGTERMs")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the random moments")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
