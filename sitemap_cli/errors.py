"""The whole error tree; each class carries the exit code of the process.

The tree::

    SitemapError                      70
    ├── UsageError                     2   an argument, option or setting that cannot be used
    │   ├── ConfigurationError         2   the configuration file
    │   └── NotFoundError              2   no such job, domain or document in the database
    ├── LockedError                   75   another run holds the lock of the domain or batch
    ├── UnreadableError                4   the thing named by the user could not be read at all
    └── StorageError                   5   the database
        ├── DatabaseBusyError         75   another process holds it for too long
        ├── SchemaError                5   older or newer than this program, or not ours
        └── MissingDriverError         5   the extra for this database is not installed
"""


class SitemapError(Exception):
    """A known failure, printed as one line ``error: WHAT (WHERE): WHY`` and a hint.

    Args:
        what: what was being done, in a few words.
        where: the thing it was done to: a path, an address, an id.
        why: the cause, in words.
        hint: what the user can do about it.
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
    """An argument, option or setting that cannot be used."""

    exit_code = 2


class ConfigurationError(UsageError):
    """The configuration file cannot be read or says something unknown."""


class NotFoundError(UsageError):
    """The database holds no such job, domain or document."""


class LockedError(SitemapError):
    """Another run holds the lock of the domain or batch."""

    exit_code = 75


class UnreadableError(SitemapError):
    """The thing named by the user could not be read at all."""

    exit_code = 4


class StorageError(SitemapError):
    """The database could not be opened, read or written."""

    exit_code = 5


class DatabaseBusyError(StorageError):
    """Another process holds the database for longer than we wait."""

    exit_code = 75


class SchemaError(StorageError):
    """The schema is older or newer than this program, or is not ours."""


class MissingDriverError(StorageError):
    """The driver for this kind of database is not installed."""
