"""Reads simple entries by pattern, without an XML parser."""
