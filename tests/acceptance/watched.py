"""A program whose every connection is noted, and whose names are looked up in a table."""

import contextlib
import itertools
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.command import Program

# Runs in the program's process before anything of ours is imported.
SITECUSTOMIZE = """
import json, os, socket, sys

log = os.open(os.environ["WATCHED_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
names = json.loads(os.environ["WATCHED_NAMES"])
system = socket.getaddrinfo


def note(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        os.write(log, json.dumps([event, list(arguments[1])[:2]]).encode() + b"\\n")


def getaddrinfo(host, port, *arguments, **options):
    told = names.get(host.rstrip(".").lower())
    if told is None:
        options["flags"] = socket.AI_NUMERICHOST
    return [each for one in told or [host] for each in system(one, port, *arguments, **options)]


socket.getaddrinfo = getaddrinfo
sys.addaudithook(note)
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """The program, and the addresses that it has connected to so far."""

    program: Program
    log: Path

    @property
    def connects(self) -> list[tuple[str, int]]:
        """Address and port of every attempt to connect, successful or not."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(str(host), int(port)) for _, (host, port) in map(json.loads, lines)]


def watched(program: Program, names: dict[str, list[str]]) -> Watched:
    """The program with eyes on its sockets, and with these names as all there are."""
    folder = program.folder / "watched"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE)
    log = folder / "connects.jsonl"
    variables = {"WATCHED_LOG": str(log), "WATCHED_NAMES": json.dumps(names), "PYTHONPATH": str(folder)}
    return Watched(program.having(**variables), log)


@dataclass
class Canary:
    """Listeners on one port of several loopback addresses, which nobody should ever reach."""

    port: int
    listeners: list[socket.socket] = field(default_factory=list)

    @property
    def connections(self) -> int:
        """How many have connected since the last look."""
        return sum(map(_accepted, self.listeners))


@contextlib.contextmanager
def canary(*addresses: str) -> Iterator[Canary]:
    """Listen on all of these, on the same port."""
    for _ in range(20):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            first = stack.enter_context(_listener(addresses[0], 0))
            port = first.getsockname()[1]
            others = [stack.enter_context(_listener(each, port)) for each in addresses[1:]]
            yield Canary(port, [first, *others])
            return
    raise AssertionError("no port is free on all of these addresses")


def _listener(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family, backlog=128)
    listener.setblocking(False)
    return listener


def _accepted(listener: socket.socket) -> int:
    """Take everybody who waits."""
    for count in itertools.count():
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError("unreachable")
