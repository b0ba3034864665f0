"""Files that get their name when they are complete, and never replace another one."""

import asyncio
import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sitemap_cli.errors import UsageError
from sitemap_cli.storage.new_file import open_new_file
from sitemap_cli.storage.stoppable_work import Stop, WorkStoppedError, run_in_thread

ENDLESS = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_gets_its_name_at_the_end_and_only_if_that_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    place = tmp_path / "copy.db"
    with open_new_file(place) as first, open_new_file(place) as second:
        first.path.write_text("first")
        second.path.write_text("second")
        assert sorted(each.suffix for each in tmp_path.iterdir()) == [".incomplete"] * 2
        second.publish(0o640)
        with pytest.raises(UsageError, match="the file exists"):
            first.publish(0o640)
    assert [each.name for each in tmp_path.iterdir()] == ["copy.db"]
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("second", 0o640)


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "copy.db"
    names = ("copy.db.0123abcd.incomplete", "copy.db.notes.incomplete", "other.db.0123abcd.incomplete")
    for name in names:
        (tmp_path / name).touch()
    with open_new_file(place) as mine, open_new_file(place):
        assert mine.path.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(names[1:])


def test_the_longest_name_has_room_for_its_temporary_one(tmp_path: Path) -> None:
    place = tmp_path / ("ü" * 127)
    with open_new_file(place) as file:
        file.publish(0o600)
    assert [each.name for each in tmp_path.iterdir()] == [place.name]


async def test_cancelling_interrupts_a_long_statement() -> None:
    began = asyncio.Event()
    loop = asyncio.get_running_loop()
    ended = list[type[BaseException]]()

    def count(stop: Stop) -> None:
        with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
            loop.call_soon_threadsafe(began.set)
            try:
                with stop.interrupting(connection):
                    connection.execute(ENDLESS).fetchone()
            except BaseException as error:
                ended.append(type(error))
                raise

    work = asyncio.create_task(run_in_thread(count))
    await began.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert ended == [WorkStoppedError]
