"""Signals while the program waits: for the network, for its own patience, or for whoever reads its output."""

import fcntl
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import IO

import psutil
import pytest

from sitemap_cli.services.reporting.listed_urls import SITEMAPS_PER_WINDOW
from tests.acceptance.command import Program
from tests.acceptance.stops import PIPE, SIGNALS, Stoppable, ended_well, endings, stoppable
from tests.patience import stretched
from tests.web import Answer, Route, Site, index, robots, urlset

INTERRUPTED = ("interrupted", None)
Ready = Callable[[subprocess.Popen[bytes]], bool]


@pytest.fixture
def stopping(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Stoppable:
    return stoppable(program, tmp_path_factory.mktemp("stops"))


def sleeps(process: subprocess.Popen[bytes]) -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_SLEEPING


def asked(site: Site, times: int, *, active: int) -> Ready:
    """Until so many requests were made, and so many of them are still being answered."""
    return lambda process: len(site.hits) >= times and site.active == active and sleeps(process)


@dataclass(frozen=True, slots=True)
class Wait:
    """What the sitemap answers, how many requests come before the wait, and how many last through it."""

    answer: Route
    requests: int = 1
    active: int = 0
    options: tuple[object, ...] = ()
    robots: tuple[str, ...] = ()


WAITS = {
    "for the head of an answer": Wait(Answer(hang=True), active=1),
    "for the rest of a body": Wait(
        Answer(urlset(*["https://a.example/"] * 99), cut_after=900, hang=True), active=1
    ),
    "for a slow body": Wait(Answer(urlset(*["https://a.example/"] * 9999), pace=2000), active=1),
    "for an endless body": Wait(Answer(b"<urlset>" + b" " * 9000, pace=2000, endless=True), active=1),
    "for another try": Wait(Answer(status=503, headers=(("Retry-After", "50"),)), options=("--retries", 2)),
    "for its own delay": Wait(Answer(index("/a.xml", "/b.xml")), options=("--delay", 50)),
    "for the delay of a robots.txt": Wait(
        Answer(index("/a.xml", "/b.xml")), 2, robots=("User-agent: *", "Crawl-delay: 9")
    ),
}


@pytest.mark.parametrize(("wait", "number"), list(zip(WAITS, cycle(SIGNALS), strict=False)))
def test_a_run_can_be_stopped_while_it_waits(wait: str, number: int, stopping: Stoppable, site: Site) -> None:
    waiting = WAITS[wait]
    robots(site, *waiting.robots)
    site.routes["/index.xml"] = waiting.answer
    ready = asked(site, waiting.requests, active=waiting.active)
    stop = stopping.when(ready, number, "analyze", f"{site.url}/index.xml", *waiting.options)
    ended_well(stop, number, stopping)
    assert endings(stopping.program.database) == [INTERRUPTED]
    assert stop.done.err.startswith("stopped; what was read so far is recorded: sitemap jobs show ")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_can_be_stopped_while_a_name_server_is_silent(number: int, stopping: Stoppable) -> None:
    stop = stopping.at("^dns", "analyze", "http://silent.test/a.xml", signals=(number,))
    ended_well(stop, number, stopping)
    assert endings(stopping.program.database) == [INTERRUPTED]


def test_a_run_can_be_stopped_while_it_connects(stopping: Stoppable) -> None:
    """A listener whose queue is full does what a firewall does."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/a.xml"
        stop = stopping.at("^socket.connect", "analyze", url, signals=(signal.SIGTERM,))
    ended_well(stop, signal.SIGTERM, stopping)
    assert endings(stopping.program.database) == [INTERRUPTED]


def test_of_several_targets_those_before_stay_and_those_after_are_not_begun(
    stopping: Stoppable, site: Site
) -> None:
    for name in ("first", "third"):
        site.routes[f"/{name}.xml"] = Answer(urlset(f"{site.url}/{name}"))
    site.routes["/second.xml"] = Answer(hang=True)
    targets = [f"{site.url}/{name}.xml" for name in ("first", "second", "third")]

    def ready(_: object) -> bool:
        return "/second.xml" in site.paths

    stop = stopping.when(ready, signal.SIGINT, "analyze", *targets, "--format", "jsonl")
    ended_well(stop, signal.SIGINT, stopping)
    assert [each["verdict"] for each in stop.done.records] == ["ok"]
    assert endings(stopping.program.database) == [("completed", "ok"), INTERRUPTED]
    assert "/third.xml" not in site.paths


def test_a_command_that_heard_of_a_signal_gives_up_what_nobody_reads(
    stopping: Stoppable, build: Path
) -> None:
    """More than a pipe takes is printed by then, and less than is written at once."""
    assert stopping.program("analyze", build, "--base-url", "https://a.example/", "--quiet").code == 0
    second = ("FROM entries", "urls", "--job", "last", "--format", "jsonl")
    stop = stopping.at(*second, nth=2, signals=(signal.SIGTERM,), read=False)
    ended_well(stop, signal.SIGTERM, stopping)
    assert stop.seconds < stretched(3)


def full(process: subprocess.Popen[bytes]) -> bool:
    """Whether a pipe has no room left and the process waits for whoever reads it."""
    assert process.stdout is not None
    return unread(process.stdout) > PIPE / 2 and sleeps(process)


def unread(pipe: IO[bytes]) -> int:
    answer = fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(answer, sys.byteorder)


@pytest.fixture
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local build about which there is more to tell than fits into a pipe.

    It has more sitemaps than are read at a time.
    """
    folder = tmp_path_factory.mktemp("build")
    names = [f"s{n}.xml" for n in range(SITEMAPS_PER_WINDOW + 50)]
    for name in names:
        (folder / name).write_bytes(urlset(*(f"https://a.example/{name}/{n}" for n in range(20))))
    (folder / "sitemap.xml").write_bytes(index(*(f"https://a.example/{name}" for name in names)))
    return folder


PRINTING = {
    "analyze json": ("analyze", "{build}", "--base-url", "https://a.example/", "--format", "json"),
    "analyze jsonl": ("analyze", "{build}", "--base-url", "https://a.example/", "--format", "jsonl"),
    "urls": ("urls", "--job", "last", "--format", "jsonl"),
    "tree": ("tree", "--job", "last"),
    "jobs show": ("jobs", "show", "{job}", "--format", "json"),
    "parse": ("parse", "{build}"),
}


@pytest.mark.parametrize(("command", "number"), list(zip(PRINTING, cycle(SIGNALS), strict=False)))
def test_a_command_can_be_stopped_while_nobody_reads_what_it_prints(
    command: str, number: int, stopping: Stoppable, build: Path
) -> None:
    recorded = stopping.program("analyze", build, "--base-url", "https://a.example/", "--format", "jsonl")
    names = {"build": build, "job": recorded.records[0]["job_id"]}
    stop = stopping.when(full, number, *(each.format(**names) for each in PRINTING[command]))
    ended_well(stop, number, stopping)
    assert stop.seconds < stretched(3)
    assert set(endings(stopping.program.database)) == {("completed", "ok")}
