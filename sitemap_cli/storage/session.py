"""The database session, for modules that pass one on and build no queries themselves."""

from sqlalchemy.ext.asyncio import AsyncSession

Session = AsyncSession
"""A session in a transaction; its owner is the command or task that opened the transaction."""
