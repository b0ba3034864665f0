"""Serves a folder on loopback: nginx where there is one, else a few lines of aiohttp in a child process.

The listening socket is made here and handed down, so the address answers from the first moment and nobody
can be quicker to take the port.
"""

import argparse
import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NGINX = """
daemon off;
{user}
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/nginx-error.log;
events {{ worker_connections 512; }}
http {{
    types {{ text/html html; application/xml xml; text/plain txt; application/gzip gz; }}
    log_format counts "$status $body_bytes_sent $request_uri";
    access_log {log} counts;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    client_body_temp_path {work}/nginx-body;
    proxy_temp_path {work}/nginx-proxy;
    fastcgi_temp_path {work}/nginx-fastcgi;
    uwsgi_temp_path {work}/nginx-uwsgi;
    scgi_temp_path {work}/nginx-scgi;
    server {{ listen {listen}; root {folder}; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many requests were answered, and with how many bytes of body."""

    requests: int
    bytes: int

    def __sub__(self, other: "Traffic") -> "Traffic":
        return Traffic(self.requests - other.requests, self.bytes - other.bytes)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``log`` has a line ``STATUS BYTES PATH`` for each answer."""

    name: str
    base: str
    log: Path

    def traffic(self) -> Traffic:
        """Everything answered so far."""
        answers = [line.split()[1] for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return Traffic(len(answers), sum(map(int, answers)))


@contextlib.contextmanager
def serving(folder: Path, work: Path, address: str = "127.0.0.1") -> Iterator[Server]:
    """Serve ``folder``; configuration and logs go to ``work``."""
    with socket.create_server((address, 0), backlog=512) as listener:
        port = listener.getsockname()[1]
        log = work / "access.log"
        if program := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"):
            command = _nginx(program, folder, work, log, f"{address}:{port}")
        else:
            command = [sys.executable, "-m", __name__, str(folder), str(log), str(listener.fileno())]
        # nginx takes over the sockets that its environment names, as at an upgrade of itself
        environment = {**os.environ, "NGINX": f"{listener.fileno()};"}
        child = subprocess.Popen(
            command, env=environment, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL
        )
    try:
        yield Server(Path(command[0]).name if program else "aiohttp", f"http://127.0.0.1:{port}", log)
    finally:
        child.terminate()
        child.wait()


def _nginx(program: str, folder: Path, work: Path, log: Path, listen: str) -> list[str]:
    configuration = work / "nginx.conf"
    user = ""
    if os.geteuid() == 0:  # the workers would become somebody who cannot read a temporary folder
        user = f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
    configuration.write_text(NGINX.format(user=user, folder=folder, work=work, log=log, listen=listen))
    return [program, "-p", str(work), "-c", str(configuration)]


def _serve_ourselves(folder: Path, log: Path, descriptor: int) -> None:
    """Serve a folder until terminated; requests and bytes are logged as nginx logs them."""
    from aiohttp import web  # here: what the parent of a measured process weighs is counted as its own

    application = web.Application()
    with log.open("a", buffering=1) as lines:

        async def count(request: web.Request, response: web.StreamResponse) -> None:
            length = response.content_length if response.status == 200 else 0
            lines.write(f"{response.status} {length or 0} {request.path}\n")

        async def home(request: web.Request) -> web.FileResponse:
            return web.FileResponse(folder / "index.html")

        application.on_response_prepare.append(count)
        application.router.add_get("/", home)
        application.router.add_static("/", folder)
        web.run_app(application, sock=socket.socket(fileno=descriptor), print=None, access_log=None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=_serve_ourselves.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("descriptor", type=int)
    given = parser.parse_args()
    _serve_ourselves(given.folder, given.log, given.descriptor)
