"""Discovering and fetching the sitemaps of a target, without any database."""
