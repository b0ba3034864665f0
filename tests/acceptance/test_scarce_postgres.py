"""Readers that do not read, and servers with few connections: nothing is held, and one line is printed."""

import secrets
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from tests.acceptance.command import Program
from tests.acceptance.test_stops_waiting import full
from tests.many import Many
from tests.web import urlset

IN_TRANSACTION = """
    SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND state LIKE '%transaction%'
"""
# More than a pipe takes.
URLS = 5_000


@pytest.mark.postgres
@pytest.mark.parametrize("format_", ["text", "csv", "jsonl"])
def test_a_pipe_that_is_not_read_keeps_no_transaction_open(
    upgraded_postgres_url: str, program: Program, many: Many, format_: str
) -> None:
    program = program.having(SITEMAP_DATABASE=upgraded_postgres_url)
    site = f"http://{many.host(0)}"
    many.changed[f"{site}/a.xml"] = urlset(*(f"{site}/{n:040}" for n in range(URLS)))
    assert program("analyze", site).code == 0
    with program.start("urls", many.host(0), "--format", format_) as process:
        while not full(process):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        with psycopg.connect(upgraded_postgres_url) as connection:
            assert connection.execute(IN_TRANSACTION.encode()).fetchall() == []
        out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert len(out.splitlines()) == URLS + 2 + (format_ == "csv")


BRIEFLY = {"sitemap_cli.storage.reconnection.NO_CONNECTION_SECONDS": 0.5}


@pytest.fixture
def scarce(postgres_server: str, program: Program, many: Many) -> Iterator["Scarce"]:
    """The program with queued jobs in a database of which the test limits the connections."""
    name = f"sitemap_test_{secrets.token_hex(8)}"
    names = {"name": sql.Identifier(name)}
    create = (
        "CREATE ROLE {name} LOGIN PASSWORD 'secret'",
        "CREATE DATABASE {name} OWNER {name} TEMPLATE template0",
    )
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for each in create:
            connection.execute(sql.SQL(each).format(**names))

        def limit(number: int) -> Program:
            change = sql.SQL("ALTER ROLE {name} CONNECTION LIMIT {number}")
            connection.execute(change.format(**names, number=sql.Literal(number)))
            return few

        try:
            address = urlsplit(postgres_server).netloc.rpartition("@")[2]
            parts = ("postgresql", f"{name}:secret@{address}", f"/{name}", "", "")
            few = program.having(SITEMAP_DATABASE=urlunsplit(parts))
            (program.folder / "list.txt").write_text("".join(f"http://{many.host(n)}\n" for n in range(3)))
            assert few("db", "upgrade").code == 0
            assert few("batch", "list.txt", "--enqueue").code == 0
            yield limit
        finally:
            connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
            connection.execute(sql.SQL("DROP ROLE {name}").format(**names))


Scarce = Callable[[int], Program]


@pytest.mark.postgres
@pytest.mark.parametrize("connections", [1, 2, 3])
def test_a_worker_that_gets_too_few_connections_ends_with_one_line(scarce: Scarce, connections: int) -> None:
    few = scarce(connections)
    done = few.waiting(BRIEFLY)("worker", "--drain")
    assert (done.code, done.stdout) == (5, b"")
    first, hint = done.err.splitlines()
    what = "the queue failed" if connections > 1 else "the database has no connection left"
    assert first.startswith(f"error: {what} (postgresql://")
    assert "a worker " in hint
    assert {each["status"] for each in few.jobs()} == {"pending"}


@pytest.mark.postgres
def test_a_worker_gets_by_with_four_connections(scarce: Scarce) -> None:
    few = scarce(4)
    done = few("worker", "--drain")
    assert (done.code, {each["status"] for each in few.jobs()}) == (0, {"completed"}), done.err


@pytest.mark.postgres
@pytest.mark.parametrize("command", ["analyze SITE", "check SITE --fail-on never", "batch list.txt"])
def test_runs_get_by_with_two_connections_and_say_so_of_one(scarce: Scarce, many: Many, command: str) -> None:
    few, words = scarce(2), command.replace("SITE", f"http://{many.host(9)}").split()
    done = few(*words)
    assert (done.code, done.err) == (0, "")
    assert {each["status"] for each in few.jobs()} == {"completed", "pending"}
    recorded = few.jobs()
    done = scarce(1).waiting(BRIEFLY)(*words)
    assert (done.code, done.stdout) == (5, b"")
    error, hint = done.err.splitlines()
    assert error.startswith("error: the database has no connection left (postgresql://")
    assert error.endswith('"; none was free for 0 seconds')
    assert hint.startswith("hint: end other programs that use it, or allow more: a run needs 2 connections")
    assert few.jobs() == recorded
