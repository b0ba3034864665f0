"""Parsing of single values: URLs and dates."""
