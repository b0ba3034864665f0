"""Requesting listed pages and judging their responses, without any database."""
