"""How processes of this program are started: their command, environment and signals."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""What a terminal or a service manager sends to all processes of a group."""

# So that Ctrl-C in a console of Windows does not reach them.
CREATION_FLAGS: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


def build_command(module: str) -> tuple[str, ...]:
    """Return the command that runs a module."""
    # -P: the working folder may have modules of the same names as ours.
    return (sys.executable, "-P", "-m", module)


def build_environment() -> Mapping[str, str]:
    """Return the environment of a process, which finds modules where this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}


@contextmanager
def block_signals() -> Iterator[None]:
    """Let a process begin with blocked signals: Ctrl-C reaches every process of a terminal.

    It handles them as soon as it can. What arrives here meanwhile is delivered afterwards. Two such blocks
    must not overlap in one thread: the second would remember what the first one blocked.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in SIGNALS})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
