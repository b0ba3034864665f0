"""An open database of each kind, with its schema."""

from collections.abc import AsyncIterator

import pytest

from sitemap_cli.storage.database import Database


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.unprepared(database_url) as fresh:
        await fresh.upgrade()
    async with Database.open(database_url) as opened:
        yield opened
