"""Parses documents: bytes in, entries and problems out; no network, clock or database."""
