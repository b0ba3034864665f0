"""Analyses of a large site, read by several processes, that are killed at random moments.

Run as ``python -m tests.large_site_kills [--kills 200] [--terms 40] [--database sqlite|postgres]``. A moment
is a number of bytes that the site has served, or a number of documents that were recorded, so that it comes
before the end of the analysis however busy the machine is. A signal goes to the command or, every third, to
one of the processes that read for it. After each signal to the command no process is left, every recorded
document is whole, and the next analysis has the same result as one that was not disturbed; so has an analysis
one of whose processes was killed. No temporary file is left.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.acceptance.command import Program
from tests.kills import (
    ORPHANS,
    STOPS_WITHIN,
    Ask,
    database,
    find_children,
    find_unsound,
    say,
    wait_until,
)
from tests.messages import Answer
from tests.patience import PATIENCE, stretched
from tests.web import Site, index, urlset

FILES, URLS = 8, 17_000
# The share of SIGKILLs that go to a process that reads, and the longest pause in seconds before a signal.
READERS = 0.33
PAUSE = 0.2
NAME = "a-page-with-a-long-name-as-shops-have-them/in-a-folder"

JOB = "SELECT verdict, status, sitemaps, urls, unique_urls FROM jobs ORDER BY id DESC LIMIT 1"
SITEMAPS = """
    SELECT url, urls, error FROM sitemaps WHERE job_id = (SELECT max(id) FROM jobs) ORDER BY url
"""
CUT = """
    SELECT count(*) FROM documents d
    WHERE NOT d.is_packed AND d.urls <> (SELECT count(*) FROM entries e WHERE e.document_id = d.id)
"""
DOCUMENTS = "SELECT count(*) FROM documents"
RUNNING = "SELECT count(*) FROM jobs WHERE status = 'running'"


@dataclass(slots=True)
class Tally:
    """The signals that were sent, when they came, and what was not as it should be."""

    sent: Counter[str] = field(default_factory=Counter)
    while_reading: int = 0
    early: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, holds: object, message: str) -> None:
        """Note a fault."""
        if not holds:
            self.faults.append(f"signal {self.sent.total()}: {message}")


@dataclass(frozen=True, slots=True)
class Bench:
    """A site, the program with a database, and how to ask that; ``expected`` is what an analysis records."""

    site: Site
    program: Program
    ask: Ask
    database: str
    chance: random.Random
    tally: Tally
    bytes_served: int
    expected: tuple[object, ...]

    def disturb(self, number: signal.Signals) -> bool:
        """Send a signal to an analysis, and see what is left; whether it came before the end."""
        forget(self.program)
        check, chance = self.tally.check, self.chance
        with start(self.site, self.program) as process:
            if not wait_until(process, self._choose_moment(), chance.uniform(0, PAUSE)):
                self.tally.early += 1
                return False
            readers = find_children(process)
            self.tally.while_reading += bool(readers)
            if readers and number == signal.SIGKILL and chance.random() < READERS:
                chance.choice(readers).kill()
                self.tally.sent["SIGKILL to a process that reads"] += 1
                check(process.wait(PATIENCE) == 0, "the analysis failed")
            else:
                process.send_signal(number)
                self.tally.sent[number.name] += 1
                code = process.wait(PATIENCE)
                expected = {-number, 128 + number, 0} if number == signal.SIGTERM else {-number}
                check(code in expected, f"exit code {code} after signal {number}")
        _, left = psutil.wait_procs(readers, timeout=stretched(STOPS_WITHIN))
        check(not left, f"processes are left: {left}")
        return True

    def judge(self) -> None:
        """Note what is wrong with what is recorded, and whether the next analysis has another result."""
        ask, check = self.ask, self.tally.check
        check(not list((self.program.folder / "tmp").iterdir()), "temporary files are left")
        check(ask(CUT)[0][0] == 0, "a document is cut")
        check(not find_unsound(ask, self.database), "the database is not sound")
        if (ask(JOB), ask(SITEMAPS)) != self.expected:
            check(self.program(*analyze(self.site)).code == 0, "the next analysis failed")
            check((ask(JOB), ask(SITEMAPS)) == self.expected, "another result")
        check(ask(RUNNING)[0][0] == 0, "a job is still running")
        check(ask(ORPHANS)[0][0] == 0, "a document without a sitemap")

    def _choose_moment(self) -> Callable[[], bool]:
        if self.chance.random() < 0.5:
            size = self.chance.randrange(self.bytes_served)
            return lambda: self.site.sent >= size
        number = self.chance.randrange(FILES)
        return lambda: self.ask(DOCUMENTS)[0][0] >= number


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
        with start(site, program) as process:
            tally.check(process.wait() == 0, "an analysis that was not disturbed failed")
        expected = ask(JOB), ask(SITEMAPS)
        bench = Bench(site, program, ask, options.database, chance, tally, site.sent, expected)
        while numbers:
            if not bench.disturb(numbers[-1]):
                continue
            numbers.pop()
            bench.judge()
            if len(numbers) % 20 == 0:
                say(f"{len(numbers)} signals left, faults: {tally.faults}")
        tally.check(tally.while_reading, "no other process has read anything")
    say(
        f"{options.database}: {dict(tally.sent)}, {tally.while_reading} while other processes were reading; "
        f"{tally.early} analyses ended before their signal and were repeated; faults: {len(tally.faults)}"
    )
    for fault in tally.faults:
        say(fault)
    return 1 if tally.faults else 0


def analyze(site: Site) -> tuple[str, ...]:
    """The words of an analysis by several processes."""
    return ("analyze", site.url, "--quiet", "--processes", "2")


def start(site: Site, program: Program) -> "subprocess.Popen[bytes]":
    """Start an analysis, and count what the site serves anew."""
    site.sent = 0
    return program.start(*analyze(site), stdout=subprocess.DEVNULL)


def forget(program: Program) -> None:
    """Remove the site from the database, so that everything is read again."""
    for each in program("domains", "list", "--format", "jsonl").records:
        program("domains", "remove", each["domain"], "--yes")


def _fill(site: Site) -> None:
    """Let a site serve large sitemaps, each of some megabytes."""
    names = [f"{site.url}/{number}.xml" for number in range(FILES)]
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/index.xml\n".encode())
    site.routes["/index.xml"] = Answer(index(*names))
    for number in range(FILES):
        pages = (f"{site.url}/{number}/{NAME}/{page}" for page in range(URLS))
        site.routes[f"/{number}.xml"] = Answer(urlset(*pages, lastmod="2026-11-01"))


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.large_site_kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="number of SIGKILLs")
    parser.add_argument("--terms", type=int, default=40, metavar="N", help="number of SIGTERMs")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the random moments")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
