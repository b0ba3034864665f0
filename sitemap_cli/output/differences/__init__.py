"""Formats of the differences between two jobs; each module is one, by its name."""
