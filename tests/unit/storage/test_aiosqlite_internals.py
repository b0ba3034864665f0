"""The private parts of aiosqlite that the storage relies on have not changed."""

import inspect
import sqlite3
import threading

import aiosqlite

from sitemap_cli.storage.aiosqlite_connection import Connection, Cursor
from tests.signatures import parameters


def test_the_methods_that_are_called_have_the_signatures_that_are_relied_on():
    assert parameters(aiosqlite.Connection.__init__) == "(self, connector, iter_chunk_size, loop=)"
    assert parameters(aiosqlite.Connection._execute) == "(self, fn, *args, **kwargs)"
    assert inspect.iscoroutinefunction(aiosqlite.Connection._execute)
    assert isinstance(inspect.getattr_static(aiosqlite.Connection, "_conn"), property)


async def test_a_connection_has_a_thread_that_is_made_a_daemon_before_it_starts():
    connection = aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 64)
    thread = connection._thread
    assert isinstance(thread, threading.Thread)
    assert not thread.is_alive()
    thread.daemon = True
    async with connection:
        assert isinstance(connection._conn, sqlite3.Connection)
        assert thread.is_alive()


async def test_functions_run_in_the_thread_of_the_connection():
    async with aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 64) as connection:
        assert await connection._execute(threading.current_thread) is connection._thread


async def test_a_cursor_has_what_sqlalchemy_uses_of_the_one_it_replaces():
    """SQLAlchemy calls these on a cursor of aiosqlite; ours is no subclass of it."""
    used = ("execute", "executemany", "fetchone", "fetchmany", "fetchall", "close")
    assert all(inspect.iscoroutinefunction(getattr(aiosqlite.Cursor, name)) for name in used)
    assert all(inspect.iscoroutinefunction(getattr(Cursor, name)) for name in used)
    async with Connection(lambda: sqlite3.connect(":memory:"), 64) as connection:
        cursor = connection.cursor()
        attributes = ("description", "rowcount", "lastrowid", "arraysize")
        assert all(hasattr(cursor, name) for name in attributes)
        assert all(hasattr(aiosqlite.Cursor, name) for name in attributes)
