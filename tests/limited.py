"""Limits of the system for a run of the program.

``python -m tests.limited NOFILE=N WORD…`` runs it in a fresh interpreter with limits, named as in
:mod:`resource`. A forked run sets its own limits, which may also be ``MORE_MEMORY``: so many bytes more than
the imported program needs. ``unprivileged`` lets permissions count for root, too.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

# https://man7.org/linux/man-pages/man2/capset.2.html, capabilities(7)
CAPABILITY_VERSION = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def main() -> None:
    """Set the limits, and run the program in the place of this process."""
    limits, *words = sys.argv[1:]
    set_limits(limits)
    os.execv(sys.executable, [sys.executable, "-m", "sitemap_cli", *words])


def set_limits(limits: str) -> None:
    """Set the limits of this process, which has one thread."""
    for limit in filter(None, limits.split(",")):
        name, _, value = limit.partition("=")
        if name == "unprivileged":
            _let_permissions_count()
        elif name == "MORE_MEMORY":
            _limit_memory(int(value))
        else:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (int(value), int(value)))


def _let_permissions_count() -> None:
    """Leave the capabilities behind with which root reads and writes everything."""
    libc, header, own = ctypes.CDLL(None), _Header(CAPABILITY_VERSION, 0), (_Capabilities * 2)()
    if os.geteuid():
        return
    if libc.capget(ctypes.byref(header), own):
        sys.exit("the capabilities cannot be read")
    for kind in ("effective", "permitted", "inheritable"):
        kept = getattr(own[0], kind) & ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
        setattr(own[0], kind, kept)
    if libc.capset(ctypes.byref(header), own):
        sys.exit("a capability cannot be dropped")


def _limit_memory(more: int) -> None:
    """Allow so many bytes more than this process has, in which everything is imported."""
    # glibc loads it when a thread ends, and aborts if it cannot.
    ctypes.CDLL("libgcc_s.so.1")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    allowed = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


if __name__ == "__main__":
    main()
