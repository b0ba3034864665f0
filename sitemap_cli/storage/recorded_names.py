"""Names that shells complete, read from a SQLite file without SQLAlchemy, whose import alone takes too long.

Nothing is created, upgraded or written: a file that cannot be read has no names.
"""

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from sitemap_cli.storage.default_path import find_default_path

MOST_SECONDS = 0.2
MOST_ROWS = 100
# An upper bound of all texts that begin with a prefix.
LAST = "\U0010ffff"
STEPS = 1000
SQLITE_URL = ("sqlite:///", "sqlite+aiosqlite:///")


class NameKind(StrEnum):
    """What is named."""

    DOMAIN = "domain"
    TAG = "tag"
    JOB = "job"
    BATCH = "batch"


QUERIES = {
    NameKind.DOMAIN: "SELECT name, coalesce(note, '') FROM domains"
    " WHERE tenant = :tenant AND name >= :first AND name < :last ORDER BY name LIMIT :most",
    NameKind.TAG: "SELECT tag, count(*) || ' domains' FROM tags JOIN domains ON domains.id = domain_id"
    " WHERE tenant = :tenant AND tag >= :first AND tag < :last GROUP BY tag ORDER BY tag LIMIT :most",
    NameKind.JOB: "SELECT id, target || ', ' || coalesce(verdict, status) || ', '"
    " || substr(created_at, 1, 16) FROM jobs"
    " WHERE tenant = :tenant AND id >= :first AND id < :last ORDER BY id DESC LIMIT :most",
    NameKind.BATCH: "SELECT id, source || ', ' || status || ', ' || substr(created_at, 1, 16)"
    " FROM batches WHERE tenant = :tenant AND id >= :first AND id < :last ORDER BY id DESC LIMIT :most",
}


def list_recorded_names(
    database: str | None, tenant: str, kind: NameKind, prefix: str
) -> Sequence[tuple[str, str]]:
    """Return names that begin with a prefix, with a description; nothing if they cannot be read at once.

    Args:
        database: a path or URL as the user writes it; None is the default.
        tenant: whose names.
        kind: what is named.
        prefix: how the names begin.
    """
    path = _find_file(database)
    if path is None or not path.is_file():
        return []
    values = {
        "tenant": tenant,
        "first": prefix,
        "last": prefix + LAST,
        "most": MOST_ROWS,
    }
    try:
        with closing(sqlite3.connect(_make_uri(path), uri=True, timeout=MOST_SECONDS)) as connection:
            end = time.monotonic() + MOST_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
            return [(str(name), str(about)) for name, about in connection.execute(QUERIES[kind], values)]
    except sqlite3.Error:
        return []


def _find_file(database: str | None) -> Path | None:
    if database is None:
        return find_default_path()
    for each in SQLITE_URL:
        database = database.removeprefix(each)
    return None if "://" in database else Path(database).expanduser()


def _make_uri(path: Path) -> str:
    """Return the URI of a file to read; without a log, SQLite must not create its files beside it."""
    log = Path(f"{os.path.realpath(path)}-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    return f"file:{quote(os.fsencode(path.absolute()))}?{mode}"
