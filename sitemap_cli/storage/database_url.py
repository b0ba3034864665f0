"""Parses the path or URL of a database."""

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sitemap_cli.errors import MissingDriverError, StorageError
from sitemap_cli.storage.default_path import find_default_path

POSTGRES = {"postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"}
SQLITE = {"sqlite", "sqlite+aiosqlite"}


def parse_database_url(database: str | None) -> URL:
    """Return the URL of a database that is named by path or URL; None is a file in the user's data folder.

    Raises:
        StorageError: the text is not the URL of a supported database.
        MissingDriverError: the driver for Postgres is not installed.
    """
    if database is None:
        return _file_url(find_default_path())
    if not database.strip():
        raise StorageError("no database", where="--database", why="the name is empty")
    scheme, separator, _ = database.partition("://")
    if not separator:
        return _file_url(Path(database))
    return _server_url(database, scheme.lower())


def _file_url(path: Path) -> URL:
    try:
        absolute = os.path.abspath(path.expanduser())  # noqa: PTH100 - resolve() would follow links
    except RuntimeError as error:
        why = "there is no such user or home folder"
        raise StorageError("cannot use the database", where=str(path), why=why) from error
    except OSError as error:
        why, hint = "the working folder was removed", "name an absolute path with --database"
        raise StorageError("cannot use the database", where=str(path), why=why, hint=hint) from error
    return URL.create("sqlite+aiosqlite", database=absolute)


def _server_url(database: str, scheme: str) -> URL:
    try:
        url = make_url(database)
    except (ArgumentError, ValueError) as error:
        raise StorageError("not a database URL", where=scheme + "://…", why="it cannot be parsed") from error
    if scheme in SQLITE:
        if not url.database or url.database == ":memory:":
            raise StorageError("a SQLite database needs a file", where=database)
        return _file_url(Path(url.database))
    if scheme not in POSTGRES:
        raise StorageError(
            "unknown kind of database",
            where=f"{scheme}://…",
            hint="use a file name or postgresql://USER@HOST/NAME",
        )
    _require_psycopg()
    return url.set(drivername="postgresql+psycopg")


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401 - checks that it is installed
    except ImportError as error:
        raise MissingDriverError(
            "the Postgres driver is not installed", hint="pip install 'psycopg[binary,pool]'"
        ) from error


def format_url(url: URL) -> str:
    """Return the path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
