"""How much free space VACUUM is allowed to need, and where SQLite makes temporary files."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.storage import vacuum
from sitemap_cli.storage.database import Database


def disk_with(free: int, total: int = 10**12) -> Callable[[Any], SimpleNamespace]:
    return lambda _folder: SimpleNamespace(total=total, free=free)


@pytest.mark.parametrize(
    ("free", "total", "fits"), [(10**9, 10**12, True), (100_000, 10**12, False), (0, 0, True)]
)
async def test_vacuum_begins_only_where_its_temporary_files_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int, *, fits: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", disk_with(free, total))
    async with Database.open(str(tmp_path / "sitemap.db")) as db:
        size = await vacuum.measure_size(db.url)
        if fits:
            assert await vacuum.vacuum_sqlite(db.url)
        else:
            with pytest.raises(StorageError, match=r"it needs 0\.\d MB, and 0\.1 MB are free"):
                await vacuum.vacuum_sqlite(db.url)
            assert await vacuum.measure_size(db.url) == size


def test_temporary_files_are_where_sqlite_looks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "missing"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert vacuum.find_temporary_folder() == tmp_path
    (tmp_path / "missing").mkdir()
    assert vacuum.find_temporary_folder() == tmp_path / "missing"
