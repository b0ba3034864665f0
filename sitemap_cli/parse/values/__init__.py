"""Parses single values: URLs and dates."""
