"""Alembic revisions, one module each, named after their date."""
