"""Copies a SQLite database while other processes use it.

SQLite's backup copies pages, in steps (https://sqlite.org/backup.html). If another process writes between two
steps, it begins again; it would never end while there are writers. So a reading transaction is open
meanwhile. With a write-ahead log, which all databases of this program have where the file system allows it,
that blocks no writer: the log grows until the copy is complete. Without one, writers wait.

``VACUUM INTO`` reads in one transaction as well, and makes a smaller file. But it reads and writes every row,
shows no progress, and does not wait for the disk.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL

from sitemap_cli.errors import DamagedError, StorageError, UsageError
from sitemap_cli.progress import CopyProgress
from sitemap_cli.storage import new_file, sqlite_files
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import translate_errors
from sitemap_cli.storage.read_only_files import find_beside, hides_log, is_immutable
from sitemap_cli.storage.stoppable_work import Stop, run_in_thread

# A step takes some milliseconds; the disk is waited for now and then, so that the end does not take long.
STEP_BYTES = 4 << 20
FLUSH_BYTES = 64 << 20
# A file of that name beside the copy would be taken for a part of it: https://sqlite.org/howtocorrupt.html
DANGEROUS = ("-wal", "-journal")
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
WRITING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
SPACE = "free some space, or name a file on another disk"


def require_sqlite(url: URL) -> None:
    """Check that the database is a file that can be copied.

    Raises:
        UsageError: it is on a server.
    """
    if url.get_backend_name() != "sqlite":
        why = "Postgres has tools for that"
        hint = "pg_dump --format=custom --file=FILE makes a consistent copy"
        raise UsageError("only SQLite databases can be copied", where=format_url(url), why=why, hint=hint)


async def back_up(url: URL, place: Path, progress: CopyProgress) -> int:
    """Copy a SQLite database to a new file, and return its size in bytes.

    The copy gets its name when it is complete, checked and on the disk. If this fails, is stopped or killed,
    no file has the name.

    Raises:
        UsageError: the file exists, or belongs to the database.
        StorageError: the database cannot be read, or the copy cannot be written.
    """
    with translate_errors(str(url.database)):
        return await run_in_thread(lambda stop: _back_up(url, place, progress, stop))


def _back_up(url: URL, named: Path, progress: CopyProgress, stop: Stop) -> int:
    place = Path(os.path.abspath(named))  # noqa: PTH100 - resolve() would follow a link
    with new_file.translate_write_errors(place):
        _require_free_name(url, place)
    _require_readable(url)
    with new_file.open_new_file(place) as copy:
        _copy(url, copy, progress, stop)
        copy.publish(stat.S_IMODE(Path(str(url.database)).stat().st_mode) & 0o666)
    return place.stat().st_size


def _require_readable(url: URL) -> None:
    """Check that the newest rows can be read."""
    if hides_log(url):
        raise StorageError(
            "cannot copy the database",
            where=str(url.database),
            why="this user may not read its write-ahead log",
            hint="run as a user who may read all files of the database",
        )


def _require_free_name(url: URL, place: Path) -> None:
    """Check that the name is neither taken nor one that SQLite uses."""
    source = Path(os.path.realpath(str(url.database)))
    named = Path(os.path.realpath(place))
    if named == source:
        raise UsageError("cannot write", where=str(place), why="it is the database itself")
    if named in {find_beside(url, each) for each in sqlite_files.COMPANIONS}:
        why = "a file of that name is a part of the database"
        raise UsageError("cannot write", where=str(place), why=why)
    new_file.require_new(place)
    for each in DANGEROUS:
        beside = place.with_name(place.name + each)
        if os.path.lexists(beside):
            why = f"{beside.name} is there already, and would be taken for a part of it"
            raise UsageError("cannot write", where=str(place), why=why, hint="choose another name")


def _copy(url: URL, copy: new_file.NewFile, progress: CopyProgress, stop: Stop) -> None:
    before = _identify_content(url)
    with sqlite_files.connect(url, read_only=True) as source:
        # The statement begins the transaction; a BEGIN alone would not.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        page_size = sqlite_files.read_pragma(source, "page_size")
        progress.total = page_size * sqlite_files.read_pragma(source, "page_count")
        sqlite_files.require_space(copy.place.parent, progress.total, "no room for the copy", SPACE)
        _copy_pages(source, copy, page_size, progress, stop)
    _require_unchanged(url, before)
    _check_copy(url, copy, progress, stop)


def _copy_pages(
    source: sqlite3.Connection, copy: new_file.NewFile, page_size: int, progress: CopyProgress, stop: Stop
) -> None:
    flushed = 0

    def follow(_status: int, remaining: int, total: int) -> None:
        nonlocal flushed
        stop.check()
        progress.done = (total - remaining) * page_size
        if progress.done - flushed >= FLUSH_BYTES:
            copy.flush()
            flushed = progress.done

    with _writing_errors(copy), closing(sqlite3.connect(copy.path, isolation_level=None)) as target:
        # An interrupted copy is removed, so it needs no journal; the disk is waited for in other places.
        target.execute("PRAGMA journal_mode=OFF")
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target, pages=max(1, STEP_BYTES // page_size), progress=follow)


def _check_copy(url: URL, copy: new_file.NewFile, progress: CopyProgress, stop: Stop) -> None:
    """Check the copy before it gets its name.

    Raises:
        StorageError: it is damaged, as then is the database that was copied.
    """
    progress.doing = "checking"
    name = f"file:{quote(os.fsencode(copy.path))}?mode=ro&immutable=1"
    damaged = DamagedError(
        "cannot copy the database",
        where=str(url.database),
        why="it is damaged",
        hint="no copy was made; where it is damaged: sitemap db check",
    )
    with closing(sqlite3.connect(name, uri=True, check_same_thread=False)) as connection:
        try:
            with stop.interrupting(connection):
                found = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
                raise
            raise damaged from error
    if found != ("ok",):
        raise damaged


@contextmanager
def _writing_errors(copy: new_file.NewFile) -> Iterator[None]:
    """Name the copy, not the database, where writing it fails."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF not in WRITING or code == sqlite3.SQLITE_IOERR_READ:
            raise
        why = "the disk is full" if code == sqlite3.SQLITE_FULL else "writing failed; the disk may be full"
        raise StorageError("cannot write", where=str(copy.place), why=why, hint=SPACE) from error


def _identify_content(url: URL) -> tuple[int, int] | None:
    """Return size and time of a file that is read without locks, as this user may not write it."""
    if not is_immutable(url):
        return None
    status = Path(str(url.database)).stat()
    return status.st_size, status.st_mtime_ns


def _require_unchanged(url: URL, before: tuple[int, int] | None) -> None:
    """Check that a file that was read without locks was not written meanwhile."""
    if _identify_content(url) != before:
        raise StorageError(
            "cannot copy the database",
            where=str(url.database),
            why="another user wrote it meanwhile",
            hint="try again, or run as a user who may write it",
        )
