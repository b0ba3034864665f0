"""Commands that take care of a database, killed at random moments while another process writes to it.

Run as ``python -m tests.care_kills backup|vacuum|prune [--kills 50] [--rows 40000] [--seed 1]``, prunes also
with ``--database postgres``; they are described in :mod:`tests.prune_kills`. Of the others, a moment is a
number of bytes that the command has written, so that it comes before the end however busy the machine is;
some kills of backups come while the program starts. After each one the database is sound and has everything.
No broken file has the name of a copy, at most one temporary file is left, and the next copy to the same name
succeeds and removes it.
"""

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.acceptance.command import Program
from tests.kills import STARTING, STARTING_PAUSE, database, say, wait_until
from tests.prune_kills import kill_prunes

# What the writer adds in one transaction: a domain and its tag. Where only one of them is, the copy is torn.
WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("PRAGMA synchronous=NORMAL")
number, now = 0, "2026-11-29 00:00:00.000000"
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    row = connection.execute(
        "INSERT INTO domains (tenant, name, created_at) VALUES ('writer', ?, ?)", (f"{number}.example", now)
    )
    connection.execute("INSERT INTO tags VALUES (?, 'written')", (row.lastrowid,))
    connection.execute("COMMIT")
    print(number, flush=True)
    time.sleep(0.001)
"""
TORN = """
    SELECT d.name || ' without its tag' FROM domains d LEFT JOIN tags t ON t.domain_id = d.id
    WHERE d.tenant = 'writer' AND t.tag IS NULL
"""


@dataclass(slots=True)
class Tally:
    """What was done, and what was not as it should be."""

    kills: int = 0
    early: int = 0
    whole: int = 0
    left_over: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, holds: object, told: str) -> None:
        """Note a fault."""
        if not holds:
            self.faults.append(f"kill {self.kills}: {told}")


@contextmanager
def writing(database: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Let another process write to a database all the time; it fails if it ever has to wait for a lock."""
    command = [sys.executable, "-c", WRITER, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), process.stderr and process.stderr.read()
        os.set_blocking(process.stdout.fileno(), False)
        try:
            yield process
        finally:
            process.kill()


def count_written(process: "subprocess.Popen[bytes]", last: int) -> int:
    """Return how many transactions the writer has committed; ``last`` is what was returned before."""
    assert process.stdout is not None
    assert process.poll() is None, process.stderr and process.stderr.read()
    lines = (process.stdout.read() or b"").split(b"\n")[:-1]
    return int(lines[-1]) if lines and lines[-1] else last


def list_unsound(database: Path) -> list[tuple[object, ...]]:
    """Return what is wrong with a SQLite file, and what only a part of a transaction has left in it."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        found: list[tuple[object, ...]] = [
            row for row in connection.execute("PRAGMA integrity_check") if row != ("ok",)
        ]
        return [*found, *connection.execute("PRAGMA foreign_key_check"), *connection.execute(TORN)]


def fill(database: Path, rows: int) -> None:
    """Record one document with so many entries of some hundred bytes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        columns = "tenant, digest, kind, complete, bytes, urls, children, problems, created_at"
        values = ("default", b"filled", "urlset", True, 0, rows, 0, 0, "2026-11-29 00:00:00.000000")
        marks = ", ".join("?" * len(values))
        row = connection.execute(f"INSERT INTO documents ({columns}) VALUES ({marks})", values)
        entries = ((row.lastrowid, n, f"https://a.example/{n}/{'x' * 400}") for n in range(1, rows + 1))
        connection.executemany("INSERT INTO entries (document_id, position, loc) VALUES (?, ?, ?)", entries)


def kill_backups(program: Program, kills: int, rows: int, chance: random.Random, tally: Tally) -> None:
    """Kill so many backups, while another process writes."""
    fill(program.database, rows)
    copies = program.folder / "copies"
    copies.mkdir()
    with writing(program.database) as writer:
        written = 1
        while tally.kills < kills:
            copy = copies / f"{tally.kills}.db"
            was_killed = _kill_backup(program, copy, chance, tally)
            if copy.exists():
                tally.whole += was_killed
                tally.check(not list_unsound(copy), "a broken file has the name of the copy")
                copy.unlink()
            left = _list_names(copies)
            tally.left_over += len(left)
            tally.check(
                len(left) <= 1 and all(each.endswith(".incomplete") for each in left), f"left: {left}"
            )
            again = program("db", "backup", copy)
            tally.check(again.code == 0, f"the next backup failed: {again.err}")
            tally.check(not list_unsound(copy), "the next copy is not sound")
            tally.check((left := _list_names(copies)) == [copy.name], f"left: {left}")
            copy.unlink()
            before, written = written, count_written(writer, written)
            tally.check(written > before, "the writer had to wait")
    tally.check(not list_unsound(program.database), "the database is not sound")
    say_result("backup", tally, f"{written:,} transactions of the writer")


def _list_names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def _kill_backup(program: Program, copy: Path, chance: random.Random, tally: Tally) -> bool:
    """Kill one backup at a random moment, unless it ends before; return whether it was killed."""
    size = program.database.stat().st_size
    is_starting = chance.random() < STARTING
    wanted = -1 if is_starting else chance.randint(1, round(size * 1.05))
    with program.start("db", "backup", copy) as process:
        pause = chance.uniform(0, STARTING_PAUSE) if is_starting else chance.uniform(0, 0.02)
        was_killed = wait_until(process, lambda: is_starting or _has_grown(copy, min(wanted, size)), pause)
        process.kill()
    tally.kills += was_killed
    tally.early += not was_killed
    return was_killed


def _has_grown(copy: Path, size: int) -> bool:
    """Return whether the copy in work has as many bytes."""
    with suppress(FileNotFoundError):
        return any(each.stat().st_size >= size for each in copy.parent.glob("*.incomplete"))
    return False


def kill_vacuums(program: Program, kills: int, rows: int, chance: random.Random, tally: Tally) -> None:
    """Kill so many vacuums of a database half of which is free, then let one end."""
    fill(program.database, rows)
    (program.folder / "tmp").mkdir()
    program = program.having(SQLITE_TMPDIR=str(program.folder / "tmp"))
    _execute(program.database, "DELETE FROM entries WHERE position % 2")
    size = program.database.stat().st_size
    # The temporary file, the log, and the pages that are copied out of it.
    most = round(size * 1.6)
    while tally.kills < kills:
        with program.start("db", "vacuum") as process:
            wanted = chance.randint(1, most)
            was_killed = wait_until(process, partial(_has_written, process, wanted), 0)
            process.kill()
        tally.kills += was_killed
        tally.early += not was_killed
        tally.check(not list_unsound(program.database), "the database is not sound")
        count = _execute(program.database, "SELECT count(*) FROM entries")
        tally.check(count == rows // 2, f"{count} entries")
        left = _list_names(program.folder / "tmp")
        tally.check(not left, f"left: {left}")
        if not was_killed:
            _execute(program.database, f"UPDATE entries SET lastmod = '{'x' * 400}'")
            _execute(program.database, "UPDATE entries SET lastmod = NULL")
    tally.check(program("db", "vacuum").code == 0, "the last vacuum failed")
    tally.check(program.database.stat().st_size < size * 0.8, "the last vacuum gave nothing back")
    tally.check(not list_unsound(program.database), "the database is not sound")
    say_result("vacuum", tally, "the last vacuum ended")


def _execute(database: Path, statement: str) -> int | None:
    """Execute a statement, and return the first value of its result."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        row = connection.execute(statement).fetchone()
        return int(row[0]) if row else None


def _has_written(process: "subprocess.Popen[bytes]", size: int) -> bool:
    """Return whether a process has written so many bytes, to any file."""
    with suppress(OSError, ValueError):
        written = dict(line.split(": ") for line in Path(f"/proc/{process.pid}/io").read_text().splitlines())
        return int(written["wchar"]) >= size
    return False


def say_result(command: str, tally: Tally, more: str) -> None:
    """Print what was done in one line, then the faults."""
    say(
        f"{command}: {tally.kills} SIGKILLs, {tally.early} ended before theirs, {tally.whole} copies were "
        f"complete when killed, {tally.left_over} temporary files were left and removed by the next run, "
        f"{more}; faults: {len(tally.faults)}"
    )
    for fault in tally.faults:
        say(fault)


KILLED_ALONE = {"backup": kill_backups, "vacuum": kill_vacuums}


def main() -> int:
    """Kill as often as was asked; whether something was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.care_kills", description=__doc__)
    parser.add_argument("command", choices=(*KILLED_ALONE, "prune"))
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="SIGKILLs")
    parser.add_argument("--rows", type=int, default=40_000, metavar="N", help="entries in the database")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random moments")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite", help="of prunes")
    options = parser.parse_args()
    tally, chance = Tally(), random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, database(Path(folder), options.database) as (program, ask):
        assert program("db", "upgrade").code == 0
        if options.command in KILLED_ALONE:
            KILLED_ALONE[options.command](program, options.kills, options.rows, chance, tally)
        else:
            done = kill_prunes(program, ask, options.database, options.kills, options.rows, chance)
            tally.faults += done.faults
            say(done.describe(options.database))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
