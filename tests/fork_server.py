"""A process that has imported the program and forks for each run, so that a run starts in milliseconds.

A forked run is a process of its own: it has its own id, streams, folder, environment, signals and exit
code. It differs from ``python -m sitemap_cli`` in four points: the modules are already imported; the tree of
commands and options is already built, which takes as long as many runs; what the
interpreter itself reads when it starts (``PYTHON…``, ``LC_…``, ``sitecustomize``) has no effect; and the
interpreter is not taken down at the end, as in the processes of :mod:`multiprocessing`, because clearing a
thousand modules would take as long as most runs.

:class:`ForkServer` is the side of the tests. ``python -m tests.fork_server N`` serves on the socket with
this number until the other end is closed.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, NoReturn

from tests import limited

ROOT = Path(__file__).parents[1]
IS_AVAILABLE = hasattr(os, "pidfd_open")
REQUEST_BYTES = 1 << 18
NUMBER = struct.Struct("q")
# Whatever these commands import is imported ahead.
SAMPLES = (
    ["jobs", "list"],
    ["check", "https://127.0.0.1:1/", "--format", "json"],
    ["parse", "-"],
    ["--help"],
)


class ForkServer:
    """Starts runs in a server process, which ends with the process of this object, however that ends."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End the server."""
        self._control.close()
        self._process.wait()

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stdin: bytes = b"",
        *,
        constants: Mapping[str, float] | None = None,
        limits: str = "",
        **files: int | IO[bytes],
    ) -> tuple[int, bytes, bytes]:
        """Run the program and return its exit code, stdout and stderr, which may be ``files`` instead.

        ``constants`` of modules, named like ``package.module.NAME``, have other values in this run, and
        ``limits`` are those of :mod:`tests.limited`.
        """
        request = json.dumps(
            [list(arguments), str(folder), dict(environment), dict(constants or {}), limits]
        ).encode()
        (theirs_in, into), *ours_and_theirs = (_pipe() for _ in range(4))
        (out, theirs_out), (err, theirs_err), (status, theirs_status) = ours_and_theirs
        with theirs_in, theirs_out, theirs_err, theirs_status:
            streams = {"stdout": theirs_out, "stderr": theirs_err, **files}
            theirs = (theirs_in, streams["stdout"], streams["stderr"], theirs_status)
            numbers = [each if isinstance(each, int) else each.fileno() for each in theirs]
            socket.send_fds(self._control, [request], numbers)
        with out, err, status, ThreadPoolExecutor(3) as pool:
            pool.submit(_feed, into, stdin)
            texts = [pool.submit(each.read) for each in (out, err)]
            process = _read_number(status)
            try:
                code = _read_number(status)
            except BaseException:
                os.kill(process, signal.SIGKILL)
                raise
            return code, texts[0].result(), texts[1].result()


@functools.cache
def shared() -> ForkServer:
    """Return the server of this process; the first call starts it."""
    return ForkServer({"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"})


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    """Return the two ends of a pipe, the one to read first."""
    read_end, write_end = os.pipe()
    return os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb", buffering=0)


def _feed(stream: IO[bytes], data: bytes) -> None:
    """Write the stdin of a run, which need not read it."""
    with stream, contextlib.suppress(BrokenPipeError):
        while data:
            data = data[stream.write(data) :]


def _read_number(status: IO[bytes]) -> int:
    (number,) = NUMBER.unpack(status.read(NUMBER.size))
    return int(number)


def serve(control: socket.socket) -> Any:
    """Fork for each request; return the request in the forked process, and None when the server ends."""
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    _report(selector, key)
                    continue
                request, numbers, *_ = socket.recv_fds(control, REQUEST_BYTES, 4)
                if not request:
                    return None
                process = os.fork()
                if not process:
                    _take_streams(numbers)
                    return json.loads(request)
                os.write(numbers[3], NUMBER.pack(process))
                for number in numbers[:3]:
                    os.close(number)
                selector.register(os.pidfd_open(process), selectors.EVENT_READ, (process, numbers[3]))


def _report(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    """Report the exit code of a process that has ended: as in :mod:`subprocess`, -N for signal N."""
    process, status = key.data
    _, ending = os.waitpid(process, 0)
    with contextlib.suppress(BrokenPipeError):
        os.write(status, NUMBER.pack(os.waitstatus_to_exitcode(ending)))
    selector.unregister(key.fd)
    os.close(status)
    os.close(key.fd)


def _take_streams(numbers: Sequence[int]) -> None:
    """Make files stdin, stdout and stderr, with the properties that the interpreter gives to these."""
    for standard, number in enumerate(numbers[:3]):
        os.dup2(number, standard)
    for number in numbers:
        os.close(number)
    for standard, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        # Stays open: it is the standard stream of the forked program from here on.
        new = open(standard, old.mode, encoding=old.encoding, errors=old.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, new)
    # sys.stderr is typed as any text stream; the loop above made it a TextIOWrapper.
    sys.stderr.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def start(request: Any) -> NoReturn:
    """Run the program as a request says, and leave the process with its exit code."""
    arguments, folder, environment, constants, limits = request
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["sitemap", *arguments]
    for name, value in constants.items():
        module, _, constant = name.rpartition(".")
        assert hasattr(sys.modules[module], constant), name
        setattr(sys.modules[module], constant, value)
    from sitemap_cli.cli.framework import app

    command = _build_command()
    # Typer's application and the command that is built of it are called in the same way.
    app.build_root = lambda: command  # type: ignore[assignment]  # they have no type in common
    with _measured(environment):
        limited.set_limits(limits)
        try:
            app.main()
        except SystemExit as left:
            code = left.code
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    os._exit(code if isinstance(code, int) else 0)


@contextlib.contextmanager
def _measured(environment: Mapping[str, str]) -> Iterator[None]:
    """Measure coverage if the variables say so, as coverage does by itself in a fresh interpreter."""
    if not any(name.startswith("COVERAGE_PROCESS") for name in environment):
        yield
        return
    import coverage

    measuring = coverage.process_startup()
    assert measuring is not None
    yield
    measuring.stop()
    measuring.save()


@functools.cache
def _build_command() -> Any:
    """Return the command that Typer builds of the program in each run, and calls."""

    from sitemap_cli.cli.framework.app import build_root

    return build_root()


def prepare() -> None:
    """Import whatever a run may import, and build the commands."""
    import sitemap_cli

    names = [each.name for each in pkgutil.walk_packages(sitemap_cli.__path__, "sitemap_cli.")]
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES:
            names += _imported_by(sample, folder)
    for name in names:
        # Two modules of a package may only be imported by what runs them.
        if "__main__" not in name and "migrations" not in name:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    _build_command()
    gc.collect()
    # A collection in a forked process would copy every page that it marks.
    gc.freeze()


def _imported_by(arguments: list[str], folder: str) -> list[str]:
    """Return the names of all modules of a run; a forked process finds them out."""
    stream, theirs = _pipe()
    process = os.fork()
    if not process:
        os.environ["SITEMAP_DATABASE"] = f"{folder}/sitemap.db"
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        from sitemap_cli.cli.framework.app import main

        with contextlib.suppress(SystemExit):
            main(arguments)
        theirs.write(json.dumps(list(sys.modules)).encode())
        os._exit(0)
    theirs.close()
    with stream:
        names: list[str] = json.load(stream)
    os.waitpid(process, 0)
    return names


if __name__ == "__main__":
    prepare()
    with socket.socket(fileno=int(sys.argv[1])) as given:
        wanted = serve(given)
    if wanted is not None:
        start(wanted)
