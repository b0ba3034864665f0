"""Runs a command and tells what it cost, as JSON into the file named first: ``measured.py FILE COMMAND``.

A process of its own, and a small one: on Linux a new process starts with its parent's peak of memory.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run the command with our own streams."""
    began = time.perf_counter()
    with subprocess.Popen(sys.argv[2:]) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    cost = {
        "code": child.returncode,
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * unit / 1e6,
    }
    with open(sys.argv[1], "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is a megabyte
        json.dump(cost, file)


main()
