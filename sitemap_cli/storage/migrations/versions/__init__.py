"""Revisions, dated."""
