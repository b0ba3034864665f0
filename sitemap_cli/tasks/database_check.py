"""Check a database: the file, the schema, and rows that contradict one another."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from sitemap_cli.errors import (
    ConnectionLostError,
    DamagedError,
    DatabaseBusyError,
    NoConnectionLeftError,
    StorageError,
)
from sitemap_cli.model.database_results import DatabaseCheckLine, Soundness
from sitemap_cli.services.reporting import database_faults
from sitemap_cli.services.reporting.database_faults import FindFaults
from sitemap_cli.storage import integrity, schema_comparison, schema_revision
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.locking import find_running_jobs

EXAMPLES = 5
RESTORE = "restore a backup, or save what can be read: sqlite3 FILE .recover"
REINDEX = "build the indexes again, while no command runs: sqlite3 FILE REINDEX"
RESTORE_ROWS = "restore a backup"
ANALYZE = "restore a backup, or analyze the site again with --refresh"

OnCheck = Callable[[str], None]
"""Receives the name of each check when it begins."""


class _Scan(NamedTuple):
    """A check that goes through a table: what finds faults, from which key on, and what they mean."""

    name: str
    find: FindFaults
    first: Any
    ok: str
    wrong: str
    fix: str
    result: Soundness = Soundness.DAMAGED


SCANS = (
    _Scan(
        "lost-entries",
        database_faults.find_lost_entries,
        -1,
        "all entries have a document",
        "documents are missing, and their entries are left",
        RESTORE_ROWS,
    ),
    _Scan(
        "lost-children",
        database_faults.find_lost_children,
        -1,
        "all children of indexes have a document",
        "indexes are missing, and their children are left",
        RESTORE_ROWS,
    ),
    _Scan(
        "lost-url-times",
        database_faults.find_lost_times,
        -1,
        "all times of URLs have a history",
        "histories are missing, and the times of their URLs are left",
        RESTORE_ROWS,
    ),
    _Scan(
        "documents",
        database_faults.find_miscounted_documents,
        0,
        "all documents have the entries that they count",
        "documents do not have the entries that they count",
        ANALYZE,
    ),
    _Scan(
        "sitemaps",
        database_faults.find_miscounted_sitemaps,
        0,
        "all sitemaps count the URLs of their documents",
        "sitemaps do not count the URLs of their documents",
        ANALYZE,
    ),
    _Scan(
        "jobs",
        database_faults.find_miscounted_jobs,
        "",
        "all complete jobs have the sitemaps and URLs that they count",
        "complete jobs do not have the sitemaps and URLs that they count",
        ANALYZE,
    ),
    _Scan(
        "url-times",
        database_faults.find_contrary_times,
        -1,
        "all URLs were last seen after they were first seen",
        "URLs were last seen before they were first seen",
        RESTORE_ROWS,
    ),
    _Scan(
        "unused-documents",
        database_faults.find_unused_documents,
        0,
        "all documents are used by a job",
        "documents are used by no job; they only take space",
        "sitemap jobs prune removes them",
        Soundness.NOTE,
    ),
    _Scan(
        "removal",
        database_faults.find_removed,
        0,
        "nothing is left of removed jobs and documents",
        "removed jobs and documents still take space; their removal goes on, or was interrupted",
        "sitemap jobs prune continues",
        Soundness.NOTE,
    ),
)
QUICK = {"lost-entries", "lost-children", "lost-url-times"}
"""Scans that a quick check makes, too."""


async def check_database(
    db: Database, revision: str | None, *, is_quick: bool, on_check: OnCheck
) -> AsyncIterator[DatabaseCheckLine]:
    """Yield the results of all checks, one after the other.

    Args:
        db: the database.
        revision: the revision of its schema; None if the file is too damaged to read it.
        is_quick: leave out what looks at all entries and indexes.
        on_check: receives the name of each check when it begins.
    """
    is_sqlite = db.url.get_backend_name() == "sqlite"
    on_check("file")
    yield await _check_file(db, is_quick=is_quick) if is_sqlite else _skip_file()
    if revision is None:
        return
    on_check("schema")
    yield await _guard("schema", _check_schema(db, revision))
    if is_sqlite:
        on_check("foreign-keys")
        yield await _guard("foreign-keys", _check_foreign_keys(db))
    if revision != schema_revision.HEAD:
        message = "not checked, as the schema is not up to date"
        yield DatabaseCheckLine("rows", Soundness.SKIPPED, message, fix="sitemap db upgrade")
        return
    for scan in SCANS:
        if not is_quick or scan.name in QUICK:
            on_check(scan.name)
            yield await _guard(scan.name, _scan(db, scan))
    on_check("running-jobs")
    yield await _guard("running-jobs", _check_running_jobs(db))


async def _guard(name: str, check: Awaitable[DatabaseCheckLine]) -> DatabaseCheckLine:
    """Await a check; if the database is too damaged for it, return that as its result."""
    try:
        return await check
    except (ConnectionLostError, DatabaseBusyError, NoConnectionLeftError):
        raise
    except StorageError as error:
        return DatabaseCheckLine(name, Soundness.DAMAGED, f"cannot be checked: {error.why}", 1, fix=RESTORE)


async def _check_file(db: Database, *, is_quick: bool) -> DatabaseCheckLine:
    found = await integrity.find_file_faults(db.url, is_quick=is_quick)
    if not found.total:
        what = "its indexes were not compared" if is_quick else "its indexes agree with the tables"
        return DatabaseCheckLine("file", Soundness.OK, f"all pages are sound, and {what}")
    fix = REINDEX if found.are_indexes else RESTORE
    what = "indexes do not agree with their tables" if found.are_indexes else "the file is damaged"
    return DatabaseCheckLine("file", Soundness.DAMAGED, what, found.total, found.shown, fix)


def _skip_file() -> DatabaseCheckLine:
    message = "not checked: the files of the server; pg_amcheck does that"
    return DatabaseCheckLine("file", Soundness.SKIPPED, message)


async def _check_schema(db: Database, revision: str) -> DatabaseCheckLine:
    if revision != schema_revision.HEAD:
        message = f"the schema is {revision}, and this version has {schema_revision.HEAD}"
        return DatabaseCheckLine("schema", Soundness.NOTE, message, 1, fix="sitemap db upgrade")
    async with db.reading() as session:
        missing = await schema_comparison.find_missing(session)
    if missing.needed:
        examples = [*missing.needed, *missing.indexes]
        return _build_line(
            "schema", Soundness.DAMAGED, "parts are missing", len(examples), examples, RESTORE_ROWS
        )
    if missing.indexes:
        message, count = "indexes are missing, so commands may be slow", len(missing.indexes)
        return _build_line("schema", Soundness.NOTE, message, count, missing.indexes, RESTORE_ROWS)
    return DatabaseCheckLine("schema", Soundness.OK, f"the schema is complete and up to date ({revision})")


async def _check_foreign_keys(db: Database) -> DatabaseCheckLine:
    lost = await integrity.count_lost_rows(db.url)
    if not lost:
        return DatabaseCheckLine("foreign-keys", Soundness.OK, "all rows that belong to others have them")
    examples = [f"{count:,} of {table} without {parent}" for (table, parent), count in lost.most_common()]
    message = "rows belong to others that are missing"
    return _build_line("foreign-keys", Soundness.DAMAGED, message, lost.total(), examples, RESTORE_ROWS)


async def _scan(db: Database, scan: _Scan) -> DatabaseCheckLine:
    """Go through a table, each part in a transaction of its own, so that none takes long."""
    after, count, examples = scan.first, 0, list[str]()
    while after is not None:
        async with db.reading() as session:
            part = await scan.find(session, after)
        after, count = part.next, count + len(part.faults)
        examples.extend(part.faults[: EXAMPLES - len(examples)])
    if not count:
        return DatabaseCheckLine(scan.name, Soundness.OK, scan.ok)
    return _build_line(scan.name, scan.result, scan.wrong, count, examples, scan.fix)


async def _check_running_jobs(db: Database) -> DatabaseCheckLine:
    try:
        stale = (await find_running_jobs(db)).stale
    except DamagedError:
        raise
    except StorageError as error:
        message = f"not checked: {error}"
        return DatabaseCheckLine("running-jobs", Soundness.SKIPPED, message)
    if not stale:
        return DatabaseCheckLine("running-jobs", Soundness.OK, "all running jobs have a living process")
    message, fix = "jobs are marked as running, and their processes are dead", "sitemap jobs list marks them"
    examples = [f"job {each.id}" for each in stale]
    return _build_line("running-jobs", Soundness.NOTE, message, len(stale), examples, fix)


def _build_line(
    name: str, result: Soundness, message: str, count: int, examples: Sequence[str], fix: str
) -> DatabaseCheckLine:
    return DatabaseCheckLine(name, result, message, count, list(examples[:EXAMPLES]), fix)
