"""Processes that get in each other's way: pairs over one domain, and many writers of one database.

Run as ``python -m tests.crowds [--pairs 100] [--writers 8] [--sites 100] [--database sqlite|postgres]``.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.acceptance.command import Done, Program, ends
from tests.kills import database
from tests.many import Many

if TYPE_CHECKING:
    import subprocess

# Seconds until an answer, three of which make a run, and between the beginnings of two.
SLOW, LATEST = 0.2, 0.5


def main() -> int:
    """Let them meet; whether something was not as it should be."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        many = stack.enter_context(Many.serving())
        program, _ = stack.enter_context(database(folder, options.database))
        faults = [*_pairs(program, many, options), *_writers(program, many, options)]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def _pairs(program: Program, many: Many, options: argparse.Namespace) -> list[str]:
    """Two runs of one domain that begin at almost the same moment."""
    many.delay = SLOW
    chance, codes, faults = random.Random(options.seed), Counter[tuple[int, int]](), list[str]()
    for number in range(options.pairs):
        host, kind = f"http://{many.host(number)}", chance.choice(("analyze", "batch"))
        (program.folder / "one.txt").write_text(host)
        arguments = (kind, "one.txt" if kind == "batch" else host, "--quiet")
        with program.start(*arguments) as first:
            time.sleep(chance.uniform(0, LATEST))
            with program.start(*arguments) as second:
                done = (ends(first), ends(second))
        codes[done[0].code, done[1].code] += 1
        jobs = program.jobs("--domain", many.host(number))
        well = [job["status"] == "completed" for job in jobs]
        if not all(well) or len(well) != sum(each.code == 0 for each in done):
            faults.append(f"{host}: {jobs}")
        faults += [f"{host}: {each}" for each in done if each.code not in (0, 75)]
    told = ", ".join(f"{count} x {pair}" for pair, count in codes.items())
    sys.stdout.write(f"{options.database}: {options.pairs} pairs, exit codes {told}\n")
    return faults


def _writers(program: Program, many: Many, options: argparse.Namespace) -> list[str]:
    """Batches of different domains, all at once, into one database."""
    first, many.delay = options.pairs, 0.0
    began = time.monotonic()
    with ExitStack() as stack:
        running = []
        for writer in range(options.writers):
            hosts = [f"http://{many.host(first + writer * options.sites + n)}" for n in range(options.sites)]
            (program.folder / f"w{writer}.txt").write_text("\n".join(hosts))
            running.append(stack.enter_context(program.start("batch", f"w{writer}.txt", "--quiet")))
        done = [_patiently(each) for each in running]
    jobs = program.jobs()
    well = sum(job["status"] == "completed" for job in jobs)
    sys.stdout.write(
        f"{options.database}: {options.writers} writers of {options.sites} domains at once, "
        f"{time.monotonic() - began:.1f} s, {well} jobs completed of {len(jobs)}\n"
    )
    return [str(each) for each in done if each != Done(0, b"", b"")]


def _patiently(process: "subprocess.Popen[bytes]") -> Done:
    stdout, stderr = process.communicate(timeout=600)
    return Done(process.returncode, stdout, stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crowds", description=__doc__)
    parser.add_argument("--pairs", type=int, default=100, metavar="N", help="pairs of processes")
    parser.add_argument("--writers", type=int, default=8, metavar="N", help="processes that write at once")
    parser.add_argument("--sites", type=int, default=100, metavar="N", help="domains of each writer")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random moments")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
