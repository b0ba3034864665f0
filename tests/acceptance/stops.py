"""A program that sends itself a signal at a moment of the test's choice, and what must hold afterwards."""

import contextlib
import fcntl
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.command import Done, Program, ends
from tests.patience import PATIENCE, stretched

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
PIPE = 4096
PROMISED_SECONDS = 5.0
# What the schema is before the first migration was committed, and a database afterwards.
SOUND = ({}, {"integrity": "ok", "tables": 0}, {"integrity": "ok", "half": [], "open": []})

# Runs in the program's process before anything of ours is imported. Every event has a name: of an
# audit event and its first argument, or of an SQL statement. The N-th that fits is the moment.
SITECUSTOMIZE = """
import itertools, json, os, re, signal, socket, sqlite3, sys, threading, time

plan = json.loads(os.environ["STOP_PLAN"])
moment = re.compile(plan["moment"])
count = itertools.count(1)
done = False


def notice(name):
    global done
    if done or not moment.search(name) or next(count) < plan["nth"]:
        return
    done = True
    with open(plan["stamp"], "w") as stamp:
        stamp.write(repr(time.time()))
    for number in plan["signals"]:
        # The system may hand it to any thread; to this one, so that the main thread has to be told.
        signal.pthread_kill(threading.get_ident(), number)


def audited(event, arguments):
    if event in ("import", "socket.connect", "sqlite3.connect"):
        notice(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]}")


def connect(*arguments, **options):
    connection = opened(*arguments, **options)
    connection.set_trace_callback(lambda statement: notice(f"sql {statement}"))
    return connection


def silent(host, *arguments, **options):
    if host.endswith(".test"):
        notice(f"dns {host}")
        time.sleep(600)
    return system(host, *arguments, **options)


system, socket.getaddrinfo = socket.getaddrinfo, silent
opened, sqlite3.connect = sqlite3.connect, connect
sys.addaudithook(audited)
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """How a program was stopped: its end, and the seconds from the signal until then."""

    done: Done
    seconds: float


@dataclass(frozen=True, slots=True)
class Stoppable:
    """A program whose files are all in sight: ``temp`` is where it keeps what it needs for a while."""

    program: Program
    temp: Path
    stamp: Path
    variables: dict[str, str] = field(default_factory=dict)

    def at(
        self,
        moment: str,
        *arguments: object,
        nth: int = 1,
        signals: tuple[int, ...] = (signal.SIGINT,),
        read: bool = True,
    ) -> Stop:
        """Run a command that sends itself these signals at the moment; nobody may ``read`` what it prints."""
        plan = {"moment": moment, "nth": nth, "signals": signals, "stamp": str(self.stamp)}
        self.stamp.unlink(missing_ok=True)
        with self.program.having(STOP_PLAN=json.dumps(plan), **self.variables).start(*arguments) as process:
            _narrow(process)
            if read:
                done, ended = ends(process), time.time()
            else:
                process.wait(timeout=PATIENCE)
                ended, done = time.time(), ends(process)
        assert self.stamp.exists(), f"the moment never came: {done}"
        return Stop(done, ended - float(self.stamp.read_text()))

    def when(self, ready: Callable[[subprocess.Popen[bytes]], bool], number: int, *arguments: object) -> Stop:
        """Run a command and send it a signal as soon as it is ready for that."""
        with self.program.start(*arguments) as process:
            _narrow(process)
            while not ready(process):
                assert process.poll() is None, process.communicate()
                time.sleep(0.01)
            sent = time.monotonic()
            process.send_signal(number)
            code = process.wait(timeout=PATIENCE)
            seconds = time.monotonic() - sent
            stdout, stderr = process.communicate()
        return Stop(Done(code, stdout, stderr), seconds)

    def leftovers(self) -> list[str]:
        """Files that should have gone."""
        hidden = [each.name for each in self.program.folder.iterdir() if each.name.startswith(".")]
        return [*hidden, *(each.name for each in self.temp.iterdir())]


def _narrow(process: "subprocess.Popen[bytes]") -> None:
    """Leave as little room in the pipe as there may be: then a short text fills it."""
    assert process.stdout is not None
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE)


def stoppable(program: Program, folder: Path) -> Stoppable:
    """Prepare a program for :meth:`Stoppable.at`; ``folder`` is for the files of the test itself."""
    hook, temp = folder / "hook", folder / "temp"
    hook.mkdir()
    temp.mkdir()
    (hook / "sitecustomize.py").write_text(SITECUSTOMIZE)
    stamp = folder / "stamp"
    return Stoppable(program.having(TMPDIR=str(temp)), temp, stamp, {"PYTHONPATH": str(hook)})


def ended_well(stop: Stop, number: int, stopping: Stoppable) -> None:
    """What holds after every stop."""
    assert stop.done.code == SIGNALS[signal.Signals(number)], stop
    assert stop.seconds < stretched(PROMISED_SECONDS)
    assert len(stop.done.err.splitlines()) <= 1, stop.done.err
    assert soundness(stopping.program.database) in SOUND
    assert stopping.leftovers() == []
    again = stopping.program("jobs", "list", "--format", "jsonl")
    assert again.code == 0, again.err


def soundness(database: Path) -> dict[str, Any]:
    """What can be told of a database by looking at it: nothing half-done, nothing left open."""
    if not database.exists():
        return {}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if "jobs" not in tables:
            return {"integrity": integrity, "tables": len(tables - {"sqlite_sequence"})}
        return {"integrity": integrity, "half": _half(connection), "open": _open(connection)}


def _half(connection: sqlite3.Connection) -> list[Any]:
    """Documents whose rows are not all there."""
    query = """
        SELECT id, urls, children FROM documents
        WHERE CASE WHEN is_packed THEN 1 ELSE urls END <> CASE WHEN is_packed
            THEN (SELECT count(*) FROM packed_entries WHERE document_id = documents.id)
            ELSE (SELECT count(*) FROM entries WHERE document_id = documents.id) END
           OR children <> (SELECT count(*) FROM children WHERE document_id = documents.id)
    """
    return connection.execute(query).fetchall()


def _open(connection: sqlite3.Connection) -> list[Any]:
    """Jobs without an end."""
    query = "SELECT id, status FROM jobs WHERE status IN ('pending', 'running') OR finished_at IS NULL"
    return connection.execute(query).fetchall()


def endings(database: Path) -> list[tuple[str, str]]:
    """Status and verdict of every job, the oldest first."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT status, verdict FROM jobs ORDER BY id").fetchall()
