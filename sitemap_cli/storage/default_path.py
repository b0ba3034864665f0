"""Where the database is unless the user names another."""

from pathlib import Path

import platformdirs

from sitemap_cli.errors import StorageError


def find_default_path() -> Path:
    """Return the SQLite file in the user's data folder.

    Raises:
        StorageError: the user has no home folder.
    """
    try:
        return platformdirs.user_data_path("sitemap") / "sitemap.db"
    except RuntimeError as error:
        raise StorageError(
            "no default place for the database",
            why="there is no home folder",
            hint="choose one with --database PATH",
        ) from error
