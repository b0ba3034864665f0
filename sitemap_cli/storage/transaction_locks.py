"""Locks that a transaction holds until its end."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.locks import lock_number

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


async def lock_until_end(session: AsyncSession, name: str) -> None:
    """Wait for other transactions that hold this lock, and hold it until the end of this one.

    On SQLite, a transaction that writes is alone anyway.
    """
    if (await session.connection()).dialect.name == "postgresql":
        await session.execute(_LOCK, {"key": lock_number(name, bits=62)})
