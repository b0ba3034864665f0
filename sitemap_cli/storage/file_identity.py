"""Notices that the file of a SQLite database was removed or replaced while it is open."""

import os

from sqlalchemy import URL

from sitemap_cli.errors import StorageError


class FileIdentity:
    """The device and inode of a SQLite file, which stay the same as long as it is the same file.

    SQLite writes on into a file that was removed, and reports nothing: https://sqlite.org/howtocorrupt.html
    (2.4). Postgres has no file, so there is nothing to verify.
    """

    def __init__(self, url: URL) -> None:
        self._path = str(url.database) if url.get_backend_name() == "sqlite" else None
        self._known: tuple[int, int] | None = None

    def remember(self) -> None:
        """Remember which file the path leads to."""
        self._known = self._find()

    def verify(self) -> None:
        """Check that the path leads to the remembered file.

        Raises:
            StorageError: it leads to another one, or to none.
        """
        if self._known is None:
            return
        found = self._find()
        if found != self._known:
            raise StorageError(
                "cannot use the database",
                where=self._path,
                why="the file was replaced during the run"
                if found
                else "the file was removed during the run",
                hint="what was recorded is in the old file; run the command again",
            )

    def _find(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            status = os.stat(self._path)  # noqa: PTH116 - in each transaction, and a path object takes longer
        except OSError:
            return None
        return status.st_dev, status.st_ino
