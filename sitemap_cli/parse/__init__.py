"""Bytes in, entries out; no network, clock or database."""
