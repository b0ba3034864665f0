"""What a command costs, and how costs are compared."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds, and peaks of memory (MB of 10^6).

    ``peak_mb`` is the resident memory of the largest process. ``all_mb`` is that of all processes together,
    memory that they share counted once, as far as samples show; 0 where the system does not say.
    """

    wall: float
    cpu: float
    peak_mb: float
    exit_code: int
    all_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """The costs of the same command, run several times."""

    costs: tuple[Cost, ...]

    @property
    def best(self) -> float:
        """The shortest wall time."""
        return min(cost.wall for cost in self.costs)

    @property
    def median(self) -> float:
        """The median wall time."""
        return statistics.median(cost.wall for cost in self.costs)

    @property
    def cpu(self) -> float:
        """The least processor time."""
        return min(cost.cpu for cost in self.costs)

    @property
    def peak_mb(self) -> float:
        """The largest peak of memory."""
        return max(cost.peak_mb for cost in self.costs)

    @property
    def all_mb(self) -> float:
        """The largest peak of memory of all processes together."""
        return max(cost.all_mb for cost in self.costs)


class MemorySampler(threading.Thread):
    """Samples the memory of a process and of those that it starts, until it is stopped.

    What each process has in common with files or other processes is counted once, for the one with the most.
    See https://www.kernel.org/doc/html/latest/filesystems/proc.html (statm)
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        """Take samples."""
        while not self._ended.wait(SAMPLE_SECONDS):
            sizes = list(map(read_memory, list_processes(self._pid)))
            total = sum(own for own, _ in sizes) + max(shared for _, shared in sizes)
            self.peak_mb = max(self.peak_mb, total)

    def stop(self) -> float:
        """Stop, and return the peak in MB."""
        self._ended.set()
        self.join()
        return self.peak_mb


def list_processes(pid: int) -> list[int]:
    """Return a process and all below it, whichever of its threads started them."""
    found = [pid]
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [each for child in file.read_text().split() for each in list_processes(int(child))]
    return found


def read_memory(pid: int) -> tuple[float, float]:
    """Return the memory of a process in MB that is its own, and what others may use, too."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except OSError:
        return 0.0, 0.0
    page = resource.getpagesize() / 1e6
    return (resident - shared) * page, shared * page


class FailedError(Exception):
    """A command ended otherwise than expected; the text says how."""


def run(command: Sequence[str], *, output: Path | None = None, expected: tuple[int, ...] = (0,)) -> Cost:
    """Run a command, with what it prints in a file, and tell what it and its children cost.

    On Linux a new process starts with its parent's peak of memory: this process must stay small.
    """
    with Path(output or os.devnull).open("wb") as stdout, tempfile.TemporaryFile() as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        sampler = MemorySampler(child.pid)
        sampler.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        all_mb = sampler.stop()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in expected:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").splitlines() or [""]
            why = next((line for line in said if line.startswith("error")), said[-1])
            raise FailedError(f"exit code {child.returncode}: {why}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak / 1e6, child.returncode, all_mb)


@contextmanager
def listening(module: str, *arguments: str) -> Iterator[int]:
    """A server in a process of its own, which prints its port before anything else."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline())
        finally:
            child.kill()
