"""The program as a process, in a folder and with an environment of its own.

``program(...)`` runs it to its end in a process forked from :mod:`tests.fork_server`, which takes a fifth
of the time of a fresh interpreter. ``program.fresh(...)`` and ``program.start(...)`` run a fresh one: for
tests about imports or the interpreter itself, and about processes that run beside the test. A program
with variables that the interpreter reads always gets a fresh one.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Self

from tests import fork_server
from tests.patience import PATIENCE

INHERITED = ("PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# What the interpreter reads as it starts, and a fork no longer.
INTERPRETER = ("PYTHON", "LC_")


@dataclass(frozen=True, slots=True)
class Done:
    """A process that ended."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """Stdout as text, with line ends as written."""
        return self.stdout.decode()

    @property
    def err(self) -> str:
        """Stderr as text."""
        return self.stderr.decode()

    @property
    def lines(self) -> list[str]:
        """Stdout line by line."""
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """Stdout as one JSON value."""
        return json.loads(self.stdout)

    @property
    def records(self) -> list[Any]:
        """Stdout as JSON Lines."""
        return [json.loads(line) for line in self.stdout.splitlines()]


@dataclass(frozen=True, slots=True)
class Program:
    """``sitemap`` with a working folder, a database and variables; nothing else is inherited.

    ``absent`` are variables that are usually set, and are not.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    limits: str = ""
    absent: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """The SQLite file, when no other database was set."""
        return self.folder / "sitemap.db"

    def having(self, **variables: str | None) -> Self:
        """The same with other variables; None takes one away."""
        changed = {**self.variables, **variables}
        return replace(self, variables={name: value for name, value in changed.items() if value is not None})

    def waiting(self, constants: dict[str, float]) -> Self:
        """The same with other constants of modules: limits on waiting that no user can set.

        They are named like ``package.module.NAME``. A fresh interpreter has the usual ones.
        """
        return replace(self, constants={**self.constants, **constants})

    def limited(self, limits: str) -> Self:
        """The same with limits of :mod:`tests.limited`; a fresh interpreter has the usual ones."""
        return replace(self, limits=limits)

    @property
    def environment(self) -> dict[str, str]:
        """All of what the process gets."""
        own = {name: os.environ[name] for name in INHERITED if name in os.environ}
        home = {"HOME": str(self.folder), "LANG": "C.UTF-8", "SITEMAP_DATABASE": str(self.database)}
        every = {**own, **home, **self.variables}
        return {name: value for name, value in every.items() if name not in self.absent}

    def lacking(self, *names: str) -> Self:
        """The same without variables that are set for every run."""
        return replace(self, absent=(*self.absent, *names))

    def start(self, *arguments: object, **options: Any) -> "subprocess.Popen[bytes]":
        """Start it in a fresh interpreter; the streams are pipes unless told otherwise."""
        usual = {"env": self.environment, **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)}
        command = [sys.executable, "-m", "sitemap_cli", *map(str, arguments)]
        return subprocess.Popen(command, cwd=self.folder, **{**usual, **options})

    def __call__(self, *arguments: object, stdin: bytes = b"", **files: int | IO[bytes]) -> Done:
        """Run it to its end; stdout and stderr may be files instead of pipes."""
        if not fork_server.IS_AVAILABLE or any(name.startswith(INTERPRETER) for name in self.variables):
            return self.fresh(*arguments, stdin=stdin, **files)
        words = [str(each) for each in arguments]
        server, own = fork_server.shared(), self.environment
        special = {"constants": self.constants, "limits": self.limits}
        return Done(*server.run(words, self.folder, own, stdin, **special, **files))

    def fresh(self, *arguments: object, stdin: bytes = b"", **options: Any) -> Done:
        """Run it to its end in a fresh interpreter; options are those of :class:`subprocess.Popen`."""
        with self.start(*arguments, **options) as process:
            stdout, stderr = process.communicate(stdin, timeout=PATIENCE)
        return Done(process.returncode, stdout or b"", stderr or b"")

    def jobs(self, *options: object) -> list[dict[str, Any]]:
        """What is listed of the jobs in its database, the newest first."""
        found: list[dict[str, Any]] = self("jobs", "list", "--format", "jsonl", *options).records
        return found


def ends(process: "subprocess.Popen[bytes]") -> Done:
    """Wait for a process that should end by itself."""
    stdout, stderr = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, stdout or b"", stderr or b"")
