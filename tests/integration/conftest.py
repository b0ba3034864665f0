"""An open database of each kind, with its schema."""

from collections.abc import AsyncIterator

import pytest

from sitemap_cli.storage.database import Database


@pytest.fixture
async def db(upgraded_database_url: str) -> AsyncIterator[Database]:
    async with Database.open(upgraded_database_url) as opened:
        yield opened
