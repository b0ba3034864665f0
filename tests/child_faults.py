"""Faults in the processes that a command starts: the first of them that gets to the n-th step has it.

A ``sitecustomize`` of the test calls :func:`begin` in each process, before the program is imported.
"""

import atexit
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.faults import Faults, fail, injected

PLAN = "FAULTS_IN_CHILDREN"
MODULE = "sitemap_cli.cli.framework.child_main"
SITECUSTOMIZE = f"""
import sys
if "{MODULE}" in sys.orig_argv:
    from tests.child_faults import begin
    begin()
"""
ORPHAN_SECONDS = 10.0


def plan(folder: Path, kind: str | None, nth: int | None) -> dict[str, str]:
    """Return the variable that tells the processes what to do, and forget what earlier ones did."""
    for each in (*folder.glob("child-steps-*"), folder / "struck"):
        each.unlink(missing_ok=True)
    return {PLAN: json.dumps([str(folder), kind, nth])}


def read_steps(folder: Path) -> list[str]:
    """Return the steps of the process that had the most."""
    found = [each.read_text().splitlines() for each in folder.glob("child-steps-*")]
    return max(found, key=len, default=[])


def find_orphans(folder: Path) -> list[int]:
    """Wait for the processes of a command that has ended; return those that do not end."""
    give_up_at = time.monotonic() + ORPHAN_SECONDS
    while (alive := _list_processes(folder)) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return alive


def _list_processes(folder: Path) -> list[int]:
    found = []
    for each in psutil.process_iter(["cmdline", "cwd", "status"]):
        is_one = MODULE in (each.info["cmdline"] or ()) and each.info["cwd"] == str(folder.resolve())
        if is_one and each.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(each.pid)
    return found


def begin() -> None:
    """Count the steps of this process from now on, and have the fault of the plan."""
    name, kind, nth = json.loads(os.environ[PLAN])
    folder = Path(name)
    faults = Faults(nth, _once(folder, _choose_action(kind)), after_commit=kind == "fail after commit")
    injecting = injected(faults)
    injecting.__enter__()
    steps = folder / f"child-steps-{os.getpid()}"
    # The block lasts as long as the process.
    atexit.register(lambda _block: steps.write_text("\n".join(faults.seen)), injecting)


def _choose_action(kind: str | None) -> Callable[[str], None]:
    if kind in (None, "fail", "fail after commit"):
        return fail
    number = signal.Signals[str(kind)]
    return lambda _: os.kill(os.getpid(), number)


def _once(folder: Path, action: Callable[[str], None]) -> Callable[[str], None]:
    def act(what: str) -> None:
        try:
            (folder / "struck").touch(exist_ok=False)
        except FileExistsError:
            return
        action(what)

    return act
