"""Parses XML with expat, with limits and exact positions; parses and repairs tags and texts of broken XML."""
