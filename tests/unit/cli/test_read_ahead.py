"""``sitemap urls`` reads the next URLs while it formats those before, but not while it waits for a pipe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from sitemap_cli.cli.framework.url_export import _write_columns
from sitemap_cli.cli.framework.url_sources import JobUrls
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.progress import StepProgress
from sitemap_cli.services.reporting import listed_urls
from sitemap_cli.services.reporting.listed_urls import UrlFilter, UrlPage

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database


class Transactions:
    """A database that counts open transactions."""

    def __init__(self) -> None:
        self.open = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The limits with which windows are loaded; three windows of two URLs."""
    limits = list[int | None]()

    async def list_windows(*_: Any) -> list[str]:
        return ["a", "b", "c"]

    async def load_window(
        _session: Any, window: str, _filter: Any, left: int | None, _fields: Any
    ) -> list[UrlPage]:
        limits.append(left)
        await asyncio.sleep(0)
        return [UrlPage(2, {"loc": TextColumn.join([f"{window}1", f"{window}2"])})]

    monkeypatch.setattr(listed_urls, "list_windows", list_windows)
    monkeypatch.setattr(listed_urls, "load_window", load_window)
    return limits


async def run(wanted: UrlFilter, *, sends: bool) -> tuple[str | None, list[tuple[str, int]]]:
    """Write URLs; return the first one, and what was done with how many open transactions."""
    db, done = Transactions(), list[tuple[str, int]]()

    def write(columns: Any) -> None:
        done.append((columns[0].split()[0], db.open))

    def send() -> None:
        done.append(("send", db.open))

    # Of the database, only its transactions are used.
    database = cast("Database", db)
    first = await _write_columns(
        database,
        JobUrls("job", ""),
        wanted,
        ["loc"],
        write,
        StepProgress("URLs"),
        send=send if sends else None,
    )
    return first, done


async def test_the_next_urls_are_read_while_those_before_are_formatted(seen: list[int | None]) -> None:
    first, done = await run(UrlFilter(), sends=True)
    assert first == "a1"
    assert done == [
        *[("send", 0), ("a1", 1), ("send", 0), ("b1", 1), ("send", 0), ("c1", 0), ("send", 0)],
    ]


async def test_no_transaction_is_open_while_rows_are_written_to_a_stream(seen: list[int | None]) -> None:
    assert await run(UrlFilter(), sends=False) == ("a1", [("a1", 0), ("b1", 0), ("c1", 0)])


async def test_a_limit_counts_what_was_read_ahead(seen: list[int | None]) -> None:
    await run(UrlFilter(limit=4), sends=True)
    assert seen == [4, 2]
