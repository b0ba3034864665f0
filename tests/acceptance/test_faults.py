"""A sample of ``python -m tests.faults``: commands that write, with faults and signals at their steps."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "batch",
    "batch --processes in children",
    "check --probe --fail-on",
    "domains import",
    "db upgrade",
)


def prove(*options: str) -> None:
    """Try one step of each command in every way; the table shows what went wrong."""
    chosen = [word for each in COMMANDS for word in ("--command", each)]
    command = [sys.executable, "-m", "tests.faults", "--sample", "1", *chosen, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10 * PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_fault_leaves_anything_half_done_on_sqlite() -> None:
    prove("--database", "sqlite")


@pytest.mark.postgres
def test_no_fault_leaves_anything_half_done_on_postgres(postgres_server: str) -> None:
    prove("--database", "postgres", "--postgres", postgres_server)
