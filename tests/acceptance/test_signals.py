"""Ctrl-C and kill: a clean stop, an exit code, and a job that says it was interrupted."""

import contextlib
import fcntl
import signal
import sqlite3
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from typing import IO

import psutil
import pytest

from tests.acceptance.command import Done, Program, ends
from tests.acceptance.conftest import furnish
from tests.patience import PATIENCE, stretched
from tests.web import Answer, Hit, Site, urlset

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SOON = 10


@contextlib.contextmanager
def hanging(program: Program, site: Site, *arguments: object) -> Iterator["subprocess.Popen[bytes]"]:
    """A run that waits for a server that says nothing."""
    asked = threading.Event()

    def hang(_: Hit) -> Answer:
        asked.set()
        return Answer(hang=True)

    furnish(site)
    site.routes["/b.xml.gz"] = hang
    with program.start("analyze", site.url, *arguments) as process:
        assert asked.wait(PATIENCE)
        yield process


def stopped(process: "subprocess.Popen[bytes]", number: int) -> Done:
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=stretched(SOON))
    return Done(process.returncode, stdout, stderr)


@pytest.mark.parametrize(("number", "code"), SIGNALS.items(), ids=[each.name for each in SIGNALS])
def test_a_signal_ends_a_run_cleanly(number: int, code: int, program: Program, site: Site) -> None:
    with hanging(program, site) as process:
        done = stopped(process, number)
    (job,) = program("jobs", "list", "--format", "jsonl").records
    assert (done.code, done.stdout) == (code, b"")
    assert done.err == f"stopped; what was read so far is recorded: sitemap jobs show {job['job_id']}\n"
    assert (job["status"], job["verdict"]) == ("interrupted", None)
    assert job["finished_at"] is not None


def test_what_was_read_before_the_signal_is_kept(program: Program, site: Site) -> None:
    with hanging(program, site) as process:
        while recorded_sitemaps(program) < 2:
            assert process.poll() is None
        stopped(process, signal.SIGINT)
    (job,) = program("jobs", "list", "--format", "jsonl").records
    shown = program("jobs", "show", job["job_id"], "--format", "json").json
    assert [each["url"] for each in shown["sitemaps"]] == [f"{site.url}/index.xml", f"{site.url}/a.xml"]
    assert (job["sitemaps"], job["urls"]) == (2, 3)


def recorded_sitemaps(program: Program) -> int:
    with contextlib.closing(sqlite3.connect(program.database)) as connection:
        count: int = connection.execute("SELECT count(*) FROM sitemaps").fetchone()[0]
    return count


def test_no_half_file_is_left(program: Program, site: Site) -> None:
    with hanging(program, site, "-o", "result.json") as process:
        stopped(process, signal.SIGTERM)
    assert list(program.folder.glob("*result*")) == []


def test_a_signal_that_our_parent_ignores_is_ignored(program: Program, site: Site) -> None:
    gate = threading.Event()
    asked = threading.Event()

    def held(_: Hit) -> Answer:
        asked.set()
        return Answer(urlset(f"{site.url}/"), gate=gate)

    site.routes["/sitemap.xml"] = held
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
    with program.start("analyze", f"{site.url}/sitemap.xml", **ignoring) as process:
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGHUP)
        gate.set()
        assert ends(process).code == 0


@pytest.mark.parametrize("command", ["parse", "robots"])
def test_a_command_that_waits_for_stdin_can_be_stopped(command: str, program: Program) -> None:
    with program.start(command, "-", stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        # More than fits into a pipe: when all of it is gone, the program is inside its own reading.
        process.stdin.write(b"https://a.example/\n" * 20_000)
        process.stdin.flush()
        while unread(process.stdin) or psutil.Process(process.pid).status() != psutil.STATUS_SLEEPING:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=stretched(SOON)) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def unread(pipe: IO[bytes]) -> int:
    """How many bytes nobody has taken out of a pipe yet."""
    answer = fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(answer, sys.byteorder)
