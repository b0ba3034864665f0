"""Database: the only class that opens transactions and commits them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, Self

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import MissingDriverError, UsageError
from sitemap_cli.storage import database_url, engines, queue_schema, schema_revision, statements
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import translate_errors
from sitemap_cli.storage.file_identity import FileIdentity
from sitemap_cli.storage.job_queue import JobQueue
from sitemap_cli.storage.locks import Locks
from sitemap_cli.storage.read_only_files import hides_log, is_read_only
from sitemap_cli.storage.reconnection import Reconnection

log = logging.getLogger(__name__)


class Database:
    """Transactions on one database.

    Both kinds of transaction give a session, which only one asyncio task may use. Errors of the database
    inside them are raised as :class:`~sitemap_cli.errors.StorageError`.
    """

    def __init__(self, database: str | None) -> None:
        self.url = database_url.parse_database_url(database)
        self.name = database_url.format_url(self.url)
        self._writer: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None
        self._queue: JobQueue | None = None
        self._reconnection = Reconnection(self.name)
        self._turns = {is_reader: asyncio.Semaphore(engines.TRANSACTIONS) for is_reader in (False, True)}
        self._file = FileIdentity(self.url)
        self.locks = _make_locks(self.url, self._reconnection)

    @classmethod
    @asynccontextmanager
    async def open(cls, database: str | None) -> AsyncIterator[Self]:
        """Open a database with the current schema; create or upgrade a SQLite file if necessary.

        Raises:
            SchemaError: the schema is newer or not from this program, or Postgres needs ``db upgrade``.
            StorageError: the database cannot be opened.
        """
        async with cls.open_unprepared(database) as db:
            found = await db.read_revision()
            if hides_log(db.url):
                log.warning("%s may be behind: this user may not read its write-ahead log", db.name)
            if found != schema_revision.HEAD:
                if is_read_only(db.url):
                    raise schema_revision.make_read_only_error(db.name, found)
                if db.url.get_backend_name() != "sqlite":
                    raise schema_revision.make_outdated_error(db.name, found)
                await db.upgrade_schema()
            db.remember_file()
            yield db

    @classmethod
    @asynccontextmanager
    async def open_unprepared(cls, database: str | None) -> AsyncIterator[Self]:
        """Open a database with any schema, for :meth:`read_revision` and :meth:`upgrade_schema`."""
        db = cls(database)
        try:
            yield db
        finally:
            await db.close()

    @asynccontextmanager
    async def transaction(
        self, *, is_ending: bool = False, is_brief: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Open a transaction that is committed at the end of the block, and rolled back on any exception.

        Nothing is committed if this process has lost one of its locks, or if the file was removed. Only how
        work ended, ``is_ending``, is recorded without a lock. The statements of one that ``is_brief`` look at
        few rows: SQLite executes them in the event loop, which waits for them.

        Raises:
            LockLostError: a lock was lost, and could not be taken again.
        """
        with translate_errors(self.name):
            if not is_ending:
                await self.locks.verify()
            is_sqlite = self.url.get_backend_name() == "sqlite"
            begun = _begin_brief(self._brief_writer) if is_brief and is_sqlite else self._begin(self.writer)
            async with begun as session:
                yield session
                if not is_ending:
                    await self.locks.verify()
                self._file.verify()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a read-only transaction, which sees one state of the database."""
        with translate_errors(self.name):
            async with self._begin(self.reader) as session:
                yield session

    @asynccontextmanager
    async def _begin(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        async with self._open_session(engine) as session, session.begin():
            yield session

    @asynccontextmanager
    async def _open_session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        """Open a session; on Postgres with a connection that was tested, or after waiting for the server."""
        if engine.dialect.name == "sqlite":
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session
            return
        async with self._turns[engine is self._reader]:
            connection: AsyncConnection = await self._reconnection.connect(engine.connect)
            try:
                async with AsyncSession(connection, expire_on_commit=False) as session:
                    yield session
            finally:
                await uncancelled(connection.close())

    async def read_revision(self) -> str | None:
        """Return the revision of the schema; None for an empty or missing database.

        Raises:
            SchemaError: the database is from another program or a newer version of this one.
        """
        if not schema_revision.may_have_tables(self.url):
            return None
        async with self.reading() as session:
            return await schema_revision.read_revision(session, self.name)

    async def upgrade_schema(self) -> None:
        """Upgrade the schema to the current revision; other processes that do the same wait."""
        await self.read_revision()
        schema_revision.create_folder(self.url)
        async with self.transaction() as session:
            await schema_revision.upgrade_schema(session)
            if self.may_have_queue:
                await queue_schema.upgrade_queue(session)

    @property
    def reserves_ids(self) -> bool:
        """Whether prepared rows have to name their document, so that its id is reserved before."""
        return self.url.get_backend_name() != "sqlite"

    def remember_file(self) -> None:
        """Remember which SQLite file is open; if it is replaced, later transactions are not committed."""
        self._file.remember()

    async def close(self) -> None:
        """Release the locks and close all connections; the event loop must still be running."""
        await self.locks.close()
        for engine in (self._writer, self._reader):
            if engine is not None:
                await engine.dispose()
        self._writer = self._reader = None
        self.__dict__.pop("_brief_writer", None)

    def count_connections(self) -> dict[str, tuple[int, int]]:
        """Return for each pool how many connections are in use, and how many are idle."""
        engines = {"writer": self._writer, "reader": self._reader}
        pools: dict[str, Any] = {name: each.pool for name, each in engines.items() if each is not None}
        if len({*pools.values()}) < len(pools):
            pools = {"shared": pools["writer"]}
        return {name: (pool.checkedout(), pool.checkedin()) for name, pool in pools.items()}

    @property
    def may_have_queue(self) -> bool:
        """Whether this database can have a :attr:`queue`."""
        return self.url.get_backend_name() != "sqlite" and queue_schema.is_installed()

    @property
    def queue(self) -> JobQueue:
        """The job queue in this database.

        Raises:
            UsageError: SQLite has no job queue.
            MissingDriverError: Procrastinate is not installed.
        """
        if self._queue is None:
            self._queue = _open_queue(self.url)
        return self._queue

    @property
    def writer(self) -> AsyncEngine:
        """The engine of :meth:`transaction`, created on first use."""
        if self._writer is None:
            self._writer = engines.writing_engine(self.url)
        return self._writer

    @cached_property
    def _brief_writer(self) -> AsyncEngine:
        return engines.make_brief(self.writer)

    @property
    def reader(self) -> AsyncEngine:
        """The engine of :meth:`reading`, created on first use."""
        if self._reader is None and self.url.get_backend_name() == "sqlite":
            self._reader = engines.reading_engine(self.url)
        elif self._reader is None:
            self._reader = engines.make_read_only(self.writer)
        return self._reader


@asynccontextmanager
async def _begin_brief(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """Begin a brief transaction on SQLite.

    Few statements need the session itself (:mod:`sitemap_cli.storage.statements`). So it joins the
    transaction of a connection: one that begins its own has more than twice the work.
    """
    connection = await engine.connect()
    try:
        transaction = await connection.begin()
        session = AsyncSession(connection, expire_on_commit=False)
        statements.mark_brief(session, connection)
        yield session
        if session.in_transaction():
            await session.commit()
        await transaction.commit()
    except BaseException:
        await uncancelled(connection.close())
        raise
    await connection.close()


def _open_queue(url: URL) -> JobQueue:
    if url.get_backend_name() == "sqlite":
        hint = "--database postgresql://USER@HOST/NAME"
        raise UsageError("the job queue needs Postgres", where=format_url(url), hint=hint)
    if not queue_schema.is_installed():
        hint = "pip install procrastinate 'psycopg[binary,pool]'"
        raise MissingDriverError("Procrastinate is not installed", hint=hint)
    from sitemap_cli.storage.procrastinate_queue import ProcrastinateQueue

    return ProcrastinateQueue(url)


def _make_locks(url: URL, reconnection: Reconnection) -> Locks:
    """Return file locks for SQLite, advisory locks for Postgres."""
    if url.get_backend_name() == "sqlite":
        from sitemap_cli.storage.file_locks import FileLocks

        return FileLocks(str(url.database))
    from sitemap_cli.storage.advisory_locks import AdvisoryLocks

    return AdvisoryLocks(url, reconnection)
