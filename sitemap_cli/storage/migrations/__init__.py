"""Alembic environment, shipped in the wheel."""
