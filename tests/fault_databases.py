"""Databases that are copied for each try, looked into, and dropped."""

import contextlib
import secrets
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.patience import PATIENCE

IDLE = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND state LIKE 'idle in transaction%'
"""

# Each query returns rows only if something is wrong.
UNSOUND = {
    "running without an owner": """
        SELECT id FROM jobs WHERE status = 'running' UNION ALL SELECT id FROM batches WHERE status = 'running'
    """,
    # What has no tenant is being removed, which the next command that removes anything continues.
    "a document in part": """
        SELECT id FROM documents d WHERE tenant <> ''
        AND (CASE WHEN is_packed THEN 1 ELSE urls END <> CASE WHEN is_packed
        THEN (SELECT count(*) FROM packed_entries p WHERE p.document_id = d.id)
        ELSE (SELECT count(*) FROM entries e WHERE e.document_id = d.id) END
        OR children <> (SELECT count(*) FROM children c WHERE c.document_id = d.id))
    """,
    "a document without a sitemap": """
        SELECT id FROM documents d WHERE tenant <> ''
        AND NOT EXISTS (SELECT 1 FROM sitemaps s WHERE s.document_id = d.id)
    """,
    "an ending without its time": """
        SELECT id FROM jobs WHERE finished_at IS NULL AND status NOT IN ('pending', 'running')
    """,
    "other totals than its sitemaps": """
        SELECT id FROM jobs j WHERE tenant <> '' AND status IN ('completed', 'partial')
        AND urls <> (SELECT coalesce(sum(urls), 0) FROM sitemaps s WHERE s.job_id = j.id)
    """,
    "probed pages without their sample": """
        SELECT job_id FROM probes p JOIN jobs j ON j.id = p.job_id WHERE j.sample IS NULL
    """,
    "a batch without jobs": """
        SELECT id FROM batches b WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.id)
    """,
}
QUEUED = """
    SELECT j.id FROM jobs j JOIN batches b ON b.id = j.batch_id
    WHERE b.status = 'pending' AND j.status = 'pending'
    AND NOT EXISTS (SELECT 1 FROM sitemap_queue.procrastinate_jobs q WHERE q.args->>'job_id' = j.id)
"""


class Sqlite:
    """Databases that are copies of a file."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, source: str | None) -> str:
        """Return a new database: a copy of another, or an empty one."""
        new = str(self._folder / f"{secrets.token_hex(6)}.db")
        if source is not None and Path(source).exists():
            shutil.copy(source, new)
        return new

    def drop(self, database: str) -> None:
        """Remove a database."""
        for each in self._folder.glob(f"{Path(database).name}*"):
            each.unlink()

    def query(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute(query).fetchall()

    def find_open(self, database: str) -> str | None:
        """Return what is still open: a transaction would keep the write lock."""
        with contextlib.closing(sqlite3.connect(database, timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                return str(error)
            damage = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return None if damage == "ok" else str(damage)


class Postgres:
    """Databases that are copies of a template."""

    name = "postgres"

    def __init__(self, server: str) -> None:
        self._server = server

    def create(self, source: str | None) -> str:
        """Return a new database: a copy of another, or an empty one."""
        name = f"faults_{secrets.token_hex(6)}"
        old = urlsplit(source).path[1:] if source else "template0"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, old)
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))

    def drop(self, database: str) -> None:
        """Remove a database."""
        self._administer("DROP DATABASE {} WITH (FORCE)", urlsplit(database).path[1:])

    def query(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(database) as connection:
            return connection.execute(query.encode()).fetchall()

    def find_open(self, database: str) -> str | None:
        """Return what is still open; the server needs a moment to notice a killed process."""
        until = time.monotonic() + PATIENCE
        while rows := self.query(database, IDLE):
            if time.monotonic() > until:
                return f"{len(rows)} open transactions"
            time.sleep(0.05)
        return None

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


Databases = Sqlite | Postgres
