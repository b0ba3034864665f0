"""Runs the commands of documentation pages at a terminal, as a reader would type them."""

import functools
import http.server
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.acceptance.terminal import terminal
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
COLUMNS = 100
PORT = "8000"
"""The port in the pages; a test uses a free one that is as long, so that sizes are the same."""

EXPORT = re.compile(r"export (\w+)=(\S+)")
SERVER = re.compile(rf"python3 -m http\.server {PORT} --bind 127\.0\.0\.1 --directory (\S+)")
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)")
# What differs from run to run, and what stands for it where two outputs are compared.
VARIABLE = [
    (re.compile(r"\b\d+(?:\.\d+)? m?s\b"), "0.1 s"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\b"), "TIME"),
    (re.compile(r"\bsince \d{4}-\d\d-\d\d\b"), "since DAY"),
    (re.compile(r"\b(?:just now|\d+ (?:second|minute)s? ago)\b"), "just now"),
    (re.compile(r"(?<=^Freshness \(lastmod\)\n)(?:\S.*\n)+", re.MULTILINE), "AGES\n"),
    (re.compile(r"[^\S\n]+"), " "),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """The handler of ``python3 -m http.server``, without its log."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Shell:
    """A folder with the examples of the repository, and the variables that the commands of a page have set.

    Use it as the value of :func:`open_shell`.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._port = PORT
        self._began = int(time.time())
        self._copies = 0
        self._seen = dict[Path, bytes]()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SITEMAP_")}
        own = f"{Path(sys.executable).parent}{os.pathsep}{inherited['PATH']}"
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / ".local" / "share")}
        looks = {"TERM": "xterm", "COLUMNS": str(COLUMNS), "SITEMAP_NO_PROGRESS": "1", "LC_ALL": "C.UTF-8"}
        self.environment = {**inherited, **home, **looks, "PATH": own}
        for name in ("NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)

    def run(self, line: str) -> tuple[bytes, int]:
        """Run a command; return what the terminal showed, and the exit code."""
        if match := EXPORT.fullmatch(line):
            self.environment[match[1]] = match[2]
            return b"", 0
        if match := SERVER.fullmatch(line):
            self._serve(match[1])
            return b"", 0
        words = line.replace(f":{PORT}", f":{self._port}")
        with terminal(COLUMNS) as (screen, slave), ThreadPoolExecutor(1) as pool:
            shown = pool.submit(screen.rest)
            try:
                done = subprocess.run(
                    ["/bin/sh", "-c", words],
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=slave,
                    stderr=slave,
                    timeout=PATIENCE,
                )
            finally:
                os.close(slave)
            text = shown.result()
        self._follow_port()
        text = text.replace("\r\n", "\n").replace(str(self.folder), "/home/me")
        return text.replace(f":{self._port}", f":{PORT}").encode(), done.returncode

    def _serve(self, folder: str) -> None:
        handler = functools.partial(Quiet, directory=self.folder / folder)
        server = self._stack.enter_context(_open_server(handler))
        self._port = str(server.server_address[1])
        self._seen.clear()
        self._stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._follow_port()

    def _follow_port(self) -> None:
        """Name the port that is used in files that a command wrote, and give each change a time of its own.

        A web server says by the time of a file, in seconds, whether it changed.
        """
        self._copies += 1
        for file in (each for each in self.folder.rglob("*") if each.suffix in {".html", ".txt", ".xml"}):
            if "examples" in file.parts[len(self.folder.parts) :] or file.read_bytes() == self._seen.get(
                file
            ):
                continue
            file.write_text(file.read_text().replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{self._port}"))
            self._seen[file] = file.read_bytes()
            seconds = self._began - 1_000 + self._copies
            os.utime(file, (seconds, seconds))


def _open_server(
    handler: Callable[..., http.server.BaseHTTPRequestHandler],
) -> http.server.ThreadingHTTPServer:
    """Open a server at a free port of four digits."""
    for port in random.sample(range(2_000, 10_000), 500):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise RuntimeError("no port is free")


@contextmanager
def open_shell(folder: Path) -> Iterator[Shell]:
    """Yield a shell in a folder with a copy of the examples; its servers end with the block."""
    shutil.copytree(ROOT / "examples", folder / "examples", dirs_exist_ok=True)
    with ExitStack() as stack:
        yield Shell(folder, stack)


def plain(shown: bytes) -> str:
    """What a terminal showed, without colours and links."""
    lines = ESCAPES.sub(b"", shown).decode().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines).strip("\n") + "\n"


def comparable(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, instead in VARIABLE:
        text = pattern.sub(instead, text)
    return text
