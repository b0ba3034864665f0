"""The program under attack: how it is started, and what it recorded."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.hostile import catalog, control
from tests.hostile.attack import (
    COOKIE,
    DATA,
    DOCUMENT_SECONDS,
    IDLE_SECONDS,
    MAX_BYTES,
    MAX_SITEMAPS,
    MAX_WIRE_BYTES,
    NETRC_PASSWORD,
    PASSWORD,
    SITE_SECONDS,
    TOKEN,
    Attack,
)

HERE = Path(__file__).parent
OPTIONS = (
    *("--allow-network", catalog.NETWORK),
    *("--timeout", str(DOCUMENT_SECONDS), "--idle-timeout", str(IDLE_SECONDS)),
    *("--connect-timeout", str(IDLE_SECONDS), "--deadline", str(SITE_SECONDS), "--retries", "1"),
    *("--max-bytes", str(MAX_BYTES), "--max-wire-bytes", str(MAX_WIRE_BYTES)),
    *("--max-sitemaps", str(MAX_SITEMAPS), "--max-crawl-delay", "0.1"),
    *("--header", f"X-Token: {TOKEN}", "--user", f"me:{PASSWORD}", "--cookie", f"session={COOKIE}"),
    *("--cacert", str(DATA / "tls" / "authority.pem")),
)
# A run that takes this much longer than it may hangs; the machine may have other things to do.
PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds and megabytes (10^6 bytes) at its peak."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True)
class Ended:
    """A process that ended: its exit code (None: it had to be killed), output, cost, and database."""

    code: int | None
    stdout: bytes
    stderr: bytes
    cost: Cost
    folder: Path

    @property
    def results(self) -> list[Any]:
        """The RESULTs that it printed."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @cached_property
    def recorded(self) -> str:
        """Every text of the database, but for the entries: those are compared one by one."""
        with closing(sqlite3.connect(self.folder / "sitemap.db")) as db:
            found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'entries'")
            rows = (row for (table,) in found for row in db.execute(f'SELECT * FROM "{table}"'))
            return "\n".join(str(value) for row in rows for value in row)

    def kept(self, job_id: str) -> list[str]:
        """The addresses that a job recorded, sorted."""
        query = "SELECT loc FROM entries JOIN sitemaps USING (document_id) WHERE job_id = ? ORDER BY loc"
        return self._column(query, job_id)

    def problems(self, job_id: str) -> list[str]:
        """The codes of the problems that a job reported."""
        query = (
            "SELECT code FROM problems JOIN sitemaps ON problems.document_id = sitemaps.document_id "
            "OR problems.sitemap_id = sitemaps.id WHERE job_id = ?"
        )
        return self._column(query, job_id)

    def _column(self, query: str, job_id: str) -> list[str]:
        with closing(sqlite3.connect(self.folder / "sitemap.db")) as db:
            return [value for (value,) in db.execute(query, (job_id,))]


def analyze(
    folder: Path,
    empty: Path,
    port: int,
    targets: Iterable[str],
    options: Iterable[str],
    names: Mapping[str, Iterable[object]],
    patience: float,
) -> Ended:
    """Run ``sitemap analyze`` over some targets, in an empty folder; kill it when patience is at an end."""
    folder.mkdir(parents=True)
    shutil.copy(empty, folder / "sitemap.db")
    netrc = folder / ".netrc"
    netrc.write_text(f"default login me password {NETRC_PASSWORD}\n")
    netrc.chmod(0o600)
    command = [sys.executable, "-m", "sitemap_cli", "analyze", *targets, "--format", "jsonl"]
    measured = [sys.executable, "-I", "-S", str(HERE / "measured.py"), str(folder / "cost.json")]
    process = subprocess.Popen(
        [*measured, *command, *OPTIONS, *options],
        cwd=folder,
        env=_environment(folder, port, names),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )
    try:
        stdout, stderr = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        stdout, stderr = process.communicate()
        return Ended(None, stdout, stderr, Cost(patience, 0.0, 0.0), folder)
    cost = json.loads((folder / "cost.json").read_text())
    return Ended(cost.pop("code"), stdout, stderr, Cost(**cost), folder)


def check(folder: Path, jobs: Iterable[str], formats: Iterable[str]) -> subprocess.CompletedProcess[bytes]:
    """Run ``sitemap check`` over recorded jobs; its report goes to a file for each format, of that name."""
    chosen = (word for job in jobs for word in ("--job", job))
    outputs = (word for each in formats for word in ("--format", f"{each}:{folder / each}"))
    command = [sys.executable, "-m", "sitemap_cli", "check", *chosen, *outputs]
    environment = {"PATH": os.environ.get("PATH", ""), "SITEMAP_DATABASE": str(folder / "sitemap.db")}
    return subprocess.run(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)


def prepare(folder: Path) -> Path:
    """An empty database, to be copied: making one takes a fifth of a run's time, and memory besides."""
    made = folder / "empty.db"
    command = [sys.executable, "-m", "sitemap_cli", "db", "upgrade", "--database", str(made)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=PATIENCE_SECONDS)
    return made


def target(attack: Attack, host: str, server: control.Running) -> str:
    """Return what the program has to analyze."""
    return catalog.places(host, attack, server.port, server.secure_port).fill(attack.target)


def _environment(folder: Path, port: int, names: Mapping[str, Iterable[object]]) -> dict[str, str]:
    """Nothing of ours, and a proxy that nobody may ask."""
    canary = f"http://{catalog.OUTSIDE[1]}:{port}"
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), canary)
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "SITEMAP_DATABASE": str(folder / "sitemap.db"),
        "PYTHONPATH": str(HERE / "names"),
        "HOSTILE_NAMES": json.dumps(dict(names)),
        **proxies,
    }
