"""Recovers the entries of documents that are not well-formed."""
