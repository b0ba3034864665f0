"""All exceptions of the program; each class has the exit code of the process.

The tree::

    SitemapError                      70
    ├── UsageError                     2   an invalid argument, option or setting
    │   ├── ConfigurationError         2   an invalid configuration file
    │   └── NotFoundError              2   no such job, domain or document
    │       └── NotRecordedError       2   no job of a folder or file
    ├── LockedError                   75   another process holds the lock of the domain or batch
    ├── UnreadableError                4   the site, file or URL could not be read
    │   └── MissingFileError           2   there is no such file
    └── StorageError                   5   the database failed
        ├── ConnectionLostError        5   the server ended the connection, or cannot be reached
        ├── NoConnectionLeftError      5   the server allows no more connections
        ├── ConflictError              5   another transaction was in the way
        ├── DamagedError               5   the file is damaged, or no database
        ├── LockLostError              5   the lock was lost, and another process may have it
        ├── DatabaseBusyError         75   another process has it locked
        ├── SchemaError                5   outdated, newer than this program, or of another one
        └── MissingDriverError         5   an extra of this package is not installed
"""


class SitemapError(Exception):
    """A known failure, printed as one line ``error: WHAT (WHERE): WHY`` and a hint.

    Args:
        what: what failed, in a few words.
        where: what it failed for: a path, a URL, an option, an id.
        why: the cause.
        hint: what the user can do.
    """

    exit_code = 70

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        why: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        why = f": {self.why}" if self.why else ""
        return f"{self.what}{where}{why}"


class UsageError(SitemapError):
    """An argument, option or setting is invalid."""

    exit_code = 2


class ConfigurationError(UsageError):
    """The configuration file cannot be read, or has an unknown key or an invalid value."""


class NotFoundError(UsageError):
    """The database has no such job, domain or document."""


class NotRecordedError(NotFoundError):
    """There is no job of a folder or file."""


class LockedError(SitemapError):
    """Another process holds the lock of the domain or batch."""

    exit_code = 75


class UnreadableError(SitemapError):
    """The site, file or URL that the user named could not be read."""

    exit_code = 4


class MissingFileError(UnreadableError):
    """The file that the user named does not exist."""

    exit_code = 2


class StorageError(SitemapError):
    """The database could not be opened, read or written."""

    exit_code = 5


class ReadOnlyError(StorageError):
    """The database may only be read."""


class ConnectionLostError(StorageError):
    """The server ended the connection, or it cannot be reached at the moment."""


class NoConnectionLeftError(StorageError):
    """The server has no connection left for this program, as others use all that it allows."""


class ConflictError(StorageError):
    """Another transaction was in the way, and the server ended this one; the same work may succeed now."""


class DamagedError(StorageError):
    """The file is damaged, or it is not a database."""


class LockLostError(StorageError):
    """The lock of a domain or batch was lost during the work, and another process may hold it."""


class DatabaseBusyError(StorageError):
    """Another process has the database locked for too long."""

    exit_code = 75


class SchemaError(StorageError):
    """The schema is outdated, newer than this program, or of another program."""


class MissingDriverError(StorageError):
    """An optional dependency is not installed."""
