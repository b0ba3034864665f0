"""Probing of listed pages, without any database."""
