"""The hostile server as a separate process, and its counters."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.hostile import attack

ROOT = Path(__file__).parents[2]


class Running:
    """A running server; ``port`` and ``secure_port`` are the same on every IP address."""

    def __enter__(self) -> Self:
        full = {"HOSTILE_FULL": "1"} if attack.FULL else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.server"],
            cwd=ROOT,
            env={
                "PATH": os.environ.get("PATH", ""),
                "HOSTILE_SLOWNESS": str(attack.SLOWNESS),
                **full,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()
        ports = json.loads(self._line())
        self.port: int = ports["port"]
        self.secure_port: int = ports["secure_port"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            self._process.kill()

    def read_counters(self) -> Any:
        """Return the current counters."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            return json.loads(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the hostile server has gone"
        return line
