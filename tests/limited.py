"""Runs the program with limits of the system: ``python -m tests.limited LIMIT=N,unprivileged WORD…``.

A limit is the name of one of :mod:`resource`, such as ``NOFILE``, or ``MORE_MEMORY``: so many bytes more than
the imported program needs. ``unprivileged`` lets permissions count for root, too.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

# https://man7.org/linux/man-pages/man2/PR_CAPBSET_DROP.2const.html, capabilities(7)
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def main() -> None:
    """Set the limits, and run the program in the place of this process."""
    limits, *words = sys.argv[1:]
    for limit in limits.split(","):
        name, _, value = limit.partition("=")
        if name == "unprivileged":
            _let_permissions_count()
        elif name == "MORE_MEMORY":
            _run_with_memory(int(value), words)
        else:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (int(value), int(value)))
    os.execv(sys.executable, [sys.executable, "-m", "sitemap_cli", *words])


def _let_permissions_count() -> None:
    """Leave the capabilities behind with which root reads and writes everything."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if os.geteuid() == 0 and ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            sys.exit("a capability cannot be dropped")


def _run_with_memory(more: int, words: list[str]) -> None:
    """Run the program with so many bytes more than it has when everything is imported."""
    from tests.fork_server import prepare

    prepare()
    # glibc loads it when a thread ends, and aborts if it cannot.
    ctypes.CDLL("libgcc_s.so.1")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    allowed = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    from sitemap_cli.cli.framework.app import main as run

    run(words)


if __name__ == "__main__":
    main()
