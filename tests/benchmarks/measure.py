"""What a command costs, and how costs are compared."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds and the peak of resident memory (the largest process, MB of 10^6)."""

    wall: float
    cpu: float
    peak_mb: float
    exit_code: int


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


class FailedError(Exception):
    """A command ended otherwise than expected; the text says how."""


def run(command: Sequence[str], *, output: Path | None = None, expected: tuple[int, ...] = (0,)) -> Cost:
    """Run a command, with what it prints in a file, and tell what it and its children cost.

    On Linux a new process starts with its parent's peak of memory: this process must stay small.
    """
    with Path(output or os.devnull).open("wb") as stdout, tempfile.TemporaryFile() as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in expected:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").splitlines() or [""]
            why = next((line for line in said if line.startswith("error")), said[-1])
            raise FailedError(f"exit code {child.returncode}: {why}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak / 1e6, child.returncode)


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
